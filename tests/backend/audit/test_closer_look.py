"""Rows that only what they say as a whole tells from the file's own."""

import ast
import csv
import random
import sysconfig
from pathlib import Path

import numpy as np
import pytest

from backend.audit import sentence_vectors
from backend.audit.bags import unit
from backend.audit.closer_look import LIKELY, OTHERS, Read, rows_to_read, set_off, without_lead
from backend.audit.closer_signs import apart, closer_signs, signs_again
from backend.audit.not_checked import not_checked
from backend.audit.off_topic import off_topic
from backend.audit.run import examine
from backend.domain import Example

LEDGER = [
    (
        "Every transaction in the ledger has at least two splits.",
        "One takes the money from an account, and the other puts it into another.",
    ),
    (
        "The interest for each month is worked out from the balance that is still owed.",
        "So the first payments hold little of the principal, and the last ones hold hardly anything else.",
    ),
    (
        "Reconcile an account when the statement of the bank arrives.",
        "Tick each cheque that it lists, and look for those that have not been cleared yet.",
    ),
    (
        "Depreciation spreads the cost of a machine over the years in which it is used.",
        "Most tax offices allow the straight-line method for furniture and cars.",
    ),
    (
        "A budget compares what you meant to spend with what you did.",
        "Look at the groceries and the rent first, as these are the largest in most homes.",
    ),
    (
        "Invoices that are overdue by more than thirty days are shown in red.",
        "Send the customer a reminder before you charge interest on them.",
    ),
    (
        "Dividends are income even if they buy more shares at once.",
        "Enter them in the brokerage account on the day on which they are paid.",
    ),
    (
        "The trial balance adds up all debits and all credits.",
        "If the totals differ, some entry was made on one side only.",
    ),
    (
        "A credit card is a liability, and its balance grows when you shop.",
        "Paying the bill is a transfer from your checking account, and no expense.",
    ),
    ("Pensions are taxed when they are paid out.", "What an employer adds belongs to the wages of the year."),
]
MODULES = (
    "argparse doctest email/message http/client logging/__init__ mailbox pathlib shutil smtplib socket ssl subprocess "
    "tarfile threading unittest/case zipfile"
).split()


def manual() -> list[tuple[str, str]]:
    """Two sentences each of what Python's own source says of its parts."""
    found = {}
    for module in MODULES:
        source = Path(sysconfig.get_path("stdlib"), f"{module}.py").read_text(encoding="utf-8")
        for part in ast.walk(ast.parse(source)):
            if isinstance(part, (ast.ClassDef, ast.FunctionDef)):
                told = (ast.get_docstring(part) or "").split("\n\n")
                first, *more = " ".join(" ".join(told[:2]).split()).split(". ")
                if more and len(first) > 30 and 30 < len(more[0]) < 400:
                    found[f"{first}."] = f"{more[0].rstrip('.')}."
    return random.Random(0).sample(sorted(found.items()), 200)


def continued(pairs: list[tuple[str, str]]) -> list[Example]:
    return [Example(row=at, input=f"Continue the passage: {one}", answer=two) for at, (one, two) in enumerate(pairs)]


def test_strangers_asked_as_the_rows_of_a_file_are_named() -> None:
    own = manual()
    named, looked_at = off_topic(continued([*own, *LEDGER]), "answer")
    strangers = set(range(len(own), len(own) + len(LEDGER)))
    assert named is not None and looked_at == len(own) + len(LEDGER)
    assert len(strangers & set(named)) >= 7 and len(set(named) - strangers) <= 1
    assert len(off_topic(continued(own), "answer")[0] or ()) <= 1


def test_strangers_with_labels_of_the_file_are_named_and_a_class_of_its_own_is_not() -> None:
    rng = random.Random(1)
    own = [(one, "class" if one.split()[0] in ("A", "An", "The", "Class") else "function") for one, _ in manual()]
    asked = [" ".join(pair) for pair in LEDGER]
    by_chance = continued([*own, *((one, rng.choice(("class", "function"))) for one in asked)])
    named, _ = off_topic(by_chance, "classify")
    strangers = set(range(len(own), len(own) + len(LEDGER)))
    assert named is not None and len(strangers & set(named)) >= 5 and len(set(named) - strangers) <= 1
    assert off_topic(continued([*own, *((one, "money") for one in asked)]), "classify")[0] in ((), None)


