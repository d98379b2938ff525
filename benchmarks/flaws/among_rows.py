"""Flaws that concern a row and the others: copies, contradictions, strangers, other languages, wrong labels."""

from __future__ import annotations

import random
import re

from benchmarks.flaws.bases import Base, Row, base, sentences_of

LATIN = ("fr", "es", "it", "pt", "nl", "sv", "pl", "tr", "fi", "hu", "cs", "ro", "da", "id", "vi", "hr", "ca")
OTHER_SCRIPTS = ("ru", "uk", "zh_Hans", "ja", "ko", "ar", "he", "el", "th", "hi", "fa", "bg", "ta", "ka")


def copy_of(rows: list[Row], rng: random.Random) -> Row:
    """An exact copy, perhaps with other spaces, capitals or a full stop."""
    row = rng.choice(rows)
    change = rng.randrange(4)
    if change == 0:
        return row
    if change == 1:
        return row._replace(input=f"  {row.input} ".replace(" ", "  ", 1))
    if change == 2:
        return row._replace(input=row.input.upper() if len(row.input) < 80 else row.input.capitalize())
    return row._replace(input=row.input.rstrip(".!") + ("!" if row.input.endswith(".") else "."))


def near_copy_of(rows: list[Row], rng: random.Random) -> Row | None:
    """A copy with one to three slips of the pen in the input, for texts long enough to stay recognisable."""
    row = rng.choice(rows)
    words = row.input.split()
    plain = [at for at, word in enumerate(words) if re.fullmatch(r"[a-z]{5,}", word)]
    if len(words) < 12 or len(plain) < 5:
        return None
    for at in rng.sample(plain, rng.randint(1, min(3, max(1, len(words) // 10)))):
        words[at] = _slip(words[at], rng)
    return row._replace(input=" ".join(words))


def _slip(word: str, rng: random.Random) -> str:
    at = rng.randint(1, len(word) - 3)
    return rng.choice(
        (word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:])
    )


_MISREAD = {
    "rn": "m", "m": "rn", "l": "1", "o": "0", "I": "l", "cl": "d", "d": "cl", "w": "vv", "e": "c", "h": "b", "S": "5",
    "ri": "n", "g": "q", "u": "ii", "i": "í",
}  # fmt: skip


def misread_copy_of(rows: list[Row], rng: random.Random) -> Row | None:
    """A copy as a scanner reads it: one to three words with letters taken for others that look alike."""
    row = rng.choice(rows)
    words = row.input.split()
    plain = [at for at, word in enumerate(words) if re.fullmatch(r"[A-Za-z]{4,}", word)]
    if len(plain) < 4:
        return None
    for at in rng.sample(plain, rng.randint(1, min(3, len(plain) // 4))):
        seen = [letters for letters in _MISREAD if letters in words[at][1:]]
        if seen:
            letters = rng.choice(seen)
            words[at] = words[at][0] + words[at][1:].replace(letters, _MISREAD[letters], 1)
    changed = row._replace(input=" ".join(words))
    return changed if changed.input != " ".join(row.input.split()) else None


_AROUND = ("Question: {}", "[Request] {}", "Hi all, {}", "FYI - {}", "{} Thank you so much.", "{} (sent from my phone)",
           "Quick question: {}", "Excuse me, {}", "{} Looking forward to your reply.", "{} Any help is appreciated.")  # fmt: skip
_STRESS = ("actually", "really", "simply", "currently", "indeed", "perhaps")


def dressed_copy_of(rows: list[Row], rng: random.Random) -> Row | None:
    """A copy with something put around it, a word of emphasis in it, a small word or its end lost."""
    row = rng.choice(rows)
    words = row.input.split()
    if len(words) < 15:
        return None
    change = rng.randrange(4)
    if change == 0:
        return row._replace(input=rng.choice(_AROUND).format(row.input))
    if change == 1:
        words.insert(rng.randrange(1, len(words)), rng.choice(_STRESS))
    elif change == 2:
        small = [at for at, word in enumerate(words) if word in ("the", "a", "an", "of", "to", "and", "in", "that")]
        if not small:
            return None
        del words[rng.choice(small)]
    else:
        words = words[: -max(1, len(words) // 12)]
    return row._replace(input=" ".join(words))


def contradiction_of(row: Row, labels: list[str], rng: random.Random) -> Row:
    """The same input with another label."""
    return row._replace(answer=rng.choice([label for label in labels if label != row.answer]))


def flipped(row: Row, labels: list[str], rng: random.Random) -> Row:
    """The same row with another label."""
    return contradiction_of(row, labels, rng)


def respelt(row: Row, rng: random.Random) -> Row:
    """The label with other capitals, spaces or punctuation."""
    name = row.answer
    ways = [f"{name} ", f" {name}", f"{name}.", f'"{name}"', f"{name}\n", f"{name}\u200b", f"\u00a0{name}", f"{name},"]
    ways += [name.upper(), name.lower(), name.capitalize(), name.swapcase(), f"[{name}]", f"'{name}'", f"{name}:", f"({name})"]
    ways += [f"*{name}*", f"{name}!"]
    return row._replace(answer=rng.choice([way for way in ways if way != name]))


STRANGERS = {
    "reviews": ("docs", "recipes", "support", "intents"),
    "intents": ("docs", "reviews", "news_openings"),
    "support": ("recipes", "docs", "news_openings", "reviews"),
    "support_topics": ("recipes", "docs", "news_openings", "reviews"),
    "recipes": ("support", "docs", "news_openings"),
    "docs": ("recipes", "support", "news_openings", "reviews"),
    "news_openings": ("recipes", "docs", "support"),
    "news_titles": ("recipes", "docs", "support"),
    "long_reviews": ("recipes", "docs", "support"),
}


def strangers(host: Base, count: int, clustered: bool, seed: int, rng: random.Random) -> list[Row]:
    """Rows from elsewhere: of one other subject when `clustered`, else of several. Labels are the host's."""
    names = STRANGERS[host.name]
    chosen = [names[seed % len(names)]] if clustered else list(names)
    pool = [row for name in chosen for row in base(name, count if clustered else count // 2 + 2, seed + 1000).rows]
    picked = rng.sample(pool, count)
    if host.kind != "labels":
        return [row if len(row.answer.split()) > 2 else Row("What do you think?", row.input) for row in picked]
    labels = sorted({row.answer for row in host.rows})
    return [Row(row.input, rng.choice(labels)) for row in picked]


def foreign(host: Base, count: int, latin: bool, rng: random.Random) -> list[Row]:
    """Rows in other languages, of Latin or of other scripts."""
    pools = [texts for code in (LATIN if latin else OTHER_SCRIPTS) if len(texts := sentences_of(code)) > 20]
    labels = sorted({row.answer for row in host.rows}) if host.kind == "labels" else []
    found = []
    for _ in range(count):
        one, two = rng.sample(rng.choice(pools), 2)
        found.append(Row(one, rng.choice(labels) if labels else two))
    return found
