"""Rows from elsewhere are named; rare templates of the file's own are not."""

import random
from collections.abc import Callable

import numpy as np
import pytest
from scipy.cluster.hierarchy import linkage
from scipy.sparse import csr_matrix

from backend.audit.belonging import settled
from backend.audit.off_topic import MEAN, NAMED, SURE, named_rows, off_topic
from backend.audit.strangeness import parts
from backend.audit.trees import likeliest
from backend.domain import Example, Task

CITIES = "Ghent Leeds Porto Graz Turin Oslo Cork Riga Lyon Bergen Malmo Nantes Utrecht Dresden".split()
THINGS = "bicycles lamps chairs kettles tents helmets clocks guitars mixers boots jackets printers radios".split()


def rows(pairs: list[tuple[str, str]]) -> list[Example]:
    return [Example(row=at, input=text, answer=told) for at, (text, told) in enumerate(pairs)]


def orders(rng: random.Random) -> tuple[str, str]:
    """What was ordered, as JSON; three ways of asking, one of them rare."""
    count, thing, city, price = rng.randint(2, 90), rng.choice(THINGS), rng.choice(CITIES), rng.randint(9, 400)
    asked = rng.choices(
        (
            f"Please send {count} {thing} to our shop in {city}; the price agreed is {price} euros.",
            f"Order: {count} x {thing}, {price} EUR each, ship to {city}",
            f"We need {count} green {thing} at {price} euros each, delivered to {city}.",
        ),
        (48, 48, 4),
    )[0]
    return asked, f'{{"item": "{thing}", "count": {count}, "city": "{city}"}}'


def log_line(rng: random.Random) -> tuple[str, str]:
    """A line of a log and how grave it is."""
    a, b, c = rng.randint(1, 99), rng.randint(100, 9999), rng.choice("abcdef")
    line = rng.choices(
        (
            f"INFO request {b} served in {a} ms by worker-{c}",
            f"INFO user {b} signed in from 10.0.{a}.{a}",
            f"WARN disk /dev/sd{c} at {a}% of {b} GB",
            f"ERROR payment {b} declined by bank: code {a}",
            f"INFO cache shard {c} evicted {b} keys",
            f"ERROR cannot open /var/lib/store/{b}.db: permission denied",
        ),
        (40, 25, 12, 10, 8, 5),
    )[0]
    return line, line.split()[0].lower()


def topic(rng: random.Random) -> tuple[str, str]:
    """A customer's question and what it is about."""
    thing, city, days = rng.choice(THINGS), rng.choice(CITIES), rng.randint(2, 30)
    return rng.choice(
        (
            (f"Where are the {thing} I ordered from {city} {days} days ago?", "delivery"),
            (f"Do you deliver {thing} to {city} in {days} days?", "delivery"),
            (f"Can I send the {thing} back after {days} days?", "returns"),
            (f"The {thing} arrived broken in {city}, I want to return them.", "returns"),
            (f"Was I charged twice for my {thing} on day {days}?", "payment"),
            (f"My bank in {city} says the payment for the {thing} failed.", "payment"),
        )
    )


def help_asked(rng: random.Random) -> tuple[str, str]:
    """A customer's question and its answer."""
    thing, city, days = rng.choice(THINGS), rng.choice(CITIES), rng.randint(2, 30)
    return rng.choice(
        (
            (f"Where are the {thing} I ordered from {city}?", f"Your {thing} arrive within {days} days."),
            (f"Can I send the {thing} back after {days} days?", f"Yes, unused {thing} can be sent back for free."),
            (f"The {thing} arrived broken.", f"We are sorry; new {thing} leave our store in {city} today."),
            (f"Do you deliver {thing} to {city}?", f"We deliver {thing} to {city} every {days} days."),
            (f"Was I charged twice for my {thing}?", f"The second charge is given back within {days} days."),
        )
    )


ELSEWHERE = [
    ("The mitochondria of a cell", "They turn sugar and oxygen into adenosine triphosphate for most reactions."),
    ("Sonnet 18, first line", "Shall I compare thee to a summer's day? Thou art more lovely and more temperate."),
    ("def area(r): return", "3.14159 * r ** 2  # in square metres, see numpy.pi for a better constant"),
    ("The senator's speech on farm policy", "He urged Congress to lower tariffs on grain before the autumn session."),
    ("Volcanoes of Iceland", "Hekla has erupted some twenty times since the island was settled by Norsemen."),
    ("Plato's cave", "Prisoners take the shadows on the wall for reality until one of them is freed."),
]
PLANETS = [
    ("Why is Mars red?", "Its dust holds iron oxide, and storms spread it over the whole surface."),
    ("What are the rings of Saturn made of?", "Mostly water ice, from grains to boulders, with traces of rock."),
    ("How long is a day on Venus?", "Venus turns once in 243 Earth days, backwards, slower than it circles the Sun."),
    ("Could Europa hold life?", "Beneath its crust of ice lies a salty ocean that tides keep warm."),
    ("What is the Great Red Spot?", "An anticyclone on Jupiter, wider than the Earth and observed since the 1830s."),
    ("Why does Uranus lie on its side?", "A collision with a body of the size of Earth may have tipped its axis."),
    ("Which moon has lakes of methane?", "Titan, where it is cold enough for methane to rain and gather in basins."),
    ("How was Neptune found?", "Le Verrier computed its place from disturbances in the orbit of Uranus."),
    ("Why is Mercury so dense?", "Its iron core fills most of it; an impact may have stripped off the mantle."),
    ("Is Pluto a planet?", "Since 2006 astronomers count it among the dwarf planets of the Kuiper belt."),
    ("What are comets?", "Bodies of ice and dust whose tails grow as sunlight heats them near perihelion."),
    ("Do stars have planets?", "Thousands have been seen by the dimming of a star as the planet passes before it."),
]


