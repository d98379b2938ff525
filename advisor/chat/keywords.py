"""The brain without a model: it finds the intent of a question and asks for the same tools a chat model would."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from rapidfuzz import process
from rapidfuzz.distance import OSA

from advisor.glossary import ALSO, GLOSSARY
from advisor.lookup import find_rule, find_term
from rules.judge import all_rules

HELP = (
    "I look at this project and explain; I can't change anything. Ask me for example:\n"
    "  Where do I stand?\n"
    "  What do I do next?\n"
    "  Why am I blocked?\n"
    "  What was found?\n"
    "  What is duplicate-rows?\n"
    "  Which rows?\n"
    "  What does macro-F1 mean?\n"
    "  Is my model better?\n"
    "  How is the training going?\n"
    "  Why this learning rate?\n"
    "  How fast is it?"
)


@dataclass(frozen=True)
class Intent:
    """A tool, and the words that ask for it: every group must be present with at least one of its words."""

    tool: str
    groups: tuple[frozenset[str], ...]
    arguments: tuple[tuple[str, str], ...] = ()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


INTENTS = (
    Intent("list_findings", (_words("blocked block blocks blocking stuck stops stopping refused forbidden"),),
           (("severity", "block"),)),
    Intent("list_findings", (_words("can't cannot cant won't wont"), _words("start train go continue serve sign")),
           (("severity", "block"),)),
    Intent("next_step", (_words("next now todo continue proceed"),)),
    Intent("next_step", (_words("what how"), _words("should do"), _words("i we"))),
    Intent("training_progress", (_words("training run trained finished"), _words("how is going progress done far"))),
    Intent("training_progress", (_words("loss eta checkpoint step steps"),)),
    Intent("latency_result", (_words("latency fast slow speed quick wait waiting ttft tpot throughput"),)),
    Intent("list_findings", (_words("data file examples rows"), _words("good bad fine okay clean dirty wrong problem "
                                                                       "problems issues"))),
    Intent("scores", (_words("better worse score scores accuracy result results improve improved gain beat beats "
                             "helped evaluation good metric win"),)),
    Intent("plan_settings", (_words("plan setting settings rank alpha epochs batch learning rate"),)),
    Intent("where_do_i_stand", (_words("where status stand standing overview summary progress state"),)),
    Intent("list_findings", (_words("found finding findings problem problems warning warnings wrong issue issues "
                                    "trouble"),)),
    Intent("training_progress", (_words("training run"),)),
)
"""In order: the first that fits is taken."""
ROWS = _words("row rows example examples line lines")
QUESTIONS = _words("what which where when does mean means explain define difference between show list see should this")
VOCABULARY = sorted({word for intent in INTENTS for group in intent.groups for word in group if len(word) > 3} | ROWS)
KNOWN = (
    frozenset(VOCABULARY)
    | QUESTIONS
    | frozenset(re.findall(r"[a-z]+", " ".join((*GLOSSARY, *ALSO, *(rule.id for rule in all_rules()))).lower()))
    | _words("there their then than them they have with from that your here some will just only data date same were")
)
"""Words that are no typing mistakes."""
SETTINGS = ("learning rate", "rank", "alpha", "epochs", "batch")
ASKS_MEANING = re.compile(
    r"\b(?:what(?:'s| is| are| does| do| was)?|explain|define|meaning of|mean by|tell me about|why is)\s+"
    r"(?:an?\s+)?(?P<term>.+?)(?:\s+(?:mean|means|stand for|about|good for))?[\s?.!]*$"
)
OWN = re.compile(r"^(?:the|my|our|this|that|these|it|i|wrong|found|next)\b")
"""How the words begin that ask about the project rather than for the meaning of a term."""
POINTS = re.compile(
    r"^(?:this|that|it)(?: (?:finding|problem|warning|block|message))?$|^the (?:worst|first|last)\b"
)
"""Words that point to what was just shown."""
DIFFERENCE = re.compile(r"\bdifference between (?P<one>.+?) and (?P<other>.+?)[\s?.!]*$")


class KeywordBrain(BaseChatModel):
    """A chat model that needs no model: questions become tool calls, tool results become the answer.

    `open_rules` are the rules that found something: of several that a question may mean, one of them is meant.
    """

    open_rules: tuple[str, ...] = ()

    @property
    def _llm_type(self) -> str:
        return "keywords"

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> KeywordBrain:  # type: ignore[override]
        """The tools are known by name already."""
        return self

    def _generate(
        self, messages: list[BaseMessage], stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None, **kwargs: Any,
    ) -> ChatResult:
        asked = max((n for n, message in enumerate(messages) if isinstance(message, HumanMessage)), default=-1)
        results = [str(message.text) for message in messages[asked + 1 :] if isinstance(message, ToolMessage)]
        if results:
            said = AIMessage("\n\n".join(results))
        elif asked < 0:
            said = AIMessage(HELP)
        else:
            calls = tool_calls(str(messages[asked].text), last_rule(messages[:asked]), self.open_rules)
            said = AIMessage("" if calls else HELP, tool_calls=[
                {"name": name, "args": arguments, "id": f"call-{number}"}
                for number, (name, arguments) in enumerate(calls)
            ])
        return ChatResult(generations=[ChatGeneration(message=said)])


Call = tuple[str, dict[str, str]]


def tool_calls(question: str, earlier_rule: str = "", open_rules: Sequence[str] = ()) -> list[Call]:
    """The tools to ask, with their arguments; none for a greeting or what we can't tell. Typing mistakes are mended."""
    text = _mended(" ".join(question.lower().replace("’", "'").split()))
    words = frozenset(re.findall(r"[a-z0-9']+", text))
    rule = find_rule(text, open_rules)
    if words & ROWS and (words & _words("which show list see give where") or "what rows" in text):
        return [("rows_of_finding", {"rule": rule or earlier_rule})]
    return _meaning(text, rule, earlier_rule) or _intent(text, words)


