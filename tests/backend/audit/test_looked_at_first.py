"""What most files have none of is looked for in some of many rows first, and in all of them where one has it."""

import random
from collections.abc import Mapping

from backend.audit.measure import FIRST, SEED, measured
from backend.domain import Example
from rules.facts import DataFacts

ROWS = 20_400
LOOKED_AT = sorted(random.Random(SEED).sample(range(ROWS), FIRST))
OTHERS = sorted({*range(ROWS)} - {*LOOKED_AT})
FLAWS = {
    "placeholders": "n/a",
    "page_lines": "It takes a while to get there.\nAdd to wishlist",
    "refusals": "I'm sorry, but I can't assist with that.",
    "looping": "It takes " + "a long while and then " * 20,
}


def measured_with(answers: Mapping[int, str]) -> DataFacts:
    """The facts of many rows, of which these have those answers."""
    examples = [
        Example(n, f"How long does parcel {n} take?", answers.get(n, f"It takes {n} days, {n % 7} hours in all."))
        for n in range(ROWS)
    ]
    return measured(examples, (), "answer").facts


def rows_by_flaw(facts: DataFacts) -> dict[str, tuple[int, ...]]:
    return {name: (facts.markup or ()) if name == "page_lines" else getattr(facts, name) for name in FLAWS}


def test_all_rows_are_looked_at_where_one_of_the_first_has_the_flaw() -> None:
    rows = {name: (OTHERS[at], LOOKED_AT[1_000 + at], OTHERS[9_000 + at]) for at, name in enumerate(FLAWS)}
    facts = measured_with({row: FLAWS[name] for name, places in rows.items() for row in places})
    assert rows_by_flaw(facts) == {name: tuple(sorted(places)) for name, places in rows.items()}
    assert not {*FLAWS} & {*dict(facts.sampled)}


def test_what_none_of_the_first_has_is_said_to_have_been_looked_for_in_some() -> None:
    """The bound is worked out from how many were looked at."""
    facts = measured_with({OTHERS[at]: said for at, said in enumerate(FLAWS.values())})
    assert rows_by_flaw(facts) == dict.fromkeys(FLAWS, ())
    assert {name: dict(facts.sampled)[name] for name in FLAWS} == dict.fromkeys(FLAWS, FIRST)


def test_what_stands_in_long_answers_is_looked_for_in_all_rows() -> None:
    letter = "Dear [Customer Name], your parcel will be with you on [insert date]. Yours, [Your Name]"
    rows = (OTHERS[0], OTHERS[-1])
    assert measured_with(dict.fromkeys(rows, letter)).placeholders == rows
