"""Findings as cards: one sentence, a few real rows with the stretch marked, why it hurts here, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from advisor import words
from advisor.cards import esc, prose, wrap

if TYPE_CHECKING:
    from backend.audit.report import FindingReport
    from backend.audit.shown import ShownRow
    from backend.data.changes import Preview
    from backend.decisions import Waiver
    from rules.judge import Verdict
    from rules.rule import Finding

MOST_ROWS = 5


@dataclass(frozen=True)
class Shown:
    """What the cards of one page know beside the findings themselves.

    `rows` are the rows to look at, by rule; `here` how many rows each finding is the worst of; `fixable` the rules
    whose findings a change on offer mends; `aside` whether the page has a place to set a finding aside.
    """

    project: str = ""
    task: str = ""
    rows: Mapping[str, Sequence[ShownRow]] = field(default_factory=dict)
    here: Mapping[str, int] = field(default_factory=dict)
    fixable: frozenset[str] = frozenset()
    waived: Mapping[str, Waiver] = field(default_factory=dict)
    aside: bool = True


def findings(verdicts: Sequence[Verdict], shown: Shown) -> str:
    """Every finding of a step, worst first, then what was checked and found fine, and what was not asked yet."""
    cards = [finding(found, shown) for found in words.findings_of(verdicts)]
    broken = [
        f'<article class="tw-card is-block"><h3><span class="tag">our fault</span>{esc(v.rule.problem)}</h3>'
        f"<p>This could not be judged: {esc(v.trouble)}</p></article>"
        for v in verdicts
        if v.state == "broken"
    ]
    rest = ""
    for state, told in (("passed", "checked and fine"), ("not asked", "not asked yet: something is to be measured")):
        some = [verdict.rule for verdict in verdicts if verdict.state == state]
        if some:
            listed = "".join(f"<li>{esc(rule.problem)} <code>{esc(rule.id)}</code></li>" for rule in some)
            rest += f"<details><summary>{len(some)} {told}</summary><ul>{listed}</ul></details>"
    if not verdicts:
        return ""
    none = "" if cards or broken else '<p class="soft">Nothing to complain about so far.</p>'
    return wrap(f"<h2>What was found</h2>{''.join(broken)}{''.join(cards)}{none}{rest}")


def finding(found: Finding | FindingReport, shown: Shown, more: str = "") -> str:
    """One finding: what, where, why, and what to do. `more` is HTML before the way it was judged."""
    said = words.finding_words(found, shown.project, shown.task)
    waiver = shown.waived.get(found.rule)
    kind, label = ("note", "set aside") if waiver else (found.severity, said.label)
    here = shown.here.get(found.rule, len(found.rows))
    count = f'<p class="soft">{esc(words.counted(len(found.rows), here))}.</p>' if here < len(found.rows) else ""
    reasons = f"<dl><dt>Why it hurts</dt><dd>{prose(said.why)}</dd><dt>What to do</dt><dd>{prose(said.fix)}</dd></dl>"
    return (
        f'<article class="tw-card is-{kind}" id="finding-{esc(found.rule)}">'
        f'<h3><span class="tag">{esc(label)}</span>{esc(said.title)}</h3><p>{esc(found.message)}</p>{count}'
        + (f"<p><b>Set aside</b> {esc(_by(waiver))}</p>" if waiver else "")
        + rows_to_look_at(shown.rows.get(found.rule, ()), len(found.rows))
        + reasons
        + _ways(found, said.waivable, shown, bool(waiver))
        + more
        + _judged(found)
        + "</article>"
    )


def rows_to_look_at(rows: Sequence[ShownRow], of: int) -> str:
    """Real rows, each text with the stretch a finding is about marked."""
    if not rows:
        return ""
    items = "".join(
        f'<li><p class="where">Row {row.row}{f": {esc(row.note)}" if row.note else ""}</p>'
        + "".join(
            f'<p><span class="name">{esc(text.name)}</span> '
            f'<span class="said">{_or_nothing(text.parts)}</span></p>'
            for text in row.texts
        )
        + "</li>"
        for row in rows
    )
    some = f"{len(rows)} of {of:,} rows, for example" if of > len(rows) else "Which"
    return (
        f'<p class="soft">{some} (rows count from 0 in the order of your file):</p>'
        f'<ul class="tw-rows">{items}</ul>'
    )


def _or_nothing(parts: Sequence[tuple[str, bool]]) -> str:
    told = "".join(words for words, _ in parts)
    if not told:
        return "<i>(nothing)</i>"
    seen = any(sign.isprintable() and not sign.isspace() for sign in told)
    return marked(parts) if seen else "<mark><i>(nothing but blanks)</i></mark>"


def marked(parts: Iterable[tuple[str, bool]], tag: str = "mark", before: str = "marked") -> str:
    """Pieces of text; what is marked for the eye is said to a screen reader as well."""
    return "".join(
        f'<{tag}><span class="tw-hidden">[{before}: </span>{esc(text)}<span class="tw-hidden">]</span></{tag}>'
        if is_marked
        else esc(text)
        for text, is_marked in parts
    )


def changes(previews: Sequence[Preview], counts: Mapping[str, int]) -> str:
    """Rows before and after, what goes and what comes marked, under a heading for each rule."""
    from backend.data.clean import FIXES

    out = []
    for rule, count in counts.items():
        known = words.rule_named(rule)
        listed = "".join(_change(one) for one in previews if one.rule == rule)
        asked = " (only when you choose it: a person has to judge)" if FIXES[rule].asked else ""
        title = known.problem if known else rule
        out.append(
            f'<details open id="fix-{esc(rule)}">'
            f"<summary>{esc(title)} {esc(words.count_of(count, 'change'))}</summary>"
            f"<p>A clean copy {esc(FIXES[rule].does)}{asked}.</p><ul class=\"tw-rows\">{listed}</ul></details>"
        )
    return "".join(out)


def _change(one: Preview) -> str:
    what = "left out" if one.action == "drop" else f"{one.field} changed"
    why = f": {esc(one.why)}" if one.why else ""
    before = marked(one.before, "del", "goes")
    after = (
        f'<p><span class="name">after</span> <span class="said">{marked(one.after, "ins", "comes")}</span></p>'
        if one.action == "edit"
        else ""
    )
    first = f'<p><span class="name">before</span> <span class="said">{before}</span></p>' if before else ""
    return f'<li><p class="where">Row {one.row}, {esc(what)}{why}</p>{first}{after}</li>'


def _ways(found: Finding | FindingReport, waivable: bool, shown: Shown, waived: bool) -> str:
    ways = []
    if found.rule in shown.fixable:
        of = f'<span class="tw-hidden"> of {esc(found.rule)}</span>'
        ways.append(f'<a class="button" href="#fix-{esc(found.rule)}">Preview the fix{of}</a>')
    if shown.aside and not waived and (waivable or found.severity == "warn"):
        ways.append('<a class="button" href="#waive">This is fine because…</a>')
    return f'<p class="ways">{"".join(ways)}</p>' if ways else ""


def _judged(found: Finding | FindingReport) -> str:
    rule = words.rule_named(found.rule)
    limits = rule.thresholds.items() if rule else ()
    sources = "; ".join(f"{name.replace('_', ' ')}: {t.value:g} {t.unit} ({t.source})" for name, t in limits)
    details = [("Rule", f"<code>{esc(found.rule)}</code>")]
    if rule:
        details.append(("The belief it tests", esc(rule.belief)))
    if sources:
        details.append(("Thresholds and their source", esc(sources)))
    if len(found.rows) > MOST_ROWS:
        details.append(("All rows", esc(words.rows_in_words(found.rows, 200))))
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in details)
    return f"<details><summary>How this was judged</summary><dl>{listed}</dl></details>"


def _by(waiver: Waiver | None) -> str:
    if waiver is None:
        return ""
    return f"by {waiver.by}{' (the demo, not a person)' if waiver.stand_in else ''}: {waiver.why}"


def not_checked(said: Iterable[str]) -> str:
    """The box of what nothing here has looked at."""
    listed = "".join(f"<li>{prose(line)}</li>" for line in said)
    return f'<section class="tw-unseen"><h2>What was not checked</h2><ul>{listed}</ul></section>' if listed else ""
