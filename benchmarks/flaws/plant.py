"""Planting one kind of flaw into a base at a rate: the spoilt set, and which rows are spoilt."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from benchmarks.flaws import among_rows, damage, private, wordings
from benchmarks.flaws.bases import Base, Row
from benchmarks.flaws.damage import Spoil

PROSE = ("prose", "talk")
TEXT = ("prose", "talk", "titles", "short")
ANY = (*TEXT, "labels")


@dataclass(frozen=True)
class Flaw:
    """A kind of flaw: the rule that must find it, and the kinds of base it fits."""

    name: str
    rule: str
    kinds: tuple[str, ...]
    spoil: Spoil | None = None


FLAWS: tuple[Flaw, ...] = (
    Flaw("mojibake", "broken-encoding", ANY, damage.mojibake),
    Flaw("lost characters", "broken-encoding", TEXT, damage.lost_characters),
    Flaw("control characters", "broken-encoding", TEXT, damage.control_characters),
    Flaw("tags", "leftover-markup", TEXT, damage.tags),
    Flaw("entities", "leftover-markup", TEXT, damage.entities),
    Flaw("tracking links", "leftover-markup", TEXT, damage.tracking_links),
    Flaw("navigation", "leftover-markup", TEXT, damage.navigation),
    Flaw("chat tokens", "leftover-markup", TEXT, damage.chat_tokens),
    Flaw("fences", "leftover-markup", ("titles", "short"), damage.fences),
    Flaw("no input", "empty-inputs", (*ANY, "json"), damage.no_input),
    Flaw("no answer", "empty-answers", (*ANY, "json"), damage.no_answer),
    Flaw("refusal", "refusal-answers", TEXT, wordings.refusal),
    Flaw("placeholder", "placeholder-answers", TEXT, wordings.placeholder),
    Flaw("cut anywhere", "cut-off-answers", ("prose",), damage.cut_off),
    Flaw("cut at 120 characters", "cut-off-answers", ("prose",), damage.cut_at_length(120)),
    Flaw("open fence", "cut-off-answers", ("prose",), damage.open_fence),
    Flaw("broken JSON", "malformed-answers", ("json",), damage.broken_json),
    Flaw("copies", "duplicate-rows", ANY),
    Flaw("near copies", "near-duplicate-rows", ("prose", "labels", "titles")),
    Flaw("contradictions", "conflicting-answers", ("labels",)),
    Flaw("spellings", "inconsistent-labels", ("labels",), among_rows.respelt),
    Flaw("flips", "mislabelled-rows", ("labels", "topics")),
    Flaw("strangers, scattered", "off-topic-rows", ANY),
    Flaw("strangers, clustered", "off-topic-rows", ANY),
    Flaw("Latin language", "mixed-languages", ("prose", "labels", "titles")),
    Flaw("other script", "mixed-languages", ("prose", "labels", "titles")),
    Flaw("personal data", "personal-data", ("prose", "titles"), private.personal),
    Flaw("secrets", "secrets", ("prose", "titles"), private.secret),
)


@dataclass(frozen=True)
class Planted:
    """A spoilt set. `truth` are the rows spoilt; `either` are rows that may be named for the same flaw or not."""

    rows: list[Row]
    truth: frozenset[int]
    either: frozenset[int] = field(default_factory=frozenset)


def fits(flaw: Flaw, host: Base) -> bool:
    """Whether the flaw can be planted there."""
    if flaw.name.startswith("strangers"):
        return host.name in among_rows.STRANGERS
    return host.kind in flaw.kinds and not (host.name == "chat" and flaw.rule == "cut-off-answers")


def plant(flaw: Flaw, host: Base, rate: float, seed: int) -> Planted:
    """Spoil that share of the rows (at least one)."""
    rng = random.Random(f"{flaw.name} {host.name} {rate} {seed}")
    rows = list(host.rows)
    count = max(1, round(rate * len(rows)))
    if flaw.spoil:
        spoilt = set()
        for at in rng.sample(range(len(rows)), len(rows)):
            if len(spoilt) == count:
                break
            changed = flaw.spoil(rows[at], rng)
            if changed is not None and changed != rows[at]:
                rows[at] = changed
                spoilt.add(at)
        return Planted(rows, frozenset(spoilt))
    labels = sorted({row.answer for row in rows})
    if flaw.name == "flips":
        chosen = rng.sample(range(len(rows)), count)
        for at in chosen:
            rows[at] = among_rows.flipped(rows[at], labels, rng)
        return Planted(rows, frozenset(chosen))
    if flaw.name == "contradictions":
        sources = rng.sample(range(len(rows)), count)
        added = [(at, among_rows.contradiction_of(rows[at], labels, rng)) for at in sources]
    elif flaw.rule in ("duplicate-rows", "near-duplicate-rows"):
        added = []
        for _ in range(count):
            made = None
            for _ in range(50):
                at = rng.randrange(len(host.rows))
                source = [rows[at]]
                made = among_rows.copy_of(source, rng) if flaw.name == "copies" else among_rows.near_copy_of(source, rng)
                if made is not None:
                    break
            if made is not None:
                added.append((at, made))
    elif flaw.rule == "mixed-languages":
        added = [(-1, row) for row in among_rows.foreign(host, count, flaw.name.startswith("Latin"), rng)]
    else:
        clustered = flaw.name.endswith("clustered")
        added = [(-1, row) for row in among_rows.strangers(host, count, clustered, seed, rng)]
    return _mixed_in(rows, added, flaw, rng)


def _mixed_in(rows: list[Row], added: list[tuple[int, Row]], flaw: Flaw, rng: random.Random) -> Planted:
    """The added rows at random places; of copies the later one of two is the copy."""
    tagged = [(row, at, False) for at, row in enumerate(rows)] + [(row, at, True) for at, row in added]
    rng.shuffle(tagged)
    truth, seen = set(), set()
    both = {at for at, _ in added if at >= 0}
    for place, (_, source, is_new) in enumerate(tagged):
        if flaw.rule in ("duplicate-rows", "near-duplicate-rows"):
            if source in both and source in seen:
                truth.add(place)
            seen.add(source)
        elif is_new or (flaw.rule == "conflicting-answers" and source in both):
            truth.add(place)
    return Planted([row for row, _, _ in tagged], frozenset(truth))
