"""Every measurement of step 2 in turn, gathered into the facts the rules read."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import compress, count
from operator import eq

from backend.audit import (
    addresses,
    conflicts,
    conversations,
    cut_off,
    duplicates,
    empty,
    encoding,
    fences,
    label_errors,
    labels,
    language,
    loops,
    malformed,
    markup,
    named_secrets,
    near_duplicates,
    off_topic,
    page_lines,
    personal,
    placeholders,
    prompts_wording,
    refusals,
    repetition,
    secrets,
    sound_scripts,
)
from backend.audit import groups as group_counts
from backend.audit.columns import Rows
from backend.audit.curve import curve_of_sample
from backend.audit.label_errors import Learnt
from backend.audit.near_duplicates import compare
from backend.audit.sift import first_look
from backend.data.split import SHARES
from backend.domain import Example, Task
from rules.facts import CurveFacts, DataFacts

MANY, SOME = 20_000, 1_000
"""Where there are more than MANY rows, what takes long is measured on SOME of them, drawn with a fixed seed."""
FIRST = 10_000
"""Of many rows those that are looked at first for a flaw most files do not have: all of them are where one has it."""
SEED = 0
"""Of the samples: the same rows are drawn every time."""
TAUGHT = SHARES[0]
"""Share of the usable rows that a model is taught."""
OPEN_ENDED: tuple[Task, ...] = ("summarise", "translate", "answer")
"""Tasks whose answers are in the writer's own words: loops and sameness are looked for in these only."""

Progress = Callable[[str, float], None]
"""Called with what is being looked for, and the fraction 0–1 that is done."""


@dataclass(frozen=True)
class Measured:
    """The facts, and for each example the number of its cluster: those that ask the same, exactly or nearly.

    `curve` is the learning curve where there are so many rows that it comes from a sample.
    """

    facts: DataFacts
    clusters: list[int]
    curve: CurveFacts | None


def measured(
    examples: Sequence[Example],
    unreadable: Sequence[tuple[int, str]],
    task: Task,
    groups: Sequence[str] = (),
    favourable: str = "",
    on_progress: Progress | None = None,
) -> Measured:
    """The whole audit of one file. Rows in the result are the examples' `row` numbers.

    Measurements that look at a seeded sample of large files say so in `sampled`.
    """
    tell = on_progress or (lambda words, done: None)
    examples = Rows(examples)
    classify = task == "classify"
    some, early, first = _drawn(examples)
    tell("Looking for empty rows", 0.0)
    broken, unread = conversations.conversations(examples, unreadable)
    no_input, no_answer = empty.empty_inputs(examples), empty.empty_answers(examples)
    tell("Looking for exact and near duplicates", 0.05)
    compared = compare(examples)
    together = compared.clusters
    different: Sequence[Example] = examples
    if len(examples) > MANY:  # a sample of them says more, and no row is tested on its own copy
        different = list(compress(examples, map(eq, together, count())))
    blank = {*no_input, *no_answer}
    exact = duplicates.repeated(examples, compared.first)
    copies = _but(blank, exact)
    near = near_duplicates.nearly_repeated(examples, compared.pairs, copies, compared.known)
    tell("Looking for contradictions", 0.35)
    clashes = conflicts.conflicts(examples, task, compared.first, no_input)
    tell("Looking for broken text", 0.4)
    likely = first_look(
        examples,
        {"controls": encoding.CONTROLS, "markup": markup.SOME, "fence": fences.FENCE, "placeholders": placeholders.SOME,
         "secrets": secrets.SOME, "named": named_secrets.SOME, "mail": personal.MAIL},
        of_numbers={"number": personal.NUMBER, "address": addresses.SOME, "token": secrets.OF_NUMBERS},
        beyond_ascii={"encoding": encoding.SOME},
    )  # fmt: skip
    damaged = encoding.broken_encoding(
        examples, [*likely["controls"], *sound_scripts.not_surely_sound(examples, likely["encoding"])]
    )
    tell("Looking at languages", 0.5)
    foreign, main_language = language.other_language(some, task)
    tell("Looking at the answers", 0.55)
    cut = cut_off.cut_off(examples, task, fenced=likely["fence"])
    refused, refusal_rows = _if_any(refusals.refusals, early, examples)
    stand_ins, stand_in_rows = _stand_ins(examples, first, task, likely["placeholders"])
    stand_ins = _but({*refused, *no_answer}, stand_ins)
    lined, lined_rows = _if_any(page_lines.rows_with_lines, early, examples)
    leftovers, misshapen = (
        markup.markup(examples, task, likely["markup"], likely["fence"], lined),
        malformed.malformed(examples, task, likely["fence"]),
    )
    tell("Looking for secrets and personal data", 0.65)
    secret_rows = secrets.secrets(examples, [*likely["secrets"], *likely["named"], *likely["token"]])
    personal_rows, kinds = personal.personal(examples, likely)
    tell("Looking for rows from elsewhere", 0.75)
    complete = _without(different, blank.union(damaged))
    strangers, stranger_rows = off_topic.off_topic(complete, task)
    tell("Looking for wrong labels", 0.8)
    learnt = label_errors.learn(complete) if classify else None
    tell("Counting", 0.98)
    open_answers = examples if task in OPEN_ENDED else Rows()
    looping, looping_rows = _if_any(loops.looping, early, examples) if open_answers else ((), 0)
    alike = repetition.repetition(open_answers)
    unusable = {*no_input, *no_answer, *copies, *(row for row, _ in broken)} - {row for row, _ in unreadable}
    usable = len(examples) - len(unusable)
    curve = _curve(learnt, round(TAUGHT * usable))
    grouped, in_several = group_counts.groups(examples, groups, favourable)
    labelled = _without(examples, stand_ins)  # `N/A` and `n/a` stand for no label, however they are spelt
    facts = DataFacts(
        rows=len(examples) + len(unreadable),
        usable_rows=usable,
        unreadable=unread,
        empty_inputs=no_input,
        empty_answers=no_answer,
        duplicates=copies,
        near_duplicates=_but(blank, near),
        repeats=(*exact.items(), *near.items()),
        conflicts=clashes,
        label_counts=labels.label_counts(examples) if classify else None,
        label_spellings=labels.label_spellings(labelled) if classify else None,
        label_spelling_rows=labels.spelling_rows(labelled) if classify else None,
        label_errors=label_errors.suspects(learnt) if learnt else None,
        off_topic=None if strangers is None else _but({*refused, *stand_ins, *looping}, strangers),
        read_whole=off_topic.reads_whole(complete),
        broken_encoding=_but(blank, damaged),
        markup=leftovers and _but(stand_ins, leftovers),
        other_language=foreign and _but(damaged, foreign),
        main_language=main_language,
        cut_off=cut and _but({*stand_ins, *looping}, cut),
        malformed=misshapen and _but(refused, misshapen),  # a refusal has no form to break
        refusals=refused,
        placeholders=stand_ins,
        top_answer_share=alike.top_share,
        top_answer_rows=alike.top_rows,
        looping=looping,
        distinct_bigrams=alike.distinct_bigrams,
        system_prompts=prompts_wording.system_prompts(examples),
        instructions=prompts_wording.instructions(some),
        broken_conversations=broken,
        secrets=secret_rows,
        personal=personal_rows,
        personal_kinds=kinds,
        groups=grouped,
        without_group=0 if grouped is None else group_counts.without_group(examples),
        in_several_groups=in_several,
        sampled=tuple(
            (name, looked_at)
            for name, looked_at, whole in (
                ("other_language", len(some), len(examples)),
                ("refusals", refusal_rows, len(examples)),
                ("placeholders", stand_in_rows, len(examples)),
                ("page_lines", lined_rows, len(examples)),
                ("looping", looping_rows, len(open_answers)),
                ("off_topic", stranger_rows, len(complete)),
                ("label_errors", learnt.looked_at if learnt else 0, learnt.of if learnt else 0),
                ("learning_curve", learnt.looked_at if learnt else 0, learnt.of if learnt and curve else 0),
                ("top_answer_share", alike.counted, len(open_answers)),
                ("instructions", len(some), len(examples)),
                ("distinct_bigrams", alike.read, len(open_answers)),
            )
            if looked_at < whole
        ),
    )
    return Measured(facts, together, curve)