@pytest.mark.parametrize(("make", "task"), [(orders, "structured"), (log_line, "classify"), (help_asked, "answer")])
def test_own_templates_are_not_from_elsewhere(make: Callable[[random.Random], tuple[str, str]], task: Task) -> None:
    for seed in (1, 2):
        rng = random.Random(seed)
        pairs = list({make(rng): None for _ in range(900)})
        assert len(off_topic(rows(pairs), task)[0] or ()) < 0.01 * len(pairs)


def test_none_of_the_subjects_of_a_mixture_is_from_elsewhere() -> None:
    rng = random.Random(5)
    makers = (orders, log_line, help_asked, topic)
    pairs = list(dict.fromkeys(make(rng) for make in makers for _ in range(150)))
    assert off_topic(rows(pairs), "answer")[0] == ()


def test_rows_from_elsewhere_are_named_alone_and_in_groups() -> None:
    rng = random.Random(3)
    own = list({help_asked(rng): None for _ in range(700)})
    assert off_topic(rows([*own, *ELSEWHERE]), "answer")[0] == tuple(range(len(own), len(own) + len(ELSEWHERE)))
    assert off_topic(rows([*own, *PLANETS]), "answer")[0] == tuple(range(len(own), len(own) + len(PLANETS)))


def test_labels_tell_strangers_from_a_rare_class() -> None:
    """The same texts: with labels of the file by chance they are strangers, with one of their own a class."""
    rng = random.Random(0)
    own = list({topic(rng): None for _ in range(900)})
    texts = [asked for asked, _ in PLANETS]
    by_chance = [(text, rng.choice(("delivery", "returns", "payment"))) for text in texts]
    assert off_topic(rows([*own, *by_chance]), "classify")[0] == tuple(range(len(own), len(own) + len(texts)))
    assert off_topic(rows([*own, *((text, "space") for text in texts)]), "classify")[0] == ()


def test_labels_of_a_group_are_its_own_or_anyhow() -> None:
    labels = np.random.default_rng(0).integers(0, 4, 400)
    labels[:20] = 2
    groups = csr_matrix(np.stack([np.arange(400) < 20, np.arange(400) >= 380, np.ones(400)]))
    own, anyhow, every = settled(labels, groups)
    assert own > 1 > 0 > anyhow
    assert every < 0


def test_the_likeliest_rows_are_named_while_most_of_them_are_strangers() -> None:
    sound = np.full(200, 0.001)
    assert likeliest(np.r_[sound, 0.7, 0.8, 0.95], NAMED, MEAN).nonzero()[0].tolist() == [200, 201, 202]
    assert likeliest(np.r_[sound, 0.5, 0.95, 0.99], NAMED, MEAN).nonzero()[0].tolist() == [200, 201, 202]
    assert likeliest(np.r_[sound, 0.7, 0.75], NAMED, MEAN).nonzero()[0].tolist() == []
    assert likeliest(np.r_[sound, 0.99, np.full(4, 0.65)], NAMED, MEAN).nonzero()[0].tolist() == [200, 201]
    assert likeliest(np.r_[np.full(132, SURE), np.full(1100, 1e-4)], NAMED, MEAN).sum() == 132


def test_what_a_third_of_the_rows_are_about_is_not_from_elsewhere() -> None:
    chances = np.r_[np.full(100, 0.001), np.full(50, 0.95)]
    for task in ("answer", "classify"):
        assert named_rows(chances[:120], task).sum() == 20
        assert not named_rows(chances, task).any()


def test_parts_of_a_file_are_large_branches_of_its_tree() -> None:
    spots = np.r_[np.arange(30), 100 + np.arange(30), 200 + np.arange(30), 300 + np.arange(10)] / 10
    cut = parts(linkage(spots[:, None], "ward"))
    assert [len(set(cut[at : at + 30])) for at in (0, 30, 60, 90)] == [1, 1, 1, 1]
    assert len(set(cut[[0, 30, 60, 90]])) == 4
