"""Rows from elsewhere that say the same asides as the rest of a file."""

from __future__ import annotations

import random

from backend.audit.asides import without_asides
from backend.audit.off_topic import off_topic
from backend.domain import Example

BEFORE = (
    "My budget is {n} euros, and borrowed tools are welcome.",
    "I am {n} years old and have never done this before.",
    "It has to be finished before the visitors arrive at {n}.",
    "English is not my first language, so simple words would help.",
    "{name} and I argued about it for the whole drive home.",
    "I tried it {n} times last month and it ended badly.",
)
REPLIES = (
    "Your budget covers this when the costly tools are borrowed.",
    "There is no age at which this becomes too hard to learn.",
    "With a fixed hour, leave the risky part for the morning.",
    "In simple words it comes down to patience and order.",
    "It seems that both of you were partly right in that.",
    "So many attempts in a row point to a step that is left out.",
)
NAMES = "Ulrich Milena Dario Wanda Pavel Amara Quirin Tamara".split()
MUSHROOMS = """
When do chanterelles appear under spruce?
They come up a week after warm rain.
The flesh is white and smells of apricots.
True chanterelles have blunt ridges that run down the stem.
False ones fork like gills of paper.

How do I dry ceps for the winter?
Slices of four millimetres dry evenly in a warm oven.
Dried ceps are done when they snap.
Freeze the jar of ceps to kill larvae.
Keep them in glass with the lid tight.

How do I take a spore print?
Lay the cap gills down on white paper.
Cover the mushroom with a glass until the morning.
A print narrows the genus only.
Rusty spores point to webcaps.

Must morels never be eaten raw?
Morels hold a toxin that long cooking destroys.
False morels have brainlike folds.
Find morels near ash trees.
The true morel is hollow from tip to foot.

How do I know a death cap?
Look for a baglike volva at the base of the stem.
The gills stay white.
Never pick a mushroom you are not sure of.
Dig out the whole stem of it.

Are mushrooms with worms still edible?
Cut the stem across to see where larvae feed.
A few tunnels can be trimmed away.
Soft flesh of old caps has to go.
Pick mushrooms in cool weather.
"""
BRIDGE = """
Which hands open one no-trump?
A balanced hand of fifteen to seventeen points is the standard.
Balanced means no singleton.
Partner takes control of the auction.
Two clubs asks for a four-card major.

How many points is a game in a major worth?
Four spades or hearts bring a hundred and twenty in tricks.
A small slam adds five hundred.
Each undertrick costs fifty.
Doubled contracts cost more.

When should declarer refuse the finesse?
Lead toward the honour that you hope will win.
With nine cards missing the queen, play for the drop.
Count your losers first.
Ruffs in the short hand bring tricks.

What does a takeout double of one heart show?
You want opening strength and support for the unbid suits.
Your partner bids the longest suit.
Pass only with heart tricks.
Raise with a flat hand.
"""


def _row(at: int, of: str, rng: random.Random) -> Example:
    asked, *told = rng.choice(of.strip().split("\n\n")).split("\n")
    kind = rng.randrange(len(BEFORE))
    before = BEFORE[kind].format(n=rng.randrange(10, 99), name=rng.choice(NAMES))
    questions, answers = [asked, before], [*rng.sample(told, 3), REPLIES[kind]]
    rng.shuffle(questions)
    rng.shuffle(answers)
    return Example(at, " ".join(questions), " ".join(answers))


def _file(strangers: set[int], size: int = 300) -> list[Example]:
    rng = random.Random(5)
    return [_row(at, BRIDGE if at in strangers else MUSHROOMS, rng) for at in range(size)]


def test_asides_are_told_from_what_is_on_a_subject() -> None:
    rows = _file(set(range(0, 300, 5)))
    aside = without_asides(rows)
    assert aside is not None and aside.asides.all()
    said = " ".join(f"{row.input} {row.answer}" for row in aside.rows)
    assert not any(word in said for word in ("budget", "visitors", "first language", "argued", "too hard to learn"))
    for one, bare in zip(rows, aside.rows, strict=True):
        assert len(bare.answer.split()) >= 6 and bare.input.endswith("?")
        assert len(bare.answer) < len(one.answer)


def test_no_asides_where_none_come_again() -> None:
    rng = random.Random(2)
    words = (MUSHROOMS + BRIDGE).split()
    rows = [Example(at, " ".join(rng.sample(words, 12)), " ".join(rng.sample(words, 20))) for at in range(100)]
    assert without_asides(rows) is None
    assert without_asides([]) is None
    assert without_asides([Example(0, "", "")]) is None


def test_strangers_behind_asides_are_found() -> None:
    strangers = set(random.Random(3).sample(range(300), 45))
    found, _ = off_topic(_file(strangers), "answer")
    assert found is not None
    assert len(strangers & {*found}) >= 0.8 * len(strangers) and len({*found} - strangers) <= 2


def test_without_strangers_nothing_is_named_for_its_asides() -> None:
    found, _ = off_topic(_file(set()), "answer")
    assert found is not None and len(found) <= 2


def test_where_asides_are_all_that_is_asked_they_are_none() -> None:
    rng = random.Random(4)
    tasks = ["book the hall", "mend the gate", "collect the fees", "print the leaflet", "invite the band"]
    rows = []
    for at in range(120):
        asked = rng.sample([f"{name} will {task} by {rng.randrange(9)}." for task in tasks for name in NAMES[:2]], 2)
        rows.append(Example(at, " ".join(asked), f"{at} items {rng.random()} from the list of {rng.choice(NAMES)}"))
    assert without_asides(rows) is None
