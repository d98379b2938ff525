"""Every rule of the catalogue exists, is documented, and does what its own two cases say."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

import rules
from rules.facts import DataFacts, Facts
from rules.judge import all_rules, ask, judge
from rules.rule import STEPS, Rule, Threshold

CATALOGUE = {
    "quality": """unreadable-rows empty-inputs empty-answers too-few-examples more-than-needed no-held-out-set
        test-set-too-small leaked-rows duplicate-rows near-duplicate-rows conflicting-answers inconsistent-labels
        mislabelled-rows rare-class class-imbalance off-topic-rows broken-encoding leftover-markup mixed-languages
        rows-too-long cut-off-answers malformed-answers refusal-answers placeholder-answers repetitive-answers
        uneven-prompts broken-conversations secrets personal-data""",
    "prompt": """needs-fresh-facts vague-prompt prompt-not-tried prompt-already-enough base-model-too-weak
        prompt-mismatch""",
    "size": """model-too-large will-not-fit too-slow-to-serve over-budget too-little-time model-off-domain
        context-too-short unsafe-weights licence-unclear""",
    "iteration": """no-target wrong-metric no-early-stopping untuned-settings too-few-steps overfitted
        adapter-has-no-effect never-stops gain-within-noise worse-than-base weak-slice lost-elsewhere
        answers-not-read test-set-worn-out serve-mismatch misses-latency-target""",
    "expertise": """no-expert no-definition-of-good sample-not-reviewed too-many-bad-rows reviewers-disagree
        signoff-outdated signed-by-trainer errors-not-explained""",
    "fairness": "group-missing group-rare outcome-skew group-quality-gap changes-with-identity",
}
FOLDER = Path(rules.__file__).parent
FILES = sorted(FOLDER.rglob("*.py"))
every_rule = pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.id)


@pytest.mark.parametrize("family", CATALOGUE)
def test_the_catalogue_is_complete(family: str) -> None:
    assert {rule.id for rule in all_rules() if rule.family == family} == set(CATALOGUE[family].split())


def test_ids_are_unique_and_name_their_files() -> None:
    ids = [rule.id for rule in all_rules()]
    assert len(ids) == len(set(ids)) == 73
    for rule in all_rules():
        assert (FOLDER / rule.family / f"{rule.id.replace('-', '_')}.py").is_file()


@every_rule
def test_it_fires_on_the_case_it_should(rule: Rule) -> None:
    verdict = ask(rule, rule.fires_on, {})
    assert verdict.trouble == ""
    assert verdict.state in ("block", "warn", "note")
    for finding in verdict.findings:
        assert finding.message.strip().endswith(".")
        assert STEPS.index(finding.gate) >= STEPS.index(rule.step)
        assert finding.why == rule.why
        assert finding.fix
        assert not (finding.waivable and finding.severity != "block")


@every_rule
def test_it_is_quiet_on_the_case_it_should(rule: Rule) -> None:
    verdict = ask(rule, rule.quiet_on, {})
    assert (verdict.state, verdict.trouble, verdict.missing) == ("passed", "", ())


@every_rule
def test_without_facts_it_is_not_asked(rule: Rule) -> None:
    verdict = ask(rule, Facts(), {})
    assert rule.needs
    assert verdict.state == "not asked"
    assert verdict.missing == rule.needs


@every_rule
def test_its_header_says_everything(rule: Rule) -> None:
    for text in (rule.problem, rule.why, rule.fix):
        assert text.strip().endswith((".", "?"))
        assert "  " not in text
    for threshold in rule.thresholds.values():
        assert threshold.unit
        assert threshold.source


@every_rule
def test_the_numbers_in_its_levels_are_its_thresholds(rule: Rule) -> None:
    said = re.findall(r"(\d[\d,.]*\d|\d)( %| points)?", rule.levels)
    values = {float(number.replace(",", "")) / (100 if unit else 1) for number, unit in said}
    assert values <= {threshold.value for threshold in rule.thresholds.values()}


@every_rule
def test_its_module_opens_with_its_id(rule: Rule) -> None:
    text = (FOLDER / rule.family / f"{rule.id.replace('-', '_')}.py").read_text(encoding="utf-8")
    assert text.startswith(f'"""{rule.id}: ')


@every_rule
def test_its_thresholds_are_the_ones_it_reads(rule: Rule) -> None:
    source = (FOLDER / rule.family / f"{rule.id.replace('-', '_')}.py").read_text(encoding="utf-8")
    read = {
        node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "limits"
    }
    assert read == set(rule.thresholds)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(FOLDER)))
def test_rules_import_nothing_but_the_standard_library(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    names = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    for name in names:
        assert name.split(".")[0] in sys.stdlib_module_names | {"rules"}, name


def test_rules_open_no_file() -> None:
    for file in FILES:
        nodes = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        assert not names & {"open", "Path"}, file


def test_a_policy_replaces_a_threshold() -> None:
    by_id = {rule.id: rule for rule in all_rules()}
    rule = by_id["duplicate-rows"]
    assert ask(rule, rule.fires_on, {}).state == "block"
    assert ask(rule, rule.fires_on, {rule.id: {"block_share": 0.5}}).state == "warn"
    rule = by_id["too-few-examples"]
    assert ask(rule, rule.fires_on, {rule.id: {"enough": 300}}).state == "passed"
    assert ask(rule, rule.fires_on, {"another-rule": {"enough": 300}}).state == "block"


def test_a_rule_that_raises_is_broken_and_not_hidden() -> None:
    facts = Facts(data=DataFacts(rows=400, usable_rows=400, duplicates=(1,)))
    verdicts = judge(facts, {"too-few-examples": {"enough": "many"}})  # type: ignore[dict-item]
    (broken,) = [verdict for verdict in verdicts if verdict.state == "broken"]
    assert broken.rule.id == "too-few-examples"
    assert broken.trouble.startswith("TypeError: ")
    assert not broken.findings
    assert {verdict.rule.id: verdict.state for verdict in verdicts}["duplicate-rows"] == "warn"


def test_a_rule_whose_judging_function_is_not_attached_does_not_pass() -> None:
    rule = all_rules()[0]
    header = {one.name: getattr(rule, one.name) for one in fields(rule) if one.name != "check"}
    verdict = ask(Rule(**header), rule.fires_on, {})
    assert verdict.state == "broken" and "@RULE" in verdict.trouble


def test_an_unknown_threshold_is_an_error_and_not_a_zero() -> None:
    limits = replace(all_rules()[0], thresholds={"known": Threshold(1, "rows", "a test")}).limits({})
    assert limits.known == 1
    with pytest.raises(AttributeError):
        _ = limits.unknown


@pytest.mark.parametrize("wrong", [{"step": "lunch"}, {"gate": "lunch"}])
def test_a_header_with_a_step_that_does_not_exist_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="lunch"):
        replace(all_rules()[0], **wrong)