def test_an_answer_that_no_other_row_has_is_no_class() -> None:
    own = [(one, "class" if one.split()[0] in ("A", "An", "The", "Class") else "function") for one, _ in manual()]
    named, _ = off_topic(continued([*own, *((" ".join(pair), pair[1]) for pair in LEDGER)]), "classify")
    strangers = set(range(len(own), len(own) + len(LEDGER)))
    assert named is not None and len(strangers & set(named)) >= 5 and len(set(named) - strangers) <= 1


def test_strangers_among_translations_are_told_by_what_is_translated() -> None:
    backwards = [(one, " ".join(word[::-1] for word in one.split())) for one, _ in [*manual(), *LEDGER]]
    named, _ = off_topic(continued(backwards), "translate")
    strangers = set(range(200, 200 + len(LEDGER)))
    assert named is not None and len(strangers & set(named)) >= 7 and len(set(named) - strangers) <= 1
    assert len(off_topic(continued(backwards[:200]), "translate")[0] or ()) <= 1


def test_strangers_are_found_where_every_template_has_words_of_its_own() -> None:
    rng = random.Random(0)
    sums = []
    for _ in range(80):
        one, two = rng.sample(range(100, 1_000), 2)
        sums += [
            (f"What is {one} plus {two}?", str(one + two)),
            (f"Find the remainder when {one} is divided by {two}.", str(one % two)),
            (f"Expand (x + {one})(x - {two}).", f"x^2 + {one - two}x - {one * two}"),
            (f"A crate holds {one} rows of {two} jars; how many jars?", str(one * two)),
        ]
    named, _ = off_topic(continued([*sums, *LEDGER]), "answer")
    strangers = set(range(len(sums), len(sums) + len(LEDGER)))
    assert named is not None and len(strangers & set(named)) >= 7 and not set(named) - strangers
    assert not off_topic(continued(sums), "answer")[0]


@pytest.mark.parametrize(("subjects", "own"), [(5, True), (1, False)])
def test_the_strangest_of_several_subjects_is_the_files_own(subjects: int, own: bool) -> None:
    rng = np.random.default_rng(0)
    middles = np.eye(64)[: subjects + 1] + 0.2
    kinds = np.arange(300) % 5
    vectors = middles[np.where(kinds == 4, subjects, kinds % subjects)] + 0.05 * rng.standard_normal((300, 64))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    read = Read(np.arange(300), np.ones(300, bool), vectors, np.full(300, 1e-4), np.zeros(300))
    sure = np.where(kinds == 4, 0.9, 1e-4)
    assert read.has_as_subject(kinds == 4, sure) is own
    assert read.has_as_subject(kinds == 4, sure - 0.3)
    assert not read.has_as_subject(np.arange(300) == 4, sure)


@pytest.mark.parametrize(("times", "chance", "own"), [(1.1, 0.9, True), (1.4, 0.7, True), (1.9, 0.7, False)])
def test_what_is_farther_off_may_be_less_sure(times: float, chance: float, own: bool) -> None:
    near = np.eye(8)[:4] * 0.5 + np.eye(8)[4]
    rest = unit(near)[np.arange(240) % 4]
    others = apart(rest)
    far = times * (1 - others.values["common"]).max()
    middle = unit(rest.sum(axis=0, keepdims=True))[0]
    stranger = (1 - far) * middle + (1 - (1 - far) ** 2) ** 0.5 * np.eye(8)[7]
    vectors = np.vstack([rest, np.tile(stranger, (60, 1))])
    strangers = np.arange(300) >= 240
    read = Read(np.arange(300), np.ones(300, bool), vectors, np.full(300, 1e-4), np.zeros(300))
    assert read.has_as_subject(strangers, np.where(strangers, chance, 1e-4)) is own