def _drawn(examples: Rows) -> tuple[Rows, Rows, list[int]]:
    """`SOME` of many rows, `FIRST` of them, and the indices of these; else all rows twice, and none."""
    if len(examples) <= MANY:
        return examples, examples, []
    chosen = random.Random(SEED).sample(range(len(examples)), FIRST)  # noqa: S311  # a repeatable sample, no secret
    first = sorted(chosen)
    some, early = (Rows(map(examples.__getitem__, places)) for places in (sorted(chosen[:SOME]), first))
    return some, early, first


def _if_any(
    find: Callable[[Sequence[Example]], Collection[int]], early: Sequence[Example], examples: Sequence[Example]
) -> tuple[tuple[int, ...], int]:
    """(what is found, how many were looked at): all are, unless none of those looked at first has the flaw."""
    if early is not examples and not find(early):
        return (), len(early)
    return tuple(find(examples)), len(examples)


def _stand_ins(
    examples: Sequence[Example], first: Sequence[int], task: Task, likely: Sequence[int]
) -> tuple[tuple[int, ...], int]:
    """As `_if_any`, of the indices `first`. What stands in long answers is looked for in all: few are `likely`."""
    if first:
        some = sorted({*first, *likely})
        held = [bisect_left(some, at) for at in likely]
        if not placeholders.placeholders(Rows(map(examples.__getitem__, some)), task, held):
            return (), len(first)
    return placeholders.placeholders(examples, task, likely), len(examples)


def _curve(learnt: Learnt | None, rows: int) -> CurveFacts | None:
    """The learning curve carried on to so many rows, where it comes from a sample."""
    sampled = learnt and learnt.looked_at < learnt.of and learnt.said
    return curve_of_sample(sampled, rows) if sampled else None


def _but(others: Collection[int], rows: Iterable[int]) -> tuple[int, ...]:
    """The rows that are none of the others: what is bad in one way is not named for looking bad in another."""
    known = set(others)
    return tuple(row for row in rows if row not in known)


def _without(examples: Sequence[Example], rows: Collection[int]) -> Sequence[Example]:
    """The examples but for some rows: without a question, an answer or its letters none can be held against others."""
    return [example for example in examples if example.row not in rows] if rows else examples
