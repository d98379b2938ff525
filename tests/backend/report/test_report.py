"""The report says what was found, waived and stood in for; it escapes what it quotes and fetches nothing."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from backend.domain import Prompt
from backend.report.charts import Bar, bars, curves
from backend.report.given import ReportInput
from backend.report.page import duration, number
from backend.report.report import render_html, render_markdown, render_model_card

NASTY = "<script>alert(1)</script>\"'|`*_[x](http://evil)\n# heading"


class Outline(HTMLParser):
    """Checks that tags close in order, and keeps headings, ids, targets and what would be fetched or run."""

    VOID = ("meta", "link", "img", "br", "hr", "input")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.labels: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if "aria-labelledby" in given:
            self.labels.append(given["aria-labelledby"])
        if given.get("href", "").startswith("#"):
            self.targets.append(given["href"][1:])
        elif "href" in given or "src" in given:
            self.fetched.append(str(given))
        if tag in ("script", "iframe", "object", "embed", "link", "img") or any(a.startswith("on") for a in given):
            self.fetched.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def outline(page: str) -> Outline:
    parser = Outline()
    parser.feed(page)
    assert parser.open == []
    return parser


@pytest.fixture
def nasty(full) -> ReportInput:
    """Every text that comes from users, data or models is hostile."""
    row = full.evaluation.arms[2].rows[0].model_copy(update={"output": NASTY})
    arms = (*full.evaluation.arms[:2], full.evaluation.arms[2].model_copy(update={"rows": (row,)}))
    group = full.evaluation.error_groups[0].model_copy(update={"name": NASTY})
    slices = (replace(full.evaluation.facts.slices[0], name=NASTY),)
    facts = replace(full.evaluation.facts, slices=slices)
    trial_facts = replace(full.trials.facts, arms=(replace(full.trials.facts.arms[0], name=NASTY),))
    finding = replace(full.verdicts[0].findings[0], message=NASTY)
    return replace(
        full,
        name=NASTY,
        goal=full.goal.model_copy(
            update={"sentence": NASTY, "domain": NASTY, "expert": NASTY, "definition_of_good": NASTY}
        ),
        dataset=full.dataset.model_copy(update={"source_name": NASTY}),
        trials=full.trials.model_copy(update={"model": NASTY, "best": NASTY, "facts": trial_facts}),
        plan=full.plan.model_copy(
            update={"model": NASTY, "prompt": Prompt(name=NASTY, system=NASTY, user=NASTY + "{input}")}
        ),
        signoff=full.signoff.model_copy(update={"signer": NASTY, "statement": NASTY}),
        evaluation=full.evaluation.model_copy(update={"arms": arms, "error_groups": (group,), "facts": facts}),
        verdicts=(replace(full.verdicts[0], findings=(finding,)), *full.verdicts[1:]),
        waivers=(full.waivers[0].model_copy(update={"by": NASTY, "why": NASTY}),),
        versions={NASTY: NASTY},
        stand_ins=(NASTY,),
    )


def test_the_page_says_what_a_manager_needs(full):
    page = render_html(full)
    for said in (
        "Go: the tuned model may be put to use.",
        "better by 22.0 points (95% interval 15.5 to 28.2, 400 rows)",
        "80.8% (76.6% to 84.3%, 400 rows)",
        "41 ms / 96 ms",
        "7 min 11 s",
        "a1" * 32,
        "9f" * 32,
        "tunewise train &#39;film reviews&#39;",
        "2.13.0+cpu",
        "Better than the rule of thumb",
    ):
        assert said in page


def test_waivers_and_stand_ins_are_named_as_such(full):
    for text in (render_html(full), render_markdown(full)):
        assert "Done by the demo, not by a person:" in text
        assert "signed by the demo, not by a person" in text
        assert "Dr Ada – waived by the demo, not by a person" in text
        assert "All names are invented." in text
        assert "30 – read by the demo, not by a person" in text
    by_people = replace(
        full,
        stand_ins=(),
        signoff=full.signoff.model_copy(update={"stand_in": False}),
        waivers=(full.waivers[0].model_copy(update={"stand_in": False}),),
        reading=replace(full.reading, stand_in=False),
    )
    assert "by the demo" not in render_html(by_people) + render_markdown(by_people)


def test_every_rule_is_in_the_report(full):
    page, text = render_html(full), render_markdown(full)
    assert all(one.rule.id in page and one.rule.id in text for one in full.verdicts)
    assert "not asked yet (that is not a pass)" in page


def test_the_page_stands_alone_and_can_be_walked(full):
    seen = outline(render_html(full))
    assert seen.fetched == []
    assert seen.headings[0] == "h1" and set(seen.headings[1:]) == {"h2"}
    assert len(set(seen.ids)) == len(seen.ids)
    assert set(seen.targets) <= set(seen.ids) and set(seen.labels) <= set(seen.ids)
    page = render_html(full)
    assert page.count("<table>") == page.count("<caption>") > 5
    assert page.count("<svg ") == page.count('role="img" aria-label="') == 4
    assert "default-src 'none'" in page and "prefers-color-scheme: dark" in page and "@media print" in page


def test_what_users_and_models_wrote_is_escaped(nasty):
    page = render_html(nasty)
    assert "<script" not in page and "&lt;script&gt;" in page
    assert outline(page).fetched == []
    for svg in re.findall(r"<svg .*?</svg>", page, re.S):
        ElementTree.fromstring(svg)
    for text in (render_markdown(nasty), render_model_card(nasty)):
        prose = re.sub(r"(`{3,})text\n.*?\n\1\n", "", text, flags=re.S)
        assert "<script" not in prose and "](http" not in prose.replace("\\](", "")
        assert "\n# heading" not in prose
        assert all(cells == 4 for cells in map(_cells, re.findall(r"^\| personal-data.*$", prose, re.M)))


def _cells(line: str) -> int:
    return len(re.findall(r"(?<!\\)\|", line)) - 1


def test_code_blocks_cannot_be_closed_from_inside(full):
    plan = full.plan.model_copy(update={"prompt": Prompt(name="p", system="a\n```\n<script>\n````\n", user="{input}")})
    card = render_model_card(replace(full, plan=plan))
    assert "`````text\na\n```\n<script>\n````\n\n`````" in card


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("1. first", "1\\. first"),
        ("# big", "\\# big"),
        ("- x", "\\- x"),
        ("0.5 ok", "0.5 ok"),
        ("snake_case", "snake_case"),
        ("_soft_", "\\_soft\\_"),
        ("a|b", "a\\|b"),
    ],
)
def test_names_stay_names_in_markdown(full, name, heading):
    assert render_markdown(replace(full, name=name)).startswith(f"# {heading}: go\n")


def test_markdown_tables_are_tables(full):
    text = render_markdown(full)
    assert "| Model | accuracy | macro_f1 |\n| --- | --- | --- |\n| Base model, bare | 21.8%" in text
    assert text.startswith("# film reviews: go\n")


def test_the_model_card_names_base_prompt_scores_and_licence(full):
    card = render_model_card(full)
    assert card.startswith('---\nbase_model: "smollm2-135m"\nlibrary_name: "peft"\n')
    assert 'license: "apache-2.0"' in card
    assert "```text\nAnswer with one word: positive or negative.\n```" in card
    assert "80.8% (76.6% to 84.3%, 400 rows)" in card
    assert "## Gates" not in card
    use = card.partition("## Intended use, limits and licence")[2].partition("\n## ")[0]
    assert full.goal.sentence in use and "held-out rows of the same data" in use
    assert "Apache-2.0; the adapter is derived" in use
    assert f"SHA-256 of the base model: {full.plan.model_sha256}" in card
    unmeasured = render_model_card(replace(full, evaluation=None))
    assert "not been measured on held-out rows yet" in unmeasured
    whole = full.run.model_copy(update={"settings": {**full.run.settings, "method": "full"}})
    assert 'library_name: "transformers"\ntags: ["tunewise"]' in render_model_card(replace(full, run=whole))


def test_a_model_card_needs_a_run(full):
    with pytest.raises(ValueError, match="finished run"):
        render_model_card(replace(full, run=None))


def test_a_project_just_begun_gets_a_report_too():
    for text in (render_html(ReportInput(name="new")), render_markdown(ReportInput(name="new"))):
        assert "Not yet: something is still missing." in text
        assert "No person has reviewed, signed or read anything yet." in text


@pytest.mark.parametrize(
    "missing",
    [
        "goal",
        "dataset",
        "split",
        "audit",
        "trials",
        "plan",
        "review",
        "signoff",
        "run",
        "evaluation",
        "reading",
        "deployment",
        "latency",
    ],
)
def test_any_part_may_be_missing(full, missing):
    given = replace(full, **{missing: None})
    outline(render_html(given))
    assert render_markdown(given)


def test_charts_say_in_words_what_they_show():
    chart = bars("accuracy", [Bar("a & b", 0.5, 0.4, 0.6)], target=0.75)
    assert chart.words == "accuracy: a & b 50.0% (40.0% to 60.0%). Target 75%."
    assert 'aria-label="accuracy: a &amp; b 50.0%' in chart.svg
    ElementTree.fromstring(chart.svg)


def test_curves_survive_one_point_zero_loss_and_thousands_of_steps():
    for points in ([(0, 0.0)], [(1, 2.0)], [(step, 1 / (step + 1)) for step in range(5000)]):
        chart = curves("Loss", (("train", points), ("validation", [])), "step")
        ElementTree.fromstring(chart.svg)
        assert len(chart.svg) < 12_000


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (59.6, "1 min 0 s"), (431, "7 min 11 s"), (7500, "2 h 5 min")]
)
def test_durations(seconds, said):
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("value", "said"), [(None, "–"), (True, "yes"), (2e-4, "0.0002"), (16, "16"), (123456, "123,456"), ("bf16", "bf16")]
)
def test_numbers(value, said):
    assert number(value) == said
