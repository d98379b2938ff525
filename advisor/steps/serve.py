"""Step 9: serve base and tuned on this computer, check that it answers like in training, and time it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from advisor import fields, served, waiting
from advisor.app import SERVER_STAYS_S
from advisor.cards import section, wrap
from advisor.failures import worded
from backend import job as jobs
from backend.domain import Deployment, Goal, LatencyRecord
from backend.errors import InputError
from backend.latency import LatencyTest
from backend.latency.presets import PRESETS
from backend.serving.phases import READY

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.job import Job
    from backend.workbench import Workbench

LEAD = "The tuned model is put behind an address that programs can call, and its waiting times are measured."
WHY = (
    "A model that is right but too slow is no use, and one that is served with another prompt or template than it was "
    "trained with looks broken. So the served model is compared with the trained one, token by token (parity), before "
    "it counts as deployed; then it is timed with your own texts and as many users at once as you expect."
)
SERVING, MEASURING = "serving", "latency test"
EVERY_S = 1
MODES = [
    ("Quick: one user as the yardstick, then yours (a minute or two)", "quick"),
    ("Standard: more requests, twice the users, random arrivals (about ten minutes)", "standard"),
    ("Sweep: more and more users until it no longer holds (longest)", "sweep"),
]
OWN = "own"


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    timer, ended = gr.Timer(EVERY_S, active=False), gr.State("")
    state = gr.HTML()
    merged = gr.Checkbox(label="The tuned model alone, merged into one: quicker, but there is no base to compare with")
    with gr.Row():
        starting = gr.Button("Start serving, and check", variant="primary", min_width=160)
        stopping = gr.Button("Stop serving", variant="stop", min_width=160)
    notice = page.notice()
    page.on(starting.click, serve, [merged], [timer], name="start", notice=notice)
    page.on(stopping.click, stop, name="stop", notice=notice)
    deployed = gr.HTML()
    gr.HTML(section("How long do people wait? (latency test)"))
    mode = gr.Radio(label="How thorough", choices=MODES, value="quick")
    users = gr.Textbox(label="Users at once", info="Empty: as many as in your goal. Several, level by level: 1, 4, 8.")
    preset = gr.Dropdown(label="Fast enough means (target)", choices=[])
    with gr.Row(visible=False) as own:
        limits = [
            gr.Textbox(label="First token within, ms", min_width=130),
            gr.Textbox(label="Per token within, ms", min_width=130),
            gr.Textbox(label="Whole answer within, ms", min_width=130),
            gr.Textbox(label="For which share of requests", min_width=130, value="95 %"),
        ]
    preset.input(
        lambda name: gr.Row(visible=name == OWN), preset, own, show_progress="hidden", api_visibility="private"
    )
    with gr.Accordion("More: sizes, number of requests, comparison", open=False):
        compare = gr.Checkbox(label="Measure the base model in turns with it: what does the tuning cost in time?")
        with gr.Row():
            requests = gr.Textbox(label="Requests a level", min_width=130, info="Empty: as many as it takes.")
            read = gr.Textbox(label="Made-up questions of so many tokens", min_width=130, info="Empty: your own texts.")
            written = gr.Textbox(label="Answers of so many tokens", min_width=130, info="Empty: as they come.")
    with gr.Row():
        measuring = gr.Button("Measure the waiting times", variant="primary", min_width=160)
        cancelling = gr.Button("Stop, and keep what was measured", variant="stop", min_width=160, interactive=False)
    told = page.notice()
    given = [mode, users, preset, *limits, compare, requests, read, written]
    page.on(measuring.click, test, given, [timer], name="latency", notice=told)
    page.on(cancelling.click, cancel, name="cancel", notice=told)
    live = gr.HTML(elem_id="live-waits")
    results = gr.HTML()
    seen = [state, live, starting, measuring, cancelling, timer, ended]
    page.fills(fill, [preset])
    page.shows(watch, seen)
    page.shows(show, [deployed, results])
    page.every(timer, watch, seen)
    page.refreshes_when(ended)


def fill(workbench: Workbench) -> Any:
    """The targets one can choose from, the goal's own first."""
    goal = workbench.fresh(Goal)
    asked = served.targets(_goals(goal))
    share = f", for {goal.within_target_share:.0%} of requests" if goal is not None and asked else ""
    choices = [(f"As in your goal: {asked or 'no target yet'}{share}", "")]
    choices += [
        (f"{name}: {served.targets(one.targets.asked)}, for {one.share:.0%}", name) for name, one in PRESETS.items()
    ]
    return gr.Dropdown(choices=[*choices, ("My own …", OWN)], value="")


def _goals(goal: Goal | None) -> dict[str, float]:
    mine = {} if goal is None else {"ttft_ms": goal.ttft_ms, "tpot_ms": goal.tpot_ms}
    return {name: value for name, value in mine.items() if value is not None}


