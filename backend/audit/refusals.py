"""Refusals: answers in which an assistant declines, or speaks of itself as a machine."""

from __future__ import annotations

import re
from collections.abc import Sequence

from backend.domain import Example

OPENING = 200
"""Characters. A refusal says so at once; further on, such words are quoted or told."""

_REFUSAL = re.compile(
    r"""
    \bas\s+an?\s+(?:ai|artificial\s+intelligence)(?:\s+(?:language\s+)?(?:model|assistant|chatbot|system))?\s*
        (?:,|\bi\b|\bmy\b|created\b|developed\b|trained\b)
    |\bas\s+an?\s+(?:large\s+)?language\s+model\b
    |\bi(?:['’]?m|\s+am)\s+(?:just|only)?\s*an?\s+(?:ai|(?:large\s+)?language\s+model)\b(?!\s+(?:researcher|engineer|student))
    |^(?:i['’]?m\s+(?:very\s+)?sorry|sorry|i\s+apologi[sz]e)[^.\n]{0,40}?\bi\s*(?:can(?:['’]?t|not)|am\s+not\s+able\s+to|['’]?m\s+(?:not\s+able|unable)\s+to|am\s+unable\s+to)\s+
        (?:assist|help(?:\s+you)?|comply|fulfil+|do|answer|generate|create|write|provide|complete|continue)\s*
        (?:you\s+)?(?:with\s+)?(?:that|this|your|such|it\b|harmful|any\s+content|content|the\s+request)
    |^i\s*(?:can(?:['’]?t|not)|am\s+unable\s+to|['’]?m\s+unable\s+to|won['’]?t\s+be\s+able\s+to)\s+
        (?:assist|help|comply|fulfil+)\s+(?:you\s+)?(?:with\s+)?(?:that|this|your|such)\b
    |\bals\s+(?:eine?\s+)?(?:ki|künstliche\s+intelligenz|sprachmodell)(?:-?\s?(?:sprachmodell|modell|assistent\w*))?\s*(?:,|\bkann\b|\bhabe\b|\bbin\b)
    |\ben\s+tant\s+qu(?:e\s+mod[eè]le|['’](?:ia|intelligence\s+artificielle|assistant\s+ia))
    |\bcomo\s+(?:una?\s+)?(?:ia|inteligencia\s+artificial|modelo\s+de\s+l(?:enguaje|inguagem)|assistente\s+de\s+ia)\b\s*(?:,|\bno\b|\bnão\b)
    |作为一个?(?:人工智能|AI|语言模型)|(?:AI|人工知能)(?:言語モデル|アシスタント)として
    """,
    re.IGNORECASE | re.VERBOSE,
)


def refusals(examples: Sequence[Example]) -> tuple[int, ...]:
    """Rows whose answer opens with a refusal."""
    return tuple(example.row for example in examples if is_refusal(example.answer))


def is_refusal(answer: str) -> bool:
    """Only set phrases of assistants count: `I'm sorry, but we cannot refund it` is customer service."""
    opening = answer.lstrip(" \t\r\n\"'“«*_>")[:OPENING]
    return _REFUSAL.search(opening) is not None
