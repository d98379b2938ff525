"""How waiting times are shown: growing while a latency test runs, and verdict first when it is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from advisor import plots, words
from advisor.cards import esc, figures, section, table, wrap
from backend.latency import LatencyReport

if TYPE_CHECKING:
    from backend.domain import LatencyRecord
    from backend.latency import Level
    from backend.latency.report import Compared, Difference
    from backend.latency.wanted import Progress

VERDICTS = {
    "pass": ("ok", "It is fast enough."), "fail": ("block", "It is too slow."),
    "borderline": ("warn", "It cannot be told yet whether it is fast enough."),
    "invalid": ("warn", "This test cannot be trusted."),
}  # fmt: skip
NOW = {"pass": "fast enough", "fail": "too slow", "borderline": "not told yet", "invalid": "not to be trusted"}
CAUSES = {
    "queueing": "People wait in line: more ask at once than the server can work on.",
    "prefill": "Reading the question takes the time (prefill).",
    "decode": "Writing the answer takes the time (decode).",
    "client": "This computer's own measuring is the bottleneck.",
    "failures": "Requests fail, so they never came in time.",
}
ROLES = {
    "yardstick": "for comparison", "headroom": "more than asked", "arrivals": "random arrivals", "search": "search",
}  # fmt: skip
COLUMNS = (
    "Load", "Model", "Requests", "Failed", "First token, half wait less", "95 % wait less", "Per token, half", "95 %",
    "Whole answer, 95 %", "Tokens/s", "In target",
)  # fmt: skip


def live(news: Progress | None, seconds: float, targets: Mapping[str, float], stopping: bool) -> str:
    """A running test: how far, how long still, and the waits so far, level by level."""
    if news is None:
        return wrap(section("Measuring") + f'<p role="status">Starting … {esc(words.duration(seconds))}</p>')
    left = "" if news.seconds_left is None else f", about {words.duration(news.seconds_left)} left (an estimate)"
    told = f"{news.done:,} of {news.of:,} requests, {words.duration(seconds)} so far{left}. You can leave this page."
    if stopping:
        told = "Stopping: the requests under way are let go."
    share = news.share_done
    so_far = f"If it ended now: {NOW[news.verdict]}. {news.because}" if news.because else ""
    return wrap(
        section("Measuring")
        + f'<p role="status"><b>{esc(news.words)}</b></p>'
        + f'<progress max="1" value="{share:.3f}" aria-label="Progress of the test">{share:.0%}</progress>'
        + f"<p>{esc(told)}</p>"
        + charts(news.levels, targets, news.growing)
        + (f'<p class="soft">{esc(so_far)}</p>' if so_far else "")
    )


def charts(levels: Sequence[Level], targets: Mapping[str, float], growing: int | None = None) -> str:
    """The wait for the first token and the time per token, a row a load."""
    drawn = []
    for what, key in (("Wait for the first token (TTFT)", "ttft_ms"), ("Time per token after it (TPOT)", "tpot_ms")):
        rows = []
        for place, level in enumerate(levels):
            found = getattr(level, key)
            told = words.count_of(level.requests, "request") + (", growing" if place == growing else "")
            rows.append(plots.Wait(_load(level), found.p50, found.p95, told))
        drawn.append(plots.waits(rows, what, targets.get(key)))
    return "".join(drawn)


def _load(level: Level) -> str:
    load = f"{level.users} at once" if level.rate_rps is None else f"{level.rate_rps:.3g} a second"
    return f"{load}, {level.model}" if level.role == "compared" and level.model else load


def result(record: LatencyRecord, project: str) -> str:
    """A finished test: the verdict in plain words, what limits it and what to try, then the figures."""
    report = LatencyReport.model_validate(record.report)
    kind, said = VERDICTS[report.verdict]
    cut = f"<p>{esc(report.cut_short or 'The test was stopped early; what was measured is kept.')}</p>"
    parts = [
        f'<div class="tw-say is-{kind}" role="status"><p>{esc(said)}</p><p>{esc(report.because)}</p>'
        + (cut if report.stopped else "") + "</div>",
        _reach(report), _cause(report),
        *(_compared(one) for one in report.comparison),
        charts(report.levels, record.targets),
        table(COLUMNS, [_row(level) for level in report.levels], "Every load that was measured", numbers=range(2, 11)),
        *(f'<p class="soft">{esc(note)}</p>' for note in report.notes),
        _downloads(project),
    ]  # fmt: skip
    return wrap("".join(parts))


def _reach(report: LatencyReport) -> str:
    pairs = []
    if report.holds_users is not None:
        pairs.append(("The target was shown to hold for", f"{report.holds_users} at once"))
    if report.knee_users is not None:
        pairs.append(("More users only wait longer from", f"{report.knee_users} at once"))
    return figures(pairs) if pairs else ""


def _cause(report: LatencyReport) -> str:
    cause = report.cause
    if cause is None:
        return ""
    known = "from the server's own figures" if cause.source == "server metrics" else "inferred from how the waits grow"
    advice = "".join(f"<li>{esc(one)}</li>" for one in cause.advice)
    return (
        f"<h3>Why, and what to try</h3><p><b>{esc(CAUSES[cause.kind])}</b> {esc(cause.because)} ({known})</p>"
        + (f"<ul>{advice}</ul>" if advice else "")
    )


def _compared(one: Compared) -> str:
    rows = [
        (name, *_difference(found))
        for name, found in (
            ("First token", one.ttft_ms), ("Per token", one.tpot_ms), ("Whole answer", one.e2e_ms),
        )
    ]  # fmt: skip
    caption = f"{one.model} beside {one.against}: {one.requests:,} requests in {one.blocks} turns, {one.users} at once"
    return f"<h3>What {esc(one.model)} costs beside {esc(one.against)}</h3><p>{esc(one.because)}</p>" + table(
        ("", "Difference", "95% interval", "In percent"), rows, caption, numbers=(1, 2, 3)
    )


def _difference(found: Difference | None) -> tuple[str, str, str]:
    if found is None:
        return "–", "–", "–"
    span = f"{found.low_ms:+,.1f} to {found.high_ms:+,.1f} ms"
    percent = f"{found.percent:+.0f} % ({found.low_percent:+.0f} to {found.high_percent:+.0f})"
    return f"{found.ms:+,.1f} ms", span, percent


def _row(level: Level) -> tuple[object, ...]:
    load = _load(level) + (f" ({ROLES[level.role]})" if level.role in ROLES else "")
    return (
        load, level.model or "–", f"{level.requests:,}", level.failed, _ms(level.ttft_ms.p50), _ms(level.ttft_ms.p95),
        _ms(level.tpot_ms.p50), _ms(level.tpot_ms.p95), _ms(level.e2e_ms.p95),
        "–" if level.output_tokens_per_s is None else f"{level.output_tokens_per_s:,.0f}",
        f"{w.good} of {w.of}" if (w := level.within_target) else "–",
    )  # fmt: skip


def _downloads(project: str) -> str:
    path = f"/latency/{quote(project, safe='')}"
    return (
        f'<p><a href="{path}.json" download>Download the report (JSON)</a> · '
        f'<a href="{path}.jsonl" download>Download every request (JSON lines)</a></p>'
    )


def _ms(value: Any) -> str:
    return "–" if value is None else f"{value:,.0f} ms" if value >= 10 else f"{value:.1f} ms"
