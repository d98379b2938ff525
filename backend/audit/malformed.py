"""Malformed answers: JSON, XML, HTML or Python that does not parse, JSON unlike nearly all other, fences left open.

What form the answers have is told by the answers themselves: JSON or XML where most look like it, or Python where most
are fences that say so and nothing else; code fences, where there are any, must close. Of JSON the keys and kinds of
values that nearly all objects have are its form, and no schema is asked for. All shares here are our choice; how many
are found is in docs/experiments/audit-truth.md.
"""

from __future__ import annotations

import ast
import json
import random
import re
import textwrap
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from xml.etree import ElementTree

from rapidfuzz.distance import OSA

from backend.audit import html_order
from backend.audit.columns import answers
from backend.audit.empty import is_blank
from backend.domain import Example, Task

MAIN_SHARE = 0.80
"""Share of the answers that must look like JSON (or XML) before the others are expected to be it as well; and share
of the objects that must have a key, or a kind of value there, for others to be a slip."""
MAIN_SHARE_IF_STRUCTURED = 0.50
"""The same where the person has said that the task is to write such answers."""
LOOK_AT, SEED = 2_000, 0
"""Answers drawn, and the seed they are drawn by: where not half of the share looks like it among them, all of the
others are not looked at."""

FEW_OTHERS = 0.02
"""Share of the answers up to which those of another form (without a key, a list among objects) are slips; above it they
have a form of their own."""
FEWEST_OBJECTS = 100
"""Fewest objects that tell which keys an object has."""
MOST_LACKING = 0.05
"""Share of the objects up to which those that lack some key that nearly all have, or all keys, are slips, and up to
which a spelling of a key is rare."""
MOST_LACKING_ASKED, ASKED_OF = 0.20, 200
"""The former for a key that the prompts ask for by name, which may not be left out; and how many prompts are looked at.
"""
_NOT_TEXT = ("number", "list", "dict")
"""Kinds of values in whose place a text may be a slip."""
_NUMBER = re.compile(r"\s*[-+]?\d[\d,]*(?:\.\d+)?\s*")
"""A number written as a text: `7`, `1,200`."""
_MAY_LACK = re.compile(
    r"\b(?:optional(?:ly)?|omit|skip|leave out|(?:if|when|where|unless) (?:\w+ ){0,3}"
    r"(?:any|applicable|available|given|known|mentioned|possible|present|stated))\b",
    re.IGNORECASE,
)
"""What a prompt says that lets a key be left out."""
FEWEST_LETTERS = 4
"""Letters from which on a key may be misspelt: `de` and `en` are two keys, not one and a slip."""

IN_ORDER = 0.50
"""Share of tagged answers that must be in order, as XML or as HTML, before the others must."""

FEWEST_PROGRAMS, PROGRAMS_IN_ORDER = 20, 0.90
"""Fewest answers that are Python, and the share of them that must parse before the others must: else they are of
another version, or pieces of programs."""
LONGEST_PROGRAM = 50_000
"""Characters above which a program is not parsed."""

_HTML_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w{1,31};")
"""`&nbsp;` and its like, which pages know and XML does not."""
_FENCE = re.compile(r"\A\s*```[\w+-]*[ \t]*\n(.*?)(?:\n[ \t]*+|(?<=\S))```\s*\Z", re.S)
"""An answer that is a code fence and nothing beside it."""
_PYTHON = re.compile(r"\A\s*```(?:python3?|py)[ \t]*\n", re.IGNORECASE)
"""How a fence begins that says what it holds."""
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]\d-])")
"""How an object, or a list of what `looks_like_json` names, begins."""
Shape = frozenset[tuple[str, str]]
"""(key, kind of value) for each key of an object."""
_EMPTY: Shape = frozenset()
"""Of an object without keys."""
_BROKEN, _BARE, _LIST = (frozenset({("", kind)}) for kind in ("no JSON", "bare", "list"))
"""Of what does not parse, of `null` or a lone number or text, and of a list."""
_NO_PLAIN_PYTHON = re.compile(r"^[ \t]*(?:[%!?]|>>>|\.\.\.[ \t]*$|\.\.\. )|^[^#\n]*\.\.\.[ \t]*$", re.M)
"""A line of a notebook, of a talk with Python, or one that leaves something out."""
_FENCE_LINE = re.compile(r"^[ \t]*```(?! )", re.M)
"""A line that opens or closes a code fence."""


