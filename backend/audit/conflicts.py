"""Conflicts: the same question with answers that cannot all be right.

Which answers to questions contradict each other, and how often that was right: docs/decisions/0036.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from itertools import combinations
from math import inf

from backend.audit.answers_elsewhere import Elsewhere
from backend.audit.columns import answers, inputs
from backend.audit.contradictions import (
    are_codes,
    are_facts,
    are_unlike,
    ask_by_code,
    asks_for_a_fact,
    asks_for_a_value,
    contradict,
    differ_by_numbers,
    other_result,
    other_value,
    surely_agree,
    tell_names,
)
from backend.audit.empty import is_blank
from backend.audit.same_question import same_question
from backend.audit.sketch import sketch
from backend.audit.text import normal, raw_asked
from backend.domain import Example, Task

CROWD = 8
"""Different answers up to which a question is a question; with more it is a template, `Write a review.`: our choice."""
ONE_RIGHT_ANSWER: tuple[Task, ...] = ("classify", "extract", "structured")
"""Tasks for which any two different answers to one question conflict."""


def conflicts(
    examples: Sequence[Example], task: Task, first: Sequence[int] | None = None, unasked: Collection[int] = ()
) -> tuple[int, ...] | None:
    """The `row` numbers, in order, of all rows that ask the same as another row and conflict with it.

    For tasks of `ONE_RIGHT_ANSWER`, any different answers conflict; case, spaces, sentence marks and the order of JSON
    keys make no difference. For the task `answer`, those conflict that are

    - different, where the data is made of short facts that are asked for, or of codes;
    - names of different things, where the data tells which of some known things each text belongs to;
    - the same but for a number, a negation or an opposite, or two results of what is to be computed;
    - different, where nearly all questions end in a code by which something is looked up;
    - the answer to this question and the answer to another one (`Elsewhere`).

    None where nothing can be said: for other tasks, and for `answer` where nothing was found and the data is neither
    made of short facts nor looked up by codes. `first` is the result of `same_question`, where it is known already;
    `unasked` are the `row` numbers of rows that hold no question.
    """
    if task not in (*ONE_RIGHT_ANSWER, "answer"):
        return None
    if first is None:
        first = same_question(examples, sketch([raw_asked(example) for example in examples], with_hashes=False).keys)
    groups = _asked_again(examples, first, frozenset(unasked))
    if task in ONE_RIGHT_ANSWER:
        return _rows(group for group in groups if _disagree(group))
    facts = are_facts(answers(examples))
    codes = facts and are_codes(answers(examples))
    of_facts = [group for group in groups if facts and (codes or asks_for_a_fact(group[0].input))]
    clashing = [group for group in of_facts if _disagree(group, CROWD)]
    unequal = [group for group in groups if _may_disagree(group)]
    if facts and unequal and tell_names(inputs(examples), answers(examples)):
        clashing += [_other_names(group) for group in unequal]
    by_code = not facts and ask_by_code(inputs(examples))
    clashing += [_contradicting(group, by_code) for group in unequal]
    elsewhere = Elsewhere(examples, unequal)
    clashing += [elsewhere.clashing(group) for group in unequal]
    found = _rows(clashing)
    return found if found or facts or by_code else None


def _asked_again(examples: Sequence[Example], first: Sequence[int], unasked: Collection[int]) -> list[list[Example]]:
    """The groups of two rows or more that ask the same, without rows that lack a question or an answer."""
    groups: dict[int, list[Example]] = defaultdict(list)
    for index, known in enumerate(first):
        if known != index:
            groups[known].append(examples[index])
    for known, group in groups.items():
        group.append(examples[known])
    whole = (
        [e for e in group if e.row not in unasked and not (is_blank(e.input) or is_blank(e.answer))]
        for group in groups.values()
    )
    return [group for group in whole if len(group) > 1]


def _rows(groups: Iterable[Sequence[Example]]) -> tuple[int, ...]:
    return tuple(sorted({example.row for group in groups for example in group}))


def _disagree(group: Sequence[Example], most: float = inf) -> bool:
    """Whether a group has more than one answer, and no more than `most` different ones."""
    different = {example.answer for example in group}
    return len(different) > 1 and 1 < len(set(map(_agreed, different))) <= most


def _may_disagree(group: Sequence[Example]) -> bool:
    """As `_disagree` with `CROWD`, but true as well of a few answers that agree though not to the letter."""
    different = len({example.answer for example in group})
    return 1 < different <= CROWD or (different > CROWD and _disagree(group, CROWD))


def _contradicting(group: Sequence[Example], by_code: bool) -> list[Example]:
    """The rows of a group whose answer contradicts that of another row.

    `by_code`: nearly all questions of the file end in a code, so answers that share no words name different things.
    """
    told = {answer: frozenset(answer.casefold().split()) for answer in dict.fromkeys(each.answer for each in group)}
    contradicts: list[Callable[[str, str], bool]] = []
    if asks_for_a_value(group[0].input):
        contradicts += [other_value, partial(other_result, group[0].input)]
    if by_code and asks_for_a_fact(group[0].input):
        contradicts.append(are_unlike)
    clashing = set[str]()
    for pair in combinations(told, 2):
        if not clashing.issuperset(pair) and (
            any(test(*pair) for test in contradicts)
            or (not surely_agree(*map(told.__getitem__, pair)) and (differ_by_numbers(*pair) or contradict(*pair)))
        ):
            clashing.update(pair)
    agreed = set(map(_agreed, clashing))
    return [example for example in group if agreed and _agreed(example.answer) in agreed]


def _other_names(group: Sequence[Example]) -> list[Example]:
    """The rows of a group whose answer names another thing than that of another row."""
    return [example for example in group if any(are_unlike(example.answer, other.answer) for other in group)]


def _agreed(answer: str) -> str:
    """One form for all answers that agree: JSON with its keys in order, else words without case and marks."""
    if answer.lstrip()[:1] in ("{", "["):
        try:
            return json.dumps(json.loads(answer), sort_keys=True)
        except (ValueError, RecursionError):
            return answer.strip()
    return normal(answer) or answer.strip()
