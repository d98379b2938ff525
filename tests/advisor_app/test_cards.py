"""The pieces of HTML: whatever is put in stays text, and what has to be said is said."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import cards, finding_cards, plots
from backend import Blocked, InputError
from backend.audit.shown import ShownRow, ShownText
from backend.data.changes import Change, preview
from backend.decisions import Waiver
from rules.judge import all_rules, ask
from rules.rule import Finding

EVIL = "<script>window.__xss=1</script><img src=x onerror=alert(1)>\"'{{7*7}}"
ALLOWED = {
    "div", "p", "ul", "li", "b", "a", "span", "header", "nav", "ol", "h1", "h2", "h3", "details", "summary", "article",
    "dl", "dt", "dd", "code", "table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "g", "title", "text",
    "rect", "path", "line", "circle", "mark", "del", "ins", "section", "i",
}  # fmt: skip


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def checked(markup: str) -> str:
    seen = Tags()
    seen.feed(markup)
    assert seen.tags <= ALLOWED
    assert not {name for name in seen.attributes if name.startswith("on")}
    assert seen.open == []
    return markup


def a_finding(**changes: object) -> Finding:
    rule = next(rule for rule in all_rules() if rule.id == "personal-data")
    return replace(ask(rule, rule.fires_on, {}).findings[0], **changes)


@given(st.text())
def test_any_text_stays_text_everywhere(text: str):
    for markup in (
        cards.say("ok", text, [text]),
        cards.table([text, "b"], [[text, text]], text),
        cards.plain(text, text),
        cards.figures([(text, text)]),
        cards.section(text, text),
        cards.refusal(InputError(text, where=text, why=text, do=text), text),
        plots.bars([plots.Bar(text, 0.5, 0.4, 0.6, 10)], text, 0.9),
        plots.lines([plots.Line(text, ((0, 1), (1, 2)))], text, text, 1.5),
    ):
        checked(markup)


def test_a_finding_says_what_where_why_and_what_to_do():
    found = a_finding(rows=tuple(range(7)), message=EVIL)
    said = (ShownText(name="input", parts=((EVIL, False), (EVIL, True))),)
    rows = [ShownRow(row=n, texts=said, note=EVIL) for n in range(5)]
    shown = finding_cards.Shown(
        project="my reviews", task="classify", rows={found.rule: rows}, here={found.rule: 3},
        fixable=frozenset([found.rule]),
    )
    card = checked(finding_cards.finding(found, shown))
    assert "stops you" in card
    assert found.why.split()[0] in card
    assert "What to do" in card
    assert card.count("<li>") == 5
    assert card.count("<mark>") == 5 and card.count("[marked: ") == 5
    assert "7 rows, 4 of them counted under a worse finding already" in card
    assert "tunewise data &quot;my reviews&quot; --fix" in card and "audit DATA" not in card
    assert 'href="#fix-personal-data"' in card
    assert 'href="#waive"' in card and "This is fine because" in card
    assert "<script" not in card


@given(st.text(), st.text())
def test_a_change_is_shown_as_rows_before_and_after(before: str, after: str):
    change = Change(row=1, rule="leftover-markup", action="edit", field="input", before=before, after=after)
    checked(finding_cards.changes([preview(change)], {"leftover-markup": 1}))


def test_a_waived_finding_says_by_whom_and_why():
    rule = next(rule for rule in all_rules() if rule.id == "personal-data")
    verdict = ask(rule, rule.fires_on, {})
    waiver = Waiver(rule=rule.id, by="Ann", why="They agreed.", step_fingerprint="x", message="m", stand_in=True)
    shown = checked(finding_cards.findings([verdict], finding_cards.Shown(waived={rule.id: waiver})))
    assert "Ann" in shown
    assert "They agreed." in shown
    assert "not a person" in shown
    assert 'href="#waive"' not in shown


def test_what_was_not_asked_is_not_called_fine():
    from rules.facts import Facts

    verdicts = [ask(rule, Facts(), {}) for rule in all_rules() if rule.step == "data"]
    shown = checked(finding_cards.findings(verdicts, finding_cards.Shown()))
    assert f"{len(verdicts)} not asked yet" in shown
    assert "checked and fine" not in shown


def test_a_broken_rule_is_shown_as_our_fault():
    rule = all_rules()[0]
    from rules.judge import Verdict

    shown = checked(finding_cards.findings([Verdict(rule, "broken", trouble=EVIL)], finding_cards.Shown()))
    assert "our fault" in shown


def test_a_blocked_step_links_to_where_it_is_mended():
    found = a_finding()
    shown = checked(cards.refusal(Blocked("train", (found,), ("signoff",)), "my project"))
    assert 'role="alert"' in shown
    assert 'href="/data?project=my%20project"' in shown
    assert 'href="/signoff?project=my%20project"' in shown


@pytest.mark.parametrize("count", [0, 1, 7])
def test_bars_read_aloud_what_they_show(count: int):
    drawn = plots.bars([plots.Bar(f"arm {n}", 0.5, 0.4, 0.6, 100) for n in range(count)], "accuracy", 0.9)
    assert drawn.count("<rect") == count
    if count:
        assert 'role="img"' in drawn
        assert "between 40.0% and 60.0%" in drawn
        assert "Target 90%" in drawn


def test_a_target_out_of_sight_is_said_and_does_not_flatten_the_curve():
    near = plots.lines([plots.Line("a", ((1.0, 50.0), (2.0, 80.0)))], "x", "y", 100)
    far = plots.lines([plots.Line("a", ((1.0, 50.0), (2.0, 80.0)))], "x", "y", 60_000)
    assert 'class="target"' in near
    assert 'class="target"' not in far
    assert "target 60,000, far above" in far


def test_a_curve_of_one_point_or_a_flat_one_can_be_drawn():
    assert "circle" in plots.lines([plots.Line("a", ((3.0, 0.0),))], "x", "y")
    assert "nan" not in plots.lines([plots.Line("a", ((1.0, 0.0), (2.0, 0.0)))], "x", "y")
    assert plots.lines([plots.Line("a", ())], "x", "y") == ""


def test_a_scale_is_marked_in_round_numbers_and_no_name_stands_on_another():
    curve = plots.lines([plots.Line("TF-IDF words and word pairs", ((40, 0.93), (317, 0.955)))], "x", "y" * 27)
    assert re.findall(r'text-anchor="end">([\d.]+)<', curve)[:5] == ["0", "0.25", "0.5", "0.75", "1"]
    assert "TF-IDF words and word pairs</text>" in curve
    assert float(re.findall(r'd="M([\d.]+) 10h28"', curve)[0]) > 16 + 27 * plots.SIGN


def test_waits_of_nothing_draw_nothing():
    assert plots.waits([plots.Wait("1 at once", None, None)], "Wait") == ""
    assert plots.waits([plots.Wait("1 at once", 0.0, 0.0)], "Time per token", 50) == ""
    assert "half within 5 ms" in plots.waits([plots.Wait("1 at once", 5.0, 9.0)], "Wait", 50)
