"""The tables of the benchmark, and the figures behind them."""

from __future__ import annotations

from collections import Counter, defaultdict

from rich.console import Console
from rich.table import Table

from backend.statistics import wilson

console = Console(width=150)


def _share(right: int, of: int) -> str:
    if not of:
        return "-"
    found = wilson(right, of)
    return f"{right / of:.3f} ({found.low:.3f}-{found.high:.3f})"


def show_planted(results: list[dict], bars: dict, bar: tuple[float, float], examples: bool) -> list[dict]:
    """Precision and recall per rule and flaw, pooled over bases, rates, seeds and formats."""
    table = Table(title="Planted flaws: precision and recall over rows, Wilson 95 %")
    for name in ("rule", "flaw", "sets", "planted", "precision", "recall", "worst set", "not asked", "bar"):
        table.add_column(name)
    groups: dict[tuple[str, str], list[dict]] = defaultdict(list)
    for result in results:
        if result["flaw"] != "flips":
            groups[result["rule"], result["flaw"]].append(result)
            groups[result["rule"], "all"].append(result)
        else:
            kind = "flips, separable topics" if result["separable"] else "flips, hard texts"
            groups[result["rule"], kind].append(result)
    summary = []
    for (rule, flaw), sets in sorted(groups.items(), key=lambda item: (item[0][0], item[0][1] != "all", item[0][1])):
        right, wrong, planted = (sum(one[key] for one in sets) for key in ("right", "wrong", "planted"))
        need = bars.get(rule, bar)
        precision, recall = right / max(1, right + wrong), right / max(1, planted)
        met = precision >= need[0] and recall >= need[1]
        worst = min(sets, key=lambda one: 2 * one["right"] / max(1, one["right"] + one["wrong"] + one["planted"]))
        where = f"{worst['base']} {worst['rate']:g}: {worst['right']}/{worst['planted']} +{worst['wrong']}"
        silent = sum(one["not_asked"] for one in sets)
        table.add_row(rule if flaw == "all" else "", flaw, str(len(sets)), str(planted), _share(right, right + wrong),
                      _share(right, planted), where, str(silent), f"{need[0]}/{need[1]} {'met' if met else 'MISSED'}",
                      style="" if met else "red")  # fmt: skip
        line = {"rule": rule, "flaw": flaw, "sets": len(sets), "planted": planted, "right": right, "wrong": wrong,
                "precision": precision, "recall": recall, "bar": need, "met": met, "not_asked": silent}  # fmt: skip
        if "peer_right" in sets[0]:
            got, false = sum(one["peer_right"] for one in sets), sum(one["peer_wrong"] for one in sets)
            table.add_row("", "  plain cleanlab" if flaw.startswith("flips") else "  plain neighbours", "", "", _share(got, got + false), _share(got, planted), "", "", "")
            line |= {"peer_precision": got / max(1, got + false), "peer_recall": got / max(1, planted)}
        summary.append(line)
    console.print(table)
    if examples:
        for one in results:
            if one["missed"] or one["wrongly_named"]:
                console.print(f"[bold]{one['flaw']}[/] in {one['base']} at {one['rate']:g}, seed {one['seed']}, {one['format']}: "
                              f"{one['right']}/{one['planted']} +{one['wrong']}{' NOT ASKED' * one['not_asked']}", markup=True)
                for what in ("missed", "wrongly_named"):
                    for row in one[what]:
                        console.print(f"   {what}: {str(row[0])[:150]!r} -> {str(row[1])[-150:]!r}", markup=False)
    return summary


def show_clean(results: list[dict], limit: float, examples: bool) -> list[dict]:
    """Blocks, and per rule the share of rows named, on the clean sets."""
    table = Table(title=f"Clean but tricky: {len(results)} sets, {sum(one['rows'] for one in results):,} rows")
    for name in ("set", "rows", "blocks", "rules above 1 % of rows", "other findings (rows)"):
        table.add_column(name)
    named: Counter[str] = Counter()
    for one in results:
        above = {rule: rows for rule, rows in one["warned"].items() if rows > limit * one["rows"]}
        named.update(one["warned"])
        rest = {rule: rows for rule, rows in one["warned"].items() if rule not in above}
        table.add_row(one["set"], str(one["rows"]), ", ".join(one["blocks"]), ", ".join(f"{r} {n}" for r, n in above.items()),
                      ", ".join(f"{r} {n}" for r, n in rest.items()), style="red" if one["blocks"] or above else "")  # fmt: skip
    console.print(table)
    total = sum(one["rows"] for one in results)
    console.print("Per rule, rows named of all clean rows: " + ", ".join(f"{r} {n / total:.3%}" for r, n in named.most_common() if n))
    if examples:
        for one in results:
            for rule, rows in one["examples"].items():
                for row in rows:
                    console.print(f"   {one['set']} {rule}: {str(row[0])[:150]!r} -> {str(row[1])[:150]!r}", markup=False)
    blocks = sum(len(one["blocks"]) for one in results)
    return [{"sets": len(results), "rows": total, "blocks": blocks, "named": dict(named)}]


def show_prompts() -> dict:
    """Vague prompts and goals that need fresh facts: how many are told right."""
    from benchmarks.flaws.prompts import judged_goals, judged_prompts

    table = Table(title="Prompts and goals, held out")
    for name in ("rule", "bad ones named", "good ones left alone"):
        table.add_column(name)
    found = {}
    for rule, (hits, bad, quiet, good) in (("vague-prompt", judged_prompts()), ("needs-fresh-facts", judged_goals())):
        table.add_row(rule, f"{hits}/{bad} {_share(hits, bad)}", f"{quiet}/{good} {_share(quiet, good)}")
        found[rule] = {"named": hits, "bad": bad, "left_alone": quiet, "good": good}
    console.print(table)
    return found
