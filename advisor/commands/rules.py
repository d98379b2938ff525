"""`rules`: what every rule asks, why, and where its numbers come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from advisor.commands.options import Home, Json
from advisor.terminal import Output

if TYPE_CHECKING:
    from rules.rule import Rule


def rules(
    rule: Annotated[str | None, typer.Argument(metavar="[ID]", help="One rule; leave out to list all.")] = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """List the rules, or explain one: the belief it tests, why it matters, what to do, its thresholds and sources."""
    from rules.judge import all_rules

    out = Output(json)
    known = all_rules()
    if rule is not None:
        found = _named(rule, known)
        _show(out, found)
        out.result(_json(found))
        return
    for each in known:
        out.say(f"{each.id} (step {each.step}; {_severity(each)}): {each.problem}")
    out.say(f"{len(known)} rules. Explain one: tunewise rules ID")
    out.result({"rules": [_json(each) for each in known]})


def _named(rule: str, known: tuple[Rule, ...]) -> Rule:
    from difflib import get_close_matches

    from backend import InputError

    by_id = {each.id: each for each in known}
    if rule not in by_id:
        close = get_close_matches(rule, by_id, 3, 0.5)
        do = f"Did you mean {', '.join(close)}?" if close else "See them all with `tunewise rules`."
        raise InputError(f"There is no rule {rule!r}.", do=do)
    return by_id[rule]


def _severity(rule: Rule) -> str:
    return rule.levels or rule.severity


def _show(out: Output, rule: Rule) -> None:
    out.say(f"{rule.id} ({rule.family}, step {rule.step})", style="bold")
    out.say(rule.problem)
    out.say(f"The belief it tests: {rule.belief}")
    out.say(f"Why it matters: {rule.why}")
    out.say(f"What to do: {rule.fix}")
    out.say(f"How severe: {_severity(rule)}; {'the expert may set a block aside' if rule.waivable else 'not waivable'}")
    out.say(f"A block stops: the step {rule.gate} and all after it")
    for name, threshold in rule.thresholds.items():
        out.say(f"Threshold {name}: {threshold.value:g} {threshold.unit} (source: {threshold.source})")


def _json(rule: Rule) -> dict[str, object]:
    return {
        "rule": rule.id, "family": rule.family, "step": rule.step, "gate": rule.gate, "severity": rule.severity,
        "levels": rule.levels, "waivable": rule.waivable, "belief": rule.belief, "problem": rule.problem,
        "why": rule.why, "fix": rule.fix, "needs": rule.needs,
        "thresholds": {
            name: {"value": threshold.value, "unit": threshold.unit, "source": threshold.source}
            for name, threshold in rule.thresholds.items()
        },
    }