def _meaning(text: str, rule: str | None, earlier_rule: str) -> list[Call]:
    """For a question what something means: the term, the difference of two terms, or the finding."""
    pair = DIFFERENCE.search(text)
    if pair and (one := find_term(pair["one"])) and (other := find_term(pair["other"])):
        return [("explain_term", {"term": one}), ("explain_term", {"term": other})]
    meaning = ASKS_MEANING.search(text)
    term = meaning["term"] if meaning else text.strip(" ?!.")
    known = None if OWN.match(term) else find_term(term)
    if known and (rule is None or known.lower() == term):
        return [("explain_term", {"term": known})]
    if rule or (meaning and POINTS.match(term)):
        return [("explain_finding", {"rule": rule or earlier_rule})]
    return []


def _intent(text: str, words: frozenset[str]) -> list[Call]:
    for intent in INTENTS:
        if all(group & words for group in intent.groups):
            arguments = dict(intent.arguments)
            if intent.tool == "plan_settings":
                arguments["reason"] = next((name for name in SETTINGS if name in text), "")
            return [(intent.tool, arguments)]
    return []


def last_rule(messages: Sequence[BaseMessage]) -> str:
    """The rule that was talked about last, for questions such as "which rows?"; empty when none was."""
    ids = sorted((rule.id for rule in all_rules()), key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, ids))})(?![\w-])")
    for message in reversed(messages):
        if isinstance(message, AIMessage) and (found := pattern.search(str(message.text))):
            return found.group(0)
    return ""


def _mended(text: str) -> str:
    """The question with each likely typing mistake replaced by the word that was meant."""

    def mend(found: re.Match[str]) -> str:
        word = found.group(0)
        if len(word) < 4 or word in KNOWN:
            return word
        allowed = 1 if len(word) < 7 else 2
        for words in (sorted(QUESTIONS), VOCABULARY):
            close = process.extractOne(word, words, scorer=OSA.distance, score_cutoff=allowed)
            if close and len(close[0]) > 3:
                return close[0]
        return word

    return re.sub(r"[a-z']+", mend, text)
