"""docs/rules.md is what the headers say, and has a place to link to for every rule."""

from __future__ import annotations

from pathlib import Path

from backend.rules_page import FAMILIES, page
from rules.judge import all_rules

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_is_in_step_with_the_headers() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: .venv/bin/python -m backend.rules_page > docs/rules.md"


def test_every_rule_has_an_anchor_and_its_words() -> None:
    text = page()
    for rule in all_rules():
        assert text.count(f'<a id="{rule.id}"></a>') == 1
        assert f"(#{rule.id})" in text
        assert rule.why in text
        assert rule.fix in text
        for name, threshold in rule.thresholds.items():
            assert f"`{name}` = {threshold.value:,g} {threshold.unit} ({threshold.source})" in text


def test_every_family_has_a_chapter() -> None:
    assert set(FAMILIES) == {rule.family for rule in all_rules()}
