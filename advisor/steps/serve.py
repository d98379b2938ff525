"""Step 9: serve base and tuned on this computer, check that it answers like in training, and time it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from advisor import fields, plots
from advisor.cards import esc, figures, section, table, wrap
from backend.domain import Deployment, LatencyRecord
from backend.errors import InputError
from backend.latency import LatencyReport, LatencyTest

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.workbench import Tell, Workbench

LEAD = "The tuned model is put behind an address that programs can call, and its waiting times are measured."
WHY = (
    "A model that is right but too slow is no use, and one that is served with another prompt or template than it was "
    "trained with looks broken. So the served model is compared with the trained one, token by token (parity), before "
    "it counts as deployed; then it is timed with your own texts and as many users at once as you expect."
)
VERDICTS = {
    "pass": ("ok", "It is fast enough."), "fail": ("block", "It is too slow."),
    "borderline": ("warn", "It cannot be told yet whether it is fast enough."),
    "invalid": ("warn", "This test cannot be trusted."),
}  # fmt: skip


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    state = gr.HTML()
    with gr.Row():
        starting = gr.Button("Start serving, and check", variant="primary", min_width=160)
        stopping = gr.Button("Stop serving", variant="stop", min_width=160)
    notice = page.notice()
    page.on(starting.click, serve, name="start", long=True, notice=notice)
    page.on(stopping.click, stop, name="stop", notice=notice)
    deployed = gr.HTML()
    gr.HTML(section("How long do people wait? (latency test)"))
    with gr.Row():
        users = gr.Textbox(
            label="Users at once, level by level", placeholder="1, 4", info="Empty: one, and as many as in your goal."
        )
        requests = gr.Textbox(label="Requests a level", value="100", info="From 300 up there is a 99th percentile too.")
    page.button("Measure the waiting times", test, [users, requests], name="latency", primary=True, long=True)
    results = gr.HTML()
    page.shows(show, [state, deployed, results])


def serve(workbench: Workbench, tell: Tell) -> str:
    """Start the server and compare it with the trainer."""
    return f"Serving at {workbench.serve(tell).endpoint}."


def stop(workbench: Workbench) -> str:
    """Stop the server."""
    workbench.stop_server()
    return "Stopped."


def test(workbench: Workbench, tell: Tell, users: str, requests: str) -> str:
    """Load-test the running server."""
    levels = [fields.whole(part, "Users at once") or 0 for part in fields.listed(users)]
    if any(level < 1 for level in levels):
        raise InputError("There must be at least one user at once.", where="Users at once")
    asked = LatencyTest(users=tuple(levels), requests=fields.whole(requests, "Requests a level"))
    workbench.test_latency(asked, lambda news: tell(news.words, news.share_done))
    return "Measured."


def show(workbench: Workbench, now: Standing) -> tuple[str, str, str]:
    """The server's state, what the check found, and the measured waiting times with the verdict."""
    state = wrap(f"<p><b>Server:</b> {esc(workbench.server_state())}</p>")
    deployment, latency = workbench.fresh(Deployment), workbench.project.fresh(LatencyRecord)
    return state, _checked(deployment), _timed(latency)


def _checked(deployment: Deployment | None) -> str:
    if deployment is None:
        return ""
    facts = deployment.facts
    return wrap(
        figures(
            [
                ("Compared with the trained model", f"{facts.prompts} prompts"),
                ("Other tokens", str(facts.token_mismatches)),
                ("Other answers", str(facts.output_mismatches)),
            ]
        )
        + f"<p>Address <code>{esc(deployment.endpoint)}</code>, models <code>{esc(deployment.base_model)}</code> and "
        f"<code>{esc(deployment.tuned_model)}</code>, by {esc(deployment.engine)}. Only this computer can reach it.</p>"
    )


def _timed(latency: LatencyRecord | None) -> str:
    if latency is None:
        return ""
    report = LatencyReport.model_validate(latency.report)
    kind, said = VERDICTS[report.verdict]
    rows = [
        (
            level.users, level.requests, level.failed, _ms(level.ttft_ms.p50), _ms(level.ttft_ms.p95),
            _ms(level.tpot_ms.p50), _ms(level.tpot_ms.p95), _ms(level.e2e_ms.p95),
            "–" if level.output_tokens_per_s is None else f"{level.output_tokens_per_s:,.0f}",
            f"{w.good} of {w.of}" if (w := level.within_target) else "–",
        )
        for level in report.levels
    ]  # fmt: skip
    columns = ("At once", "Requests", "Failed", "First word, half wait less", "95 % wait less", "Per token, half",
               "95 %", "Whole answer, 95 %", "Tokens/s", "In target")  # fmt: skip
    points: dict[str, list[tuple[float, float]]] = {"half wait less": [], "95 % wait less": []}
    for level in report.levels:
        for name, value in zip(points, (level.ttft_ms.p50, level.ttft_ms.p95), strict=True):
            if value is not None:
                points[name].append((float(level.users), value))
    curves = [plots.Line(name, tuple(some), second=place == 1) for place, (name, some) in enumerate(points.items())]
    verdict = f'<div class="tw-say is-{kind}" role="status"><p>{esc(said)}</p><p>{esc(report.because)}</p></div>'
    drawn = plots.lines(curves, "users at once", "wait for the first word, ms", latency.targets.get("ttft_ms"))
    return wrap(verdict + table(columns, rows, numbers=range(10)) + drawn)


def _ms(value: Any) -> str:
    return "–" if value is None else f"{value:,.0f} ms"
