"""Planting one kind of flaw into a base at a rate: the spoilt set, and which rows are spoilt."""

from __future__ import annotations

import random
from dataclasses import dataclass

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
    Flaw("garble", "broken-encoding", TEXT, damage.garble),
    Flaw("control characters", "broken-encoding", TEXT, damage.control_characters),
    Flaw("tags", "leftover-markup", TEXT, damage.tags),
    Flaw("entities", "leftover-markup", TEXT, damage.entities),
    Flaw("tracking links", "leftover-markup", TEXT, damage.tracking_links),
    Flaw("navigation", "leftover-markup", TEXT, damage.navigation),
    Flaw("chat tokens", "leftover-markup", TEXT, damage.chat_tokens),
    Flaw("page lines", "leftover-markup", TEXT, damage.page_lines),
    Flaw("other markup", "leftover-markup", TEXT, damage.other_markup),
    Flaw("page code", "leftover-markup", ("prose",), damage.page_code),
    Flaw("loops", "repetitive-answers", ("prose",), damage.loop),
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
    Flaw("dressed copies", "near-duplicate-rows", ("prose", "labels", "titles")),
    Flaw("misread copies", "near-duplicate-rows", ("prose", "labels", "titles")),
    Flaw("contradictions", "conflicting-answers", ("labels",)),
    Flaw("spellings", "inconsistent-labels", ("labels",), among_rows.respelt),
    Flaw("flips", "mislabelled-rows", ("labels", "topics")),
    Flaw("strangers, scattered", "off-topic-rows", ANY),
    Flaw("strangers, clustered", "off-topic-rows", ANY),
    Flaw("Latin language", "mixed-languages", ("prose", "labels", "titles")),
    Flaw("other script", "mixed-languages", ("prose", "labels", "titles")),
    Flaw("personal data", "personal-data", ("prose", "titles"), private.personal),
    Flaw("addresses", "personal-data", ("prose", "titles"), private.address),
    Flaw("secrets", "secrets", ("prose", "titles"), private.secret),
)


@dataclass(frozen=True)
class Planted:
    """A spoilt set; `truth` are the positions of the rows spoilt."""

    rows: list[Row]
    truth: frozenset[int]


def fits(flaw: Flaw, host: Base) -> bool:
    """Whether the flaw can be planted there."""
    if flaw.name.startswith("strangers"):
        return host.name in among_rows.STRANGERS
    return host.kind in flaw.kinds and not (host.name == "chat" and flaw.rule == "cut-off-answers")


def plant(flaw: Flaw, host: Base, rate: float, seed: int) -> Planted:
    """Spoil that share of the rows (at least one), or add as many."""
    rng = random.Random(f"{flaw.name} {host.name} {rate} {seed}")
    count = max(1, round(rate * len(host.rows)))
    labels = sorted({row.answer for row in host.rows})
    if flaw.spoil:
        return _spoilt(host.rows, flaw.spoil, count, rng)
    if flaw.name == "flips":
        return _spoilt(host.rows, lambda row, rng: among_rows.flipped(row, labels, rng), count, rng)
    added: list[tuple[int, Row]]
    if flaw.name == "contradictions":
        sources = rng.sample(range(len(host.rows)), count)
        added = [(at, among_rows.contradiction_of(host.rows[at], labels, rng)) for at in sources]
    elif flaw.rule in ("duplicate-rows", "near-duplicate-rows"):
        added = _copies(host.rows, flaw, count, rng)
    elif flaw.rule == "mixed-languages":
        added = [(-1, row) for row in among_rows.foreign(host, count, flaw.name.startswith("Latin"), rng)]
    else:
        clustered = flaw.name.endswith("clustered")
        added = [(-1, row) for row in among_rows.strangers(host, count, clustered, seed, rng)]
    return _mixed_in(host.rows, added, flaw, rng)


def _spoilt(clean: list[Row], spoil: Spoil, count: int, rng: random.Random) -> Planted:
    rows, done = list(clean), set()
    for at in rng.sample(range(len(rows)), len(rows)):
        if len(done) == count:
            break
        changed = spoil(rows[at], rng)
        if changed is not None and changed != rows[at]:
            rows[at] = changed
            done.add(at)
    return Planted(rows, frozenset(done))


def _copies(rows: list[Row], flaw: Flaw, count: int, rng: random.Random) -> list[tuple[int, Row]]:
    """(row copied, copy); rows that cannot be copied that way are passed over."""
    make = {
        "copies": among_rows.copy_of, "near copies": among_rows.near_copy_of,
        "dressed copies": among_rows.dressed_copy_of, "misread copies": among_rows.misread_copy_of,
    }[flaw.name]  # fmt: skip
    found: list[tuple[int, Row]] = []
    for at in rng.choices(range(len(rows)), k=50 * count):
        if len(found) == count:
            break
        made = make([rows[at]], rng)
        if made is not None:
            found.append((at, made))
    return found


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
