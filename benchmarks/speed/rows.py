"""The file of the speed benchmark: seeded synthetic rows of about 450 characters, with the usual flaws among them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

TOPICS = 8
SMALL = (
    "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which"
    " one you were her all she there would their we him been has when who will more no if out so said what up its"
    " about into than them can only other new some could time these two may then do first any my now such like our"
    " over me even most made after also did many before must through back years where much your way well down should"
    " because each just those people how too little state good very make world still own see men work long get here"
    " between both life being under never day same another know while last might us great old year off come since"
    " against go came right used take three"
).split()
NAMES = ("Anna", "Bogdan", "Chidi", "Dolores", "Eamon", "Fatima", "Greta", "Hiro", "Ines", "Jonas", "Kofi", "Lena")
STARTS = ("b", "c", "d", "f", "g", "h", "l", "m", "n", "p", "r", "s", "t", "v", "br", "ch", "cl", "dr", "fl", "gr",
          "pl", "pr", "sh", "st", "tr", "w")  # fmt: skip
CORES = ("a", "e", "i", "o", "u", "ea", "ai", "ou", "ee", "io")
ENDS = ("", "n", "r", "s", "t", "l", "m", "nd", "ck", "st", "ve", "ng", "ter", "ly", "ing", "ed")


def write(path: Path, rows: int, kind: str, seed: int) -> None:
    """Write `rows` JSON lines: `kind` is "answer" (prompt and completion) or "classify" (text and one of 8 labels)."""
    with path.open("w", encoding="utf-8") as file:
        for record in records(rows, kind, seed):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


def records(rows: int, kind: str, seed: int) -> Iterator[dict[str, str]]:
    """The records. About 1 % each are exact copies, near copies and rows with leftover markup; 0.3 % hold personal
    data, 0.05 % a key, 0.5 % of the answers are cut off; 10 % have letters beyond ASCII and 25 % have numbers."""
    rng = random.Random(seed)
    say = Sayings(rng)
    recent: list[tuple[str, str]] = []
    for row in range(rows):
        topic = rng.randrange(TOPICS)
        if recent and rng.random() < 0.02:
            asked, said = rng.choice(recent)
            if rng.random() < 0.5:
                asked = misspelt(asked, rng)
        elif kind == "classify":
            asked, said = say.text(rng.randint(55, 85), topic), f"topic {topic}"
            if rng.random() < 0.03:
                said = f"topic {rng.randrange(TOPICS)}"
        else:
            asked, said = say.text(rng.randint(20, 40), topic)[:-1] + "?", say.text(rng.randint(24, 46), topic)
        if kind == "answer" and rng.random() < 0.005:
            said = said[: len(said) * 2 // 3]
        asked = flawed(asked, rng, row)
        if len(recent) < 2000 or rng.random() < 0.1:
            recent = [*recent[-1999:], (asked, said)] if rng.random() < 0.2 else recent or [(asked, said)]
        yield {"text": asked, "label": said} if kind == "classify" else {"prompt": asked, "completion": said}


class Sayings:
    """Sentences of common small words and Zipf-distributed made-up ones, some of them a topic's own."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        known = set(SMALL)
        made: list[str] = []
        while len(made) < 20_000:
            word = "".join(
                rng.choice(STARTS) + rng.choice(CORES) + rng.choice(ENDS) for _ in range(rng.choice((1, 1, 2, 2)))
            )
            if word not in known:
                known.add(word)
                made.append(word)
        self.topics = [made[topic * 200 : topic * 200 + 200] for topic in range(TOPICS)]
        self.words = SMALL + made[TOPICS * 200 :]
        self.weights = list(accumulate(1 / (rank + 3) for rank in range(len(self.words))))

    def text(self, count: int, topic: int) -> str:
        rng = self.rng
        found = rng.choices(self.words, cum_weights=self.weights, k=count)
        for _ in range(count // 8):
            found[rng.randrange(count)] = rng.choice(self.topics[topic])
        if rng.random() < 0.25:
            found[rng.randrange(count)] = str(rng.randint(2, 99_999))
        if rng.random() < 0.2:
            found[rng.randrange(1, count)] = rng.choice(NAMES)
        if rng.random() < 0.1:
            at = rng.randrange(count)
            found[at] = found[at] + rng.choice(("’s", "é", "ö", " –", " “so”", "ção"))
        sentences = []
        while found:
            size = rng.randint(7, 18)
            sentence, found = found[:size], found[size:]
            if len(sentence) > 9:
                sentence[5] += ","
            sentences.append(" ".join(sentence))
            sentences[-1] = sentences[-1][0].upper() + sentences[-1][1:] + "."
        return " ".join(sentences)


def misspelt(text: str, rng: random.Random) -> str:
    """Two neighbouring letters inside a longer word change places."""
    found = text.split(" ")
    long = [at for at, word in enumerate(found) if len(word) > 6 and word.isalpha() and word.islower()]
    if long:
        at = rng.choice(long)
        word, place = found[at], rng.randint(2, 4)
        found[at] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return " ".join(found)


def flawed(text: str, rng: random.Random, row: int) -> str:
    """One of the usual flaws now and then."""
    luck = rng.random()
    if luck < 0.001:
        text += f" Write to {rng.choice(NAMES).lower()}.{row}@post{row % 97}.org about it."
    elif luck < 0.002:
        text += f" My phone is +49 30 {rng.randint(1000000, 9999999)} at home."
    elif luck < 0.003:
        text += f" The server is 84.{rng.randint(2, 250)}.{rng.randint(2, 250)}.{rng.randint(2, 250)} again."
    elif luck < 0.0035:
        text += f" The key is AKIA{''.join(rng.choices('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', k=16))} there."
    elif luck < 0.0135:
        text = text.replace(" ", "<br>", 1) + " &nbsp;"
    elif luck < 0.0165:
        text += " It cost Ã©tÃ© â€“ thatâ€™s it."
    return text