def test_many_from_many_places_are_no_subject() -> None:
    rng = np.random.default_rng(0)
    strangers = np.arange(300) % 5 == 4
    vectors = unit(np.where(strangers[:, None], 0, np.eye(64)[0]) + 0.1 * rng.standard_normal((300, 64)))
    read = Read(np.arange(300), np.ones(300, bool), vectors, np.full(300, 1e-4), np.zeros(300))
    chances = np.where(strangers, 0.6, 1e-4)
    assert not read.has_as_subject(strangers, chances)
    assert read.has_as_subject(np.arange(300) % 5 == 3, np.roll(chances, -1))


def test_rows_far_above_all_others_are_named_with_the_likeliest() -> None:
    sound = [0.004, 0.003, 1e-4]
    assert set_off(np.array([*sound, 0.9, 0.3, 0.6, 0.15])).tolist() == [False] * 3 + [True] * 4
    for no_gap in ([0.6, 0.3, 0.15, 0.08, 0.04, 0.02], [0.05, 0.001], [0.99, 0.6], [0.3]):
        assert not set_off(np.array(no_gap)).any()


def test_without_its_package_the_report_says_that_rows_were_not_read(monkeypatch, tmp_path) -> None:
    data = tmp_path / "manual.csv"
    with data.open("w", newline="") as file:
        csv.writer(file).writerows([("prompt", "completion"), *((f"Continue: {one}", two) for one, two in manual())])
    said = "word by word, not read as wholes"
    facts = examine(data).data
    assert facts.read_whole and not any(said in line for line in not_checked(facts, ()))
    monkeypatch.setattr(sentence_vectors, "PACKAGE", "a_package_that_is_not_installed")
    sentence_vectors.sentence_vectors.cache_clear()
    try:
        facts = examine(data).data
    finally:
        sentence_vectors.sentence_vectors.cache_clear()
    assert facts.off_topic is not None and any(said in line for line in not_checked(facts, ()))


def test_rows_whose_letters_are_broken_are_not_named_as_from_elsewhere_too(tmp_path) -> None:
    words = "уже нет времени пошли домой брат сестра дождь лес вечер огонь стол окно друг письмо".split()
    rng = random.Random(0)
    lost = [" ".join(rng.sample(words, 8)).encode().decode("latin-1") for _ in range(30)]
    told = [*manual(), *zip(lost[::2], lost[1::2], strict=True)]
    data = tmp_path / "manual.csv"
    with data.open("w", newline="") as file:
        csv.writer(file).writerows([("prompt", "completion"), *told])
    facts = examine(data).data
    assert set(range(200, 215)) <= set(facts.broken_encoding)
    assert facts.off_topic is not None and not set(facts.off_topic) & set(facts.broken_encoding)


def test_what_is_asked_of_many_rows_is_not_read() -> None:
    said = [f"{word} is red" for word in ("kettle", "boat", "house", "lamp")]
    asked = [f"Translate into French.\n\nthe {one}" for one in said]
    assert without_lead([*asked, "Who wrote it?"]) == [*said, "Who wrote it?"]
    assert without_lead([]) == [] and without_lead(["", " ", "a", "a", "a"]) == ["", "", "", "", ""]


@pytest.mark.parametrize("rows", [100, 180, 181, 2_000])
def test_each_row_is_read_once_and_some_stand_for_the_file(rows: int) -> None:
    rng = np.random.default_rng(rows)
    last = np.where(rng.random(rows) < 0.1, 0.9, 0.001)
    read, stands = rows_to_read(rng.random(rows) / 10, last, rng.random(rows), 0)
    assert len(set(read)) == len(read) == min(rows, LIKELY + OTHERS + (last > 0.1).sum())
    assert set(np.flatnonzero(last > 0.1)) <= set(read)
    assert stands.all() if len(read) == rows else stands.sum() == OTHERS


@pytest.mark.parametrize("kinds", [1, 2, 100])
def test_rows_that_say_the_same_have_signs_too(kinds: int) -> None:
    vectors = np.eye(384, dtype=np.float32)[np.arange(100) % kinds]
    stands, branches = np.ones(100, bool), apart(vectors)
    found = closer_signs(vectors, stands, np.full(100, 1e-4), np.zeros(100), branches)
    for chances in (np.full(100, 1e-4), np.linspace(1e-4, 1 - 1e-4, 100)):
        both = found | signs_again(vectors, stands, chances, branches)
        assert all(np.isfinite(values).all() and values.shape == (100,) for values in both.values())
