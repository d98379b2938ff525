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
from backend.audit.closer_look import LIKELY, OTHERS, Read, rows_to_read, set_off, two_kinds, without_lead
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
    assert read.has_as_subject(kinds == 4, sure - 0.7)
    assert not read.has_as_subject(np.arange(300) == 4, sure)


def of_four_templates(far: float, forms: int = 4) -> Read:
    """240 rows of four templates, each as far from the others, and 60 in so many forms, as much farther from these as
    `far` says."""
    rng = np.random.default_rng(0)
    near = unit(np.eye(9)[:4] + np.eye(9)[4])  # 1/2 from one another
    middle = (1 - far / 2) * np.eye(9)[4] * 2**0.5  # so is it from each of them, times `far`
    strangers = middle + (1 - middle @ middle) ** 0.5 * np.eye(9)[5 + np.arange(60) % forms]
    vectors = unit(np.vstack([near[np.arange(240) % 4], strangers]) + 1e-3 * rng.standard_normal(9))
    return Read(np.arange(300), np.ones(300, bool), vectors, np.full(300, 1e-4), np.zeros(300))


@pytest.mark.parametrize(
    ("far", "chance", "own"),
    [(1.0, 0.9, True), (1.15, 0.3, True), (1.15, 0.5, False), (1.08, 0.7, False), (1.4, 0.3, False), (1.4, 0.2, True)],
)
def test_what_is_farther_off_may_be_less_sure(far: float, chance: float, own: bool) -> None:
    strangers = np.arange(300) >= 240
    chances = np.where(strangers, chance, 1e-4)
    assert of_four_templates(far).has_as_subject(strangers, chances) is own
    assert of_four_templates(far).of_another_kind(chances).tolist() == (strangers & (not own)).tolist()


@pytest.mark.parametrize(("chance", "own"), [(0.3, True), (0.7, True), (0.9, False)])
def test_one_template_is_named_only_where_it_is_surely_from_elsewhere(chance: float, own: bool) -> None:
    strangers = np.arange(300) >= 240
    assert of_four_templates(1.5, forms=1).has_as_subject(strangers, np.where(strangers, chance, 1e-4)) is own


def test_many_from_many_places_are_no_subject() -> None:
    rng = np.random.default_rng(0)
    strangers = np.arange(300) % 5 == 4
    vectors = unit(np.where(strangers[:, None], 0, np.eye(64)[0]) + 0.1 * rng.standard_normal((300, 64)))
    read = Read(np.arange(300), np.ones(300, bool), vectors, np.full(300, 1e-4), np.zeros(300))
    chances = np.where(strangers, 0.6, 1e-4)
    assert not read.has_as_subject(strangers, chances)
    assert read.has_as_subject(np.arange(300) % 5 == 3, np.roll(chances, -1))


def test_rows_are_of_two_kinds_where_their_chances_leave_a_space_between() -> None:
    rng = np.random.default_rng(0)
    spread = rng.standard_normal(100)
    assert two_kinds(np.r_[spread - 7, spread[:20] - 1, spread - 7]).nonzero()[0].tolist() == list(range(100, 120))
    assert not two_kinds(3 * np.r_[spread, spread[:20] + 1]).any()
    assert not two_kinds(np.zeros(9)).any()


TOLD = {
    "spectacles": (
        "My new {} give me headaches. | How long does one take to get used to {}? | Does the insurance pay for {}?"
        " | The hinge of my {} broke. | Can I drive at night in {}? | How do I clean {} without scratches?",
        "varifocals, reading glasses, contact lenses, sunglasses",
        "The pupil distance may be off by {} millimetres, so we measure it again. | Most eyes settle within {} days."
        " | Rinse under lukewarm water, as dust scratches like sand. | A coating helps against halos from headlights."
        " | The fund pays from six dioptres on. | Cylinder and axis tell of a bent cornea."
        " | Polarised glass hides some displays. | We solder titanium in {} days.",
    ),
    "stable": (
        "The {} will not pick up its hoof for the farrier. | May I ride the {} on Sunday? | What hay does a {} get?"
        " | Which bit suits a young {}? | My daughter is afraid of the {}. | When is the box of the {} mucked out?",
        "pony, gelding, mare, foal",
        "Feed {} kilos of hay by day. | Cold water for {} minutes, and no riding until the heat has gone."
        " | Children are led on the rope and wear a back protector. | The paddock is closed after rain."
        " | A saddle that slides has the wrong tree. | Worming goes by egg counts. | Shavings are forked over daily."
        " | The smith comes every {} weeks.",
    ),
}
SCHOOL = {
    "minor scale, sonata form, orchestra": "Strings sit in front, as they are softest. | A dotted note lasts half as"
    " long again. | Two themes quarrel and come home in the same key. | Clap the beat {} times.",
    "food web, mitosis, pollination": "Bees carry pollen from anther to stigma. | A cell parts into {} alike."
    " | Without foxes the voles eat the field bare. | Leaves make sugar from light and water.",
    "Black Death, Silk Road, Congress of Vienna": "A third of the people died in {} years. | Kings redrew the borders."
    " | Trade carried silk one way and silver the other. | Sources praise whoever paid the writer.",
    "percentage, prime number, linear function": "A graph rises by the slope. | Take {} of ten parts and cut them."
    " | Twenty per cent off and on isn't where you began. | Only one and itself divide it.",
    "high jump, relay, breaststroke": "Turn your back to the bar. | Hand the baton over inside the zone."
    " | Pull, breathe, kick and glide. | Warm up for {} minutes before you sprint.",
}
ASKED = "Explain the {} to a class. | What is a good question on the {}? | Why do we learn about the {}?"


def told_of(asked: str, things: str, answers: str, rows: int) -> list[tuple[str, str]]:
    rng = random.Random(0)
    ask, thing, answer = asked.split(" | "), things.split(", "), answers.split(" | ")
    said = (" ".join(rng.sample(answer, 3)) for _ in range(rows))
    return [
        (rng.choice(ask).format(rng.choice(thing)), one.format(*(rng.randint(3, 48) for _ in answer))) for one in said
    ]


def test_a_fifth_from_one_other_domain_is_no_subject_but_each_of_five_school_subjects_is() -> None:
    rows = told_of(*TOLD["spectacles"], 240) + told_of(*TOLD["stable"], 60)
    named, _ = off_topic([Example(row, *one) for row, one in enumerate(rows)], "answer")
    assert named is not None and len(set(range(240, 300)) & set(named)) >= 54 and min(named) >= 240
    school = [row for things, told in SCHOOL.items() for row in told_of(ASKED, things, told, 60)]
    assert off_topic([Example(row, *one) for row, one in enumerate(school)], "answer")[0] == ()


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
