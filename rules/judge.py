"""Ask every rule, and keep apart what passed, what was found, what was not asked and what is broken."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import rules
from rules.facts import Facts
from rules.rule import STEPS, Finding, Rule

State = Literal["block", "warn", "note", "passed", "not asked", "broken"]
WORST_FIRST: tuple[State, ...] = ("block", "broken", "warn", "note", "not asked", "passed")
Policy = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Verdict:
    """What one rule says. `missing` are the facts it still waits for; `trouble` is why it broke."""

    rule: Rule
    state: State
    findings: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    trouble: str = ""


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule in `rules/<family>/`, ordered by step, then id. Each file there holds one, in `RULE`.

    Raises AttributeError for a file without: a rule that was left out by mistake must not go unnoticed.
    """
    found = []
    for family in pkgutil.iter_modules(rules.__path__):
        if not family.ispkg:
            continue
        package = importlib.import_module(f"rules.{family.name}")
        for module in pkgutil.iter_modules(package.__path__):
            found.append(importlib.import_module(f"rules.{family.name}.{module.name}").RULE)
    return tuple(sorted(found, key=lambda rule: (STEPS.index(rule.step), rule.id)))


def ask(rule: Rule, facts: Facts, policy: Policy) -> Verdict:
    """One rule's verdict. A rule that raises is reported as broken, never hidden and never passed."""
    missing = rule.missing(facts)
    if missing:
        return Verdict(rule, "not asked", missing=missing)
    try:
        findings = rule.findings(facts, policy)
    except Exception as error:  # the one place where any error of a rule is turned into a verdict
        return Verdict(rule, "broken", trouble=f"{type(error).__name__}: {error}")
    if not findings:
        return Verdict(rule, "passed")
    worst = min((finding.severity for finding in findings), key=WORST_FIRST.index)
    return Verdict(rule, worst, findings)


def judge(facts: Facts, policy: Policy | None = None) -> tuple[Verdict, ...]:
    """The verdicts of all rules on these facts, worst first. Pure and quick: call it on every change."""
    verdicts = (ask(rule, facts, policy or {}) for rule in all_rules())
    return tuple(sorted(verdicts, key=lambda verdict: WORST_FIRST.index(verdict.state)))