def malformed(examples: Sequence[Example], task: Task, fenced: Sequence[int] | None = None) -> tuple[int, ...] | None:
    """The `row` numbers of answers that are not well formed, in the order of `examples`; None where there is no form.

    `fenced` are the indices of examples that may hold a code fence, where known already.
    """
    told = answers(examples)
    with_fence = [index for index in (range(len(told)) if fenced is None else fenced) if "```" in told[index]]
    share = MAIN_SHARE_IF_STRUCTURED if task == "structured" else MAIN_SHARE
    drawn = random.Random(SEED).sample(told, min(LOOK_AT, len(told)))  # noqa: S311  # repeatable, no secret
    some = list(map(str.strip, drawn))
    formed = sum(text[:1] in ("{", "[", "<") or "```" in text for text in some)
    inside: list[tuple[Example, str]] = []
    if formed >= share * sum(map(bool, some)) / 2:  # else too few are: then there is no need to look at all
        bare = list(map(str.strip, told))
        needed = share * sum(map(bool, bare))
        inside = [(e, _unfenced(text)) for e, text in zip(examples, bare, strict=True) if not is_blank(text)]
    if inside:
        if sum(text[:1] in ("{", "[") and looks_like_json(text) for _, text in inside) >= needed:
            return _unlike_other_json(inside)
        tagged = [text for _, text in inside if text.startswith("<") and text.endswith(">")]
        if len(tagged) >= needed:
            broken = _out_of_order(inside, of_html=html_order.is_html(tagged))
            if sum(text not in broken for text in tagged) >= IN_ORDER * len(tagged):
                return tuple(example.row for example, text in inside if text in broken)
    marks = [(examples[index].row, len(_FENCE_LINE.findall(examples[index].answer))) for index in with_fence]
    if not any(count for _, count in marks):
        return None
    wrong = {row for row, count in marks if count % 2} | _unlike_other_python(examples, with_fence)
    return tuple(row for row, _ in marks if row in wrong)


def _unlike_other_python(examples: Sequence[Example], with_fence: Sequence[int]) -> set[int]:
    """Rows of Python that does not parse, where most answers are a fence with Python, and nearly all of them parse."""
    fewest = max(FEWEST_PROGRAMS, MAIN_SHARE * len(examples))
    if len(with_fence) < fewest:
        return set()
    told = [(examples[at].row, text) for at in with_fence if _PYTHON.match(text := examples[at].answer)]
    programs = [(row, fence.group(1)) for row, text in told if text.count("```") == 2 and (fence := _FENCE.match(text))]
    if len(programs) < fewest:
        return set()
    broken = {row for row, program in programs if not _parses_as_python(program)}
    return broken if len(broken) <= (1 - PROGRAMS_IN_ORDER) * len(programs) else set()


def looks_like_json(text: str) -> bool:
    """Begins as an object, or as a list of objects, texts, numbers or lists."""
    return _JSON.match(text) is not None


def _unfenced(answer: str) -> str:
    fence = _FENCE.match(answer) if answer.rstrip().endswith("```") else None
    return fence.group(1).strip() if fence else answer.strip()


def _unlike_other_json(answered: Sequence[tuple[Example, str]]) -> tuple[int, ...]:
    """Rows that do not parse, or parse to something else than nearly all others do."""
    known: dict[Shape, Shape] = {}  # of each shape one: there are few
    shapes = [(e.row, known.setdefault(shape, shape)) for e, text in answered for shape in (_shape(text),)]
    wrong = {row for row, shape in shapes if shape == _BROKEN}
    bare = [row for row, shape in shapes if shape == _BARE]
    if len(bare) <= FEW_OTHERS * len(shapes):
        wrong.update(bare)
    objects = Counter(shape for _, shape in shapes if shape not in (_BROKEN, _BARE, _LIST, _EMPTY))
    if objects.total() >= FEWEST_OBJECTS:
        wrong.update(_unlike_other_objects(answered, shapes, objects))
    return tuple(row for row, _ in shapes if row in wrong)


def _unlike_other_objects(
    answered: Sequence[tuple[Example, str]], shapes: Sequence[tuple[int, Shape]], objects: Counter[Shape]
) -> set[int]:
    """Rows with a misspelt key, without a usual or wanted one, with another kind of value, or a list among objects."""
    every = objects.total()
    having: Counter[tuple[str, str]] = Counter()
    for shape, times in objects.items():
        having.update(dict.fromkeys(shape, times))
    usual = {part for part, rows in having.items() if rows >= (1 - FEW_OTHERS) * every}
    misspelt = _misspelt(objects)
    lacking = {shape for shape in objects if any((key, "NoneType") not in shape for key, _ in usual - shape)}
    few = sum(map(objects.__getitem__, lacking - misspelt)) <= MOST_LACKING * every
    slips = misspelt | (lacking if few else frozenset())
    for key, without in _seldom_lacking(objects).items():
        if _is_asked_for(key, answered):
            slips |= without
    wrong = {row for row, shape in shapes if shape in slips}
    wrong.update(_of_other_kinds(answered, having, every))
    empty, lists = ([row for row, shape in shapes if shape == kind] for kind in (_EMPTY, _LIST))
    wrong.update(empty if usual and len(empty) <= MOST_LACKING * every else ())
    wrong.update(lists if len(lists) <= FEW_OTHERS * every else ())
    return wrong


