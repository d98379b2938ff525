"""Hyperscan and RE2 find the same, whatever stands at the borders of texts and whatever becomes of what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.audit import (
    addresses,
    encoding,
    fences,
    markup,
    named_secrets,
    personal,
    placeholders,
    secrets,
)
from backend.audit.refusal_asked import ASKED_HINTS
from backend.audit.refusals import HINTS
from backend.audit.refusals_abroad import ABROAD_HINTS
from backend.audit.scan import WORTH
from backend.audit.sift import first_look, texts_holding
from backend.domain import Example

pytest.importorskip("hyperscan")

PATTERNS = {
    "controls": encoding.CONTROLS, "markup": markup.SOME, "placeholders": placeholders.SOME, "secrets": secrets.SOME,
    "named": named_secrets.SOME, "mail": personal.MAIL, "fence": fences.FENCE,
}  # fmt: skip
OF_NUMBERS = {"number": personal.NUMBER, "address": addresses.SOME, "token": secrets.OF_NUMBERS}
BEYOND_ASCII = {"encoding": encoding.SOME}
OPENINGS = (*HINTS, ASKED_HINTS, ABROAD_HINTS)
TEXTS = (
    "I can't help with that.", "Nothing to see here", "not to me, said I", "As an ai", "ai", "AI として、できません",
    "I'm afraid that is beyond my abilities", "We met. Then I\fdid not go", "Read more »", "Text.\nShare this\n",
    "Ã©tÃ© â€“ that", "schöne Grüße", "für dich", "a\x07b", "\x1b[31mred", "<b>bold</b>", "Lorem ipsum", "[Your name]",
    "AKIAABCDEFGHIJKLMNOP", "password = hunter2", "mail a@b.org", "```\ncode\n```", "call 030 123 45 67", "",
    "I live at 12 Long Lane, London SW1A 1AA", "Sand\n1234 Ort", "我无法回答这个问题", "Простите, я не могу", "42",
    "\f", "deliver it " + "x" * 38 + " 7", "deliver it " + "x" * 50 + " 7", "Sorry, no.",
    "Ich kann Ihnen dabei nicht helfen.", f"MTA1{'x' * 21}.GabcdE.{'y' * 27}",
)  # fmt: skip
FILLER = "so it went on and on, " * (WORTH // 20)


def _found(texts: tuple[str, ...]) -> tuple[dict[str, list[int]], list[list[int]]]:
    """What is found in the first texts; as answers, too, and among the openings."""
    rows = [Example(at, text, texts[-at - 1]) for at, text in enumerate(texts)]
    return first_look(rows, PATTERNS, OF_NUMBERS, BEYOND_ASCII), texts_holding(texts, *OPENINGS)


def _kept(home: Path) -> list[Path]:
    return sorted((home / "cache").glob("patterns-*"))


def test_both_find_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEWISE_HOME", str(tmp_path))
    by_re2 = _found(TEXTS)
    assert not _kept(tmp_path), "so little text is left to RE2"
    assert all(by_re2[0][name] for name in (*PATTERNS, *OF_NUMBERS, *BEYOND_ASCII)) and all(by_re2[1])
    many = (*TEXTS, FILLER)
    assert texts_holding(many, *OPENINGS) == by_re2[1]
    first_look([Example(0, FILLER + "äöü 12 ", "a")], PATTERNS, OF_NUMBERS, BEYOND_ASCII)
    assert len(_kept(tmp_path)) == 4, "all sets were compiled and kept"
    assert _found(TEXTS) == by_re2, "now with the patterns kept"


def test_damaged_patterns_are_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEWISE_HOME", str(tmp_path))
    texts = ("a cat", "a dog", FILLER)
    assert texts_holding(texts, "cat", r"dog\z") == [[0], [1]]
    (kept,) = _kept(tmp_path)
    sound = kept.read_bytes()
    for damaged in (b"", sound[:-9], sound[:99] + bytes(9) + sound[108:]):
        kept.write_bytes(damaged)
        assert texts_holding(texts[:2], "cat", r"dog\z") == [[0], [1]] and kept.read_bytes() == damaged
        assert texts_holding(texts, "cat", r"dog\z") == [[0], [1]] and kept.read_bytes() == sound


def test_half_characters_and_what_stands_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNEWISE_HOME", str(tmp_path))
    assert texts_holding((FILLER, "half \ud83d", "cat"), "cat", "went") == [[2], [0]]
    assert texts_holding((FILLER, "cat"), "cat", "[a-z]") == [[1], [0, 1]]
