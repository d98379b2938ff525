"""Conflicts: the same question answered differently, where there is one right answer."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
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
    other_value,
)
from backend.audit.empty import is_blank
from backend.audit.same_question import same_question
from backend.audit.sketch import sketch
from backend.audit.text import normal, raw_asked
from backend.domain import Example, Task

CROWD = 8
"""Different answers to one question from which on it is a template rather than a question: `Write a review.`"""
ONE_RIGHT_ANSWER: tuple[Task, ...] = ("classify", "extract", "structured")


def conflicts(
    examples: Sequence[Example], task: Task, first: Sequence[int] | None = None, unasked: Collection[int] = ()
) -> tuple[int, ...] | None:
    """Every row of a group that asks the same and disagrees; None for tasks where many answers can be right.

    Answers that differ by case, spaces, sentence marks or the order of JSON keys agree. Of answers to questions only
    short facts, what is looked up by a code, those that contradict each other, and those of which one belongs to
    another question disagree; None where there are none of these.
    `first` may be passed when `same_question` was asked already; `unasked` are rows that hold no question at all.
    """
    if task not in (*ONE_RIGHT_ANSWER, "answer"):
        return None
    if first is None:
        first = same_question(examples, sketch([raw_asked(example) for example in examples], with_hashes=False).keys)
    groups: dict[int, list[Example]] = defaultdict(list)
    for index, known in enumerate(first):
        if known != index:
            groups[known].append(examples[index])
    for known, group in groups.items():
        group.append(examples[known])
    nothing = frozenset(unasked)
    whole = [[e for e in group if e.row not in nothing and not (is_blank(e.input) or is_blank(e.answer))]
             for group in groups.values()]  # fmt: skip
    told = [group for group in whole if len(group) > 1]
    if task in ONE_RIGHT_ANSWER:
        clashing = [group for group in told if _disagree(group)]
        return tuple(sorted(example.row for group in clashing for example in group))
    facts = are_facts(answers(examples))
    codes = facts and are_codes(answers(examples))
    asking = [group for group in told if facts and (codes or asks_for_a_fact(group[0].input))]
    clashing = [group for group in asking if _disagree(group, CROWD)]
    unequal = [group for group in told if 1 < len({_agreed(example.answer) for example in group}) <= CROWD]
    of_codes = not facts and ask_by_code(inputs(examples))
    clashing += [_contradicting(group, of_codes) for group in unequal]
    elsewhere = Elsewhere(examples, unequal)
    clashing += [elsewhere.clashing(group) for group in unequal]
    found = tuple(sorted({example.row for group in clashing for example in group}))
    return found if found or facts or of_codes else None


def _disagree(group: Sequence[Example], most: float = inf) -> bool:
    return 1 < len({_agreed(example.answer) for example in group}) <= most


def _contradicting(group: Sequence[Example], of_codes: bool) -> list[Example]:
    """Those of a group whose answers say the same as another but for a number or a negation, give another value, or,
    where things are looked up by their codes, name another thing."""
    different = {_agreed(example.answer): example.answer for example in group}
    clash = [contradict, *([other_value] if asks_for_a_value(group[0].input) else ())]
    if of_codes and asks_for_a_fact(group[0].input):
        clash.append(are_unlike)
    pairs = [pair for pair in combinations(different, 2) if any(of(*map(different.__getitem__, pair)) for of in clash)]
    clashing = {answer for pair in pairs for answer in pair}
    return [example for example in group if _agreed(example.answer) in clashing]


def _agreed(answer: str) -> str:
    if answer.lstrip()[:1] in ("{", "["):
        try:
            return json.dumps(json.loads(answer), sort_keys=True)
        except (ValueError, RecursionError):
            return answer.strip()
    return normal(answer) or answer.strip()
