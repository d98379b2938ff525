"""Refusals: answers in which an assistant declines, or speaks of itself as a machine."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.audit.scan import holding
from backend.domain import Example

OPENING = 220
"""Characters. A refusal says so at once; further on, such words are quoted or told."""

_CANNOT = (
    r"(?:can(?:['’]?t|\s?not)|(?:am|['’]m)\s+(?:not\s+able|unable|not\s+(?:permitted|allowed|programmed"
    r"|designed)|afraid\s+i\s+can(?:['’]t|not))"
    r"(?:\s+to)?|won['’]?t\s+be\s+able\s+to|will\s+not\s+be\s+able\s+to|will\s+not|won['’]?t"
    r"|(?:don['’]?t|do\s+not)\s+have\s+the\s+(?:ability|capability|capacity)\s+to)"
)
_DO = (
    r"(?:assist|help|comply|fulfil+|engage|respond|participate|support|proceed|continue|complete|answer|discuss"
    r"|generate"
    r"|create|write|provide|produce|share|give|offer|do|process|perform|address|advise|browse|access|satisfy|honou?r)"
)
_WITH = (
    r"(?:\s+(?:you|further))?(?:\s+(?:with|in|to|on|about))?\s+(?:that|this|these|those|your|such|it"
    r"|the\s+request|any|requests?"
    r"|harmful|content|personal|legal|medical|information|assistance|support)\b"
)
_THAT = r"(?:that|this|your|such|it|the)\s*(?:one|request|question|prompt|topic|query|kind|type|subject|task|inquiry)?"
_REFUSAL = re.compile(
    rf"""
    \bas\s+an?\s+(?:\w+\s+)?(?:ai|artificial\s+intelligence)(?:\s+(?:language\s+)?(?:model|assistant|chatbot|system
        |program))?\s*
        (?:[,.!]|\bi\b|\bmy\b|created\b|developed\b|trained\b)
    |\b(?:as|being)\s+an?\s+(?:\w+\s+){{0,2}}(?:language\s+model|ai\s+(?:model|assistant|system|chatbot))\b
    |\bi\s*(?:['’]?m|am)\s+(?:just|only|merely|simply)\s+an?\s+(?:\w+\s+){{0,2}}?(?:ai|artificial\s+intelligence
        |language\s+model)\b
        (?!\s+(?:researcher|engineer|student|expert|scientist|developer|fan))
    |\bi\s*(?:['’]?m|am)\s+an?\s+(?:\w+\s+){{0,2}}?(?:ai|artificial\s+intelligence|language\s+model)
        \b(?!\s+(?:researcher|engineer|student|expert|scientist|developer|fan))
        (?=[^.!?\n]{{0,80}}(?:n['’]t|cannot|\bnot\b|\bunable\b|\bno\s|\black\b))
    |^(?:(?:i\s*['’]?m|i\s+am|we\s+are)\s+(?:(?:very|really|truly|so|terribly)\s+)?sorry|sorry
        |i\s+(?:sincerely\s+)?apologi[sz]e|(?:my|our)\s+apologies
        |unfortunately|regrettably|thank\s+you\s+for[^.,\n]{{0,40}}|i\s*['’]?m\s+afraid|i\s+understand[^.\n]{{0,60}})
        [^.\n]{{0,60}}?\bi\s*{_CANNOT}\s+{_DO}(?:{_WITH}|\s*[.!])
    |^(?:(?:i\s*['’]?m|i\s+am)\s+sorry|sorry|unfortunately
        |i\s*['’]?m\s+afraid)[^.\n]{{0,12}}?\bi\s*{_CANNOT}\s+(?:answer|do)\s+{_THAT}\s*[.!]
    |^(?:however,?\s+|but\s+)?i\s*{_CANNOT}\s+(?:assist|help|comply|fulfil+|engage|respond|participate|support
        |satisfy)(?:\s+you)?
        (?:\s+(?:with|to|in))?\s+(?:that|this|these|your|such|it|requests?|any|the\s+request)\b
    |^i\s*{_CANNOT}\s+(?:answer|discuss|provide|generate|create|produce|give|offer|share|complete|do
        |write)\s+(?:you\s+(?:with\s+)?)?
        (?:(?:that|this|such|your|the\s+requested|any|harmful|explicit|illegal|an\s+answer|answers|assistance|help
        |support)\b
        (?:\s+(?:kind|type|sort)\s+of)?\s*
        (?:request|question|prompt|topic|information|content|query|material|assistance|help|support|advice
        |instructions|to\b|with\b|on\b|for\b|[.!,]|$))
    |^(?:(?:i\s*['’]?m\s+)?sorry,?\s+(?:but\s+)?)?i\s+(?:must|have\s+to|will\s+have\s+to|need\s+to
        |am\s+going\s+to)?\s*(?:respectfully\s+|politely\s+)?
        (?:decline|refuse)\s+(?:to\s+{_DO}|(?:this|that|your)\s+(?:request|question|prompt|query|task))
    |\bi\s+(?:do\s+not|don['’]?t|would\s+not|am\s+not|['’]m\s+not)\s+(?:feel(?:ing)?\s+)?comfortable\s+(?:\w+ing
        |with\s+(?:this|that|your))
    |\b(?:it\s*(?:['’]s|is|would\s+be|wouldn['’]?t\s+be)\s+(?:not\s+(?:appropriate|ethical|possible)|inappropriate
        |unethical|appropriate)\s+(?:for\s+me\s+)?to\s+
        (?:{_DO}|comment))
    |\b(?:against|violat\w+|outside|in\s+line\s+with)\s+(?:(?:my|openai['’]?s)\s+(?:\w+\s+)?(?:guidelines
        |programming|polic(?:y|ies)|principles|capabilities|terms\s+of\s+use)
        |(?:our|the)\s+(?:usage|content|safety|community|ethical)\s+(?:guidelines|polic(?:y|ies)))
    |\bi\s*(?:['’]m|am)\s+(?:not\s+)?programmed\s+(?:to|by)\b
    |\bi\s*(?:['’]m|am)\s+not\s+(?:able|permitted|allowed|authori[sz]ed)\s+to\s+(?:discuss|answer|respond|engage
        |provide|comment|give)\b
    |\bnot\s+(?:permitted|allowed|able)\s+to\s+(?:answer|discuss|respond\s+to|engage\s+with|fulfil+)\s+(?:it|that
        |this|your|such)
    |\bmy\s+(?:training\s+data|knowledge\s+cut-?off|programming|safety\s+guidelines)\b
    |\bals\s+(?:eine?\s+)?(?:ki|künstliche\s+intelligenz|sprachmodell)(?:-?\s?(?:sprachmodell|modell
        |assistent\w*))?\s*(?:,|\bkann\b|\bhabe\b|\bbin\b)
    |\b(?:dabei|damit|das|dir|ihnen|hierbei)\s+(?:leider\s+)?(?:kann
        |darf)\s+ich\s+(?:\w+\s+){{0,3}}nicht\s+(?:\w+\s+)?(?:helfen|weiterhelfen|beantworten|unterstützen)
    |^(?:(?:es\s+)?tut\s+mir\s+leid|entschuldigung
        |leider)[^.\n]{{0,40}}\bkann\s+ich\s+[^.\n]{{0,40}}nicht\s+(?:helfen|weiterhelfen|beantworten|erfüllen
        |unterstützen)
    |\ben\s+tant\s+qu(?:e\s+mod[eè]le|['’](?:ia|intelligence\s+artificielle|assistant\s+ia))
    |\bje\s+ne\s+(?:peux|suis)\s+pas\s+(?:en\s+mesure\s+de\s+|capable\s+de\s+)?(?:vous\s+|t['’]|te\s+)?(?:aider
        |répondre|fournir|satisfaire|accéder)
    |\bcomo\s+(?:una?\s+)?(?:ia|inteligencia\s+artificial|modelo\s+de\s+l(?:enguaje|inguagem)
        |assistente\s+de\s+ia)\b\s*(?:,|\bno\b|\bnão\b)
    |^(?:lo\s+siento|disculp\w+|desculpe|sinto\s+muito|mi\s+dispiace)[^.\n]{{0,40}}\b(?:no|não|non)\s+(?:puedo
        |posso)\s+(?:ayud|respond|proporcion|cumpl|ajud|fornec|aiut|rispond|fornir)\w*
    |^(?:het\s+)?(?:spijt\s+me|sorry)[^.\n]{{0,30}}\b(?:kan|mag)\s+ik\s+[^.\n]{{0,30}}niet\s+(?:mee\s+)?(?:helpen
        |beantwoorden)
    |作为一个?(?:人工智能|AI|语言模型)|(?:AI|人工知能)(?:言語モデル|アシスタント)として|抱歉[，,]\s*我(?:无法|不能)|申し訳(?:ありません|ございません)[^。]{{0,30}}(?:お答え
        |お手伝い|対応)(?:は)?(?:でき|いたしかね)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HINTS = (
    " ai", "’ia", "language model", "artificial intel", "cannot", "can't", "can’t", "cant ", "can not", "unable",
    "not able",
    "be able to", "decline", "refuse", "comfortable", "appropriate", "unethical", "guidelines", "polic", "programm",
    "permitted", "not allowed", "ability to", "capab", "als ki", "sprachmodell", "kann ich", "darf ich", "peux pas",
    "suis pas", "en tant qu", "como ", "puedo", "posso", "kan ik", "mag ik",
    "人工智能", "ai言語", "aiアシ", "作为一", "抱歉", "申し訳", "will not", "won't", "won’t",
    "training data", "knowledge cut",
)  # fmt: skip


def refusals(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows whose answer opens with a refusal."""
    openings = [_opening(example.answer) for example in examples]
    return tuple(examples[at].row for at in holding(openings, _HINTS) if _REFUSAL.search(openings[at]))


def is_refusal(answer: str) -> bool:
    """Only set phrases of assistants count: `I'm sorry, but we cannot refund it` is customer service."""
    return _REFUSAL.search(_opening(answer)) is not None


def _opening(answer: str) -> str:
    return answer[: 2 * OPENING].lstrip(" \t\r\n\"'“«*_>")[:OPENING]