def _of_other_kinds(
    answered: Sequence[tuple[Example, str]], having: Counter[tuple[str, str]], every: int
) -> Iterator[int]:
    """Rows with a text where nearly all objects have a list or an object, or a number and the text is one: `"7"`.

    `having`: how many objects, of `every`, have a key with a value of that kind.
    """
    kinds = {key: kind for (key, kind), rows in having.items() if kind in _NOT_TEXT and rows >= MAIN_SHARE * every}
    texts = {(key, "str") for key in kinds if 0 < having[key, "str"] <= MOST_LACKING_ASKED * every}
    for example, text in answered if texts else ():
        held = {key for key, _ in texts & _shape(text)}
        value = json.loads(text) if held else {}
        if any(kinds[key] != "number" or _NUMBER.fullmatch(value[key]) for key in held):
            yield example.row


def _seldom_lacking(objects: Counter[Shape]) -> dict[str, frozenset[Shape]]:
    """Key → the shapes that lack it, of keys that some objects lack, and few."""
    every = objects.total()
    keys = [key for key, rows in _named(objects).items() if (1 - MOST_LACKING_ASKED) * every <= rows < every]
    return {key: frozenset(shape for shape in objects if all(key != other for other, _ in shape)) for key in keys}


def _named(objects: Counter[Shape]) -> Counter[str]:
    """How many objects have each key."""
    named: Counter[str] = Counter()
    for shape, times in objects.items():
        named.update(dict.fromkeys((key for key, _ in shape), times))
    return named


def _is_asked_for(key: str, answered: Sequence[tuple[Example, str]]) -> bool:
    """Whether all prompts, but for a few, name the key, and none lets it be left out."""
    name = re.compile(rf"(?<![^\W_]){re.escape(key)}(?![^\W_])", re.IGNORECASE)
    some = [f"{e.system}\n{e.input}" for e, _ in answered[:: max(1, len(answered) // ASKED_OF)]]
    asked = sum(name.search(prompt) is not None for prompt in some)
    optional = sum(_MAY_LACK.search(prompt) is not None for prompt in some)
    return asked >= (1 - FEW_OTHERS) * len(some) and optional <= FEW_OTHERS * len(some)


def _misspelt(objects: Counter[Shape]) -> frozenset[Shape]:
    """Shapes in which a key that nearly all objects have stands a letter off, in a spelling that few have."""
    named = _named(objects)
    words = {key: rows for key, rows in named.items() if not any(map(str.isdigit, key))}  # `line1` and `line2` are two
    usual = [key for key, rows in words.items() if rows >= MAIN_SHARE * objects.total() and len(key) >= FEWEST_LETTERS]
    rare = [key for key, rows in words.items() if rows <= MOST_LACKING * objects.total()]
    slips = {key: {right for right in usual if OSA.distance(key, right, score_cutoff=1) == 1} for key in rare}
    return frozenset(
        shape for shape in objects for key, _ in shape if slips.get(key, set()).difference(key for key, _ in shape)
    )


def _shape(text: str) -> Shape:
    """(key, kind of value) of an object, or one of the three for whatever is none."""
    try:
        value = _DECODE(text)
    except (ValueError, RecursionError):
        return _BROKEN
    if isinstance(value, dict):
        return frozenset((key, "number" if type(held) in (int, float) else type(held).__name__)
                         for key, held in value.items())  # fmt: skip
    return _LIST if isinstance(value, list) else _BARE


def _no_number(name: str) -> None:
    """For `NaN` and `Infinity`, which Python reads and JSON does not know."""
    raise ValueError(name)


_DECODE: Callable[[str], object] = json.JSONDecoder(parse_constant=_no_number).decode
"""Strict JSON. Raises ValueError for what is none."""


def _out_of_order(answered: Sequence[tuple[Example, str]], *, of_html: bool) -> set[str]:
    """Answers that do not parse as XML, nor as HTML where they are `of_html`: so are whole pages then."""
    different = {text for _, text in answered}
    broken = {text for text in different if (of_html and "<!DOCTYPE" in text) or not _parses_as_xml(text)}
    return html_order.out_of_order(broken, len(answered)) if of_html else broken


def _parses_as_xml(text: str) -> bool:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return True  # not judged: entities can be made to grow without bound
    text = _HTML_ENTITY.sub(" ", text)
    whole = text if text.startswith("<?") else f"<_>{text}</_>"  # of a page there may be several parts side by side
    try:
        ElementTree.fromstring(whole)  # noqa: S314  # no document type, so no entities to expand
    except ElementTree.ParseError:
        return False
    return True


def _parses_as_python(program: str) -> bool:
    """Whether it is a program, or may be one for a notebook (`%timeit`, `!ls`) or a talk with Python (`>>> 1 + 1`)."""
    if len(program) > LONGEST_PROGRAM or _NO_PLAIN_PYTHON.search(program):
        return True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of signs like `\d` in a text
            ast.parse(textwrap.dedent(program))
    except (SyntaxError, ValueError) as error:
        return str(error).startswith("f-string")  # newer versions allow more in them
    except (RecursionError, MemoryError):
        return True
    return True