def _asked_for(workbench: Workbench, asked: LatencyTest) -> dict[str, float]:
    """The targets to draw while it runs."""
    if asked.preset is not None:
        return {f"{name}_ms": value for name, value in PRESETS[asked.preset].targets.asked.items()}
    return dict(asked.targets) if asked.targets is not None else _goals(workbench.fresh(Goal))


def serve(workbench: Workbench, merged: bool) -> tuple[str, Any]:
    """Start the server and compare it with the trainer, on a thread that does not need the page."""
    workbench.require("serve")

    def work(job: Job) -> Deployment:
        return workbench.serve(lambda words, done: job.tell((words, done)), merged=bool(merged), stay=SERVER_STAYS_S)

    jobs.begin(workbench.project.folder, SERVING, work)
    return "", gr.Timer(active=True)


def stop(workbench: Workbench) -> str:
    """Stop the server, also while it is starting."""
    workbench.stop_server()
    return "Stopped."


def test(workbench: Workbench, *given: Any) -> tuple[str, Any]:
    """Load-test the running server, on a thread that does not need the page."""
    mode, users, preset, ttft, tpot, e2e, share, compare, requests, read, written = given
    levels = [fields.whole(part, "Users at once") or 0 for part in fields.listed(users)]
    if any(level < 1 for level in levels):
        raise InputError("There must be at least one user at once.", where="Users at once")
    own = {"ttft_ms": (ttft, "First token"), "tpot_ms": (tpot, "Per token"), "e2e_ms": (e2e, "Whole answer")}
    targets = {name: value for name, typed in own.items() if (value := fields.number(*typed)) is not None}
    if preset == OWN and not targets:
        raise InputError("Type at least one target of your own, or choose another.", where="Fast enough means")
    asked = LatencyTest(
        mode=mode, users=tuple(levels), requests=fields.whole(requests, "Requests a level"),
        targets=targets if preset == OWN else None,
        share=fields.number(share, "For which share") if preset == OWN else None,
        preset=preset if preset not in (OWN, "", None) else None, compare=("base",) if compare else (),
        input_tokens=fields.whole(read, "Made-up questions"), output_tokens=fields.whole(written, "Answers"),
    )  # fmt: skip
    phase = workbench.server.phase()
    if phase is None or phase.name != READY:
        raise InputError("The server is not running.", do="Start serving first.")
    shown = _asked_for(workbench, asked)
    jobs.begin(
        workbench.project.folder, MEASURING,
        lambda job: workbench.test_latency(asked, lambda news: job.tell((news, shown)), job.cancel),
    )
    return "", gr.Timer(active=True)


def cancel(workbench: Workbench) -> str:
    """End the test early."""
    job = jobs.find(workbench.project.folder, MEASURING)
    if job is None or job.over:
        return "No test is running."
    job.cancel.set()
    return "Stopping. What was measured is kept and marked as cut short."


def watch(workbench: Workbench, now: Standing | None = None) -> tuple[Any, ...]:
    """The server and the test as they are now."""
    serving, measuring = (jobs.find(workbench.project.folder, name) for name in (SERVING, MEASURING))
    starts, tests = _runs(serving), _runs(measuring)
    state = _starting(serving) if starts else _server(workbench) + _trouble(serving, workbench)
    live = _test(workbench, measuring) if tests else wrap(_trouble(measuring, workbench))
    ended = f"{serving and serving.number} {starts} {measuring and measuring.number} {tests}"
    return (
        state, live, gr.Button(interactive=not starts), gr.Button(interactive=not tests),
        gr.Button(interactive=tests), gr.Timer(active=starts or tests), ended,
    )  # fmt: skip


def show(workbench: Workbench, now: Standing) -> tuple[str, str]:
    """What the check found, and the measured waiting times with the verdict."""
    deployment, latency = workbench.fresh(Deployment), workbench.project.fresh(LatencyRecord)
    if latency is not None:
        return served.checked(deployment), waiting.result(latency, workbench.project.id)
    if _runs(jobs.find(workbench.project.folder, MEASURING)):
        return served.checked(deployment), ""
    first = "Start serving first, then measure." if deployment is None else "The quick test takes a minute or two."
    return served.checked(deployment), wrap(f'<p class="soft">Nothing is measured yet. {first}</p>')


def _runs(job: Job | None) -> bool:
    return job is not None and not job.over


def _starting(job: Job | None) -> str:
    assert job is not None
    words, done = job.news or ("Starting", 0.0)
    return served.starting(words, done, job.seconds)


def _server(workbench: Workbench) -> str:
    workbench.server.keep(SERVER_STAYS_S)  # one that was started elsewhere now lives as long as the app, too
    return served.state(workbench.server_state())


def _test(workbench: Workbench, job: Job | None) -> str:
    assert job is not None
    news, shown = job.news or (None, {})
    return waiting.live(news, job.seconds, shown, job.cancel.is_set())


def _trouble(job: Job | None, workbench: Workbench) -> str:
    if job is None or job.error is None:
        return ""
    if job.result is None:  # worded once: our own faults are written to the log
        job.result = worded(job.error, workbench.project.id, workbench.home)
    return str(job.result) + served.log(workbench.server.log_excerpt())
