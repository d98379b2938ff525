"""The frame of a step's page: header, the ten steps, findings, waivers, the advisor; and how handlers are wired.

A step's module builds its own part between the two halves of the frame. Its handlers are plain functions that
take the `Workbench` first, call it and return words; the page opens the project, turns errors into messages and
shows everything anew after each action. Nothing is kept in the browser but the project's id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import gradio as gr

from advisor import cards, chat_panel, finding_cards, words
from advisor.failures import answer_safely, stream_safely
from backend.audit.report import counted_once
from backend.errors import Blocked, InputError
from backend.workbench import Workbench

if TYPE_CHECKING:
    from gradio.components import Component
    from gradio.events import Dependency

    from backend.flow import Standing
    from rules.judge import Verdict

Act = Callable[..., Any]
"""`act(workbench, *values)` or, for long work, `act(workbench, tell, *values)`.

Returns what happened in words, or a tuple of that and a value for each output.
"""
PULSE_S = 3.0
"""The longest that an answer can be held up by the page having stopped to listen."""


class Page:
    """One step's page while it is being built."""

    def __init__(self, blocks: gr.Blocks, home: Path, step: str, lead: str, why: str) -> None:
        self.blocks, self.home, self.step = blocks, home, step
        self._events: list[Dependency] = []
        self._fills: list[tuple[Act, list[Component]]] = []
        self._shows: list[tuple[Act, list[Component]]] = []
        self._changing: list[gr.State] = []
        self._findings: gr.HTML | None = None
        self._nested = ExitStack()
        self.fixable: Callable[[Workbench], frozenset[str]] = lambda workbench: frozenset()
        """Which rules' findings the page offers a ready-made change for."""
        self.project = gr.Textbox(visible=False, label="project")
        self._header = gr.HTML()
        self._nested.enter_context(gr.Row())
        with gr.Column(scale=1, min_width=230):
            self._steps = gr.HTML()
        self._nested.enter_context(gr.Column(scale=4, min_width=260, elem_classes="tw-main"))
        gr.HTML(cards.intro(step, lead, why))
        self._in_the_way = gr.HTML()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        findings = self._findings or self.findings_here()
        title = "This is fine because… (waiver, only by the named expert)"
        with gr.Accordion(title, open=False, elem_id="waive") as waive:
            rule = gr.Dropdown(label="Which finding", choices=[])
            by = gr.Textbox(label="Your name", info="As the expert was named in step 1.")
            why = gr.Textbox(label="Why it is acceptable here", info="Goes into the report, word for word.", lines=2)
            aside = gr.Button("Set it aside")
        # Outside: its words must outlast the form, which goes when nothing is left to set aside.
        self.on(aside.click, _waive, [rule, by, why], name="waive")
        self._waive, self._rule = waive, rule
        self._ending = gr.HTML()
        self._nested.close()
        chat_panel.build(self)
        self._wire(findings)

    # --- for the steps ---------------------------------------------------------------------------------------

    def fills(self, fill: Act, outputs: Sequence[Component]) -> None:
        """`fill(workbench)` gives the values of a form when the page opens. Later typing is left alone."""
        self._fills.append((fill, list(outputs)))

    def shows(self, show: Act, outputs: Sequence[Component]) -> None:
        """`show(workbench, standing)` gives results from the records: when the page opens and after each action."""
        self._shows.append((show, list(outputs)))

    def button(
        self, label: str, act: Act, inputs: Sequence[Component] = (), outputs: Sequence[Component] = (), *,
        name: str, primary: bool = False, long: bool = False,
    ) -> gr.Button:
        """A button, and under it the place where its progress and its outcome are told."""
        button = gr.Button(label, variant="primary" if primary else "secondary", min_width=160)
        self.on(button.click, act, inputs, outputs, name=name, long=long)
        return button

    def notice(self) -> gr.HTML:
        """A place for words that several acts share, so that the last one's stand there."""
        return gr.HTML(elem_classes="tw-notice")

    def on(
        self, event: Callable[..., Dependency], act: Act, inputs: Sequence[Component] = (),
        outputs: Sequence[Component] = (), *, name: str, long: bool = False, notice: gr.HTML | None = None,
    ) -> None:
        """Wire any event to an act; its words appear in `notice`, or else where this is called."""
        notice = notice or self.notice()
        self._events.append(
            event(
                answer_safely(act, self.home, len(outputs), long), [self.project, *inputs], [notice, *outputs],
                api_name=f"{self.step}_{name}", api_visibility="undocumented",
                concurrency_id="work" if long else None, concurrency_limit=1, show_progress_on=notice,
            )
        )

    def streams(
        self, event: Callable[..., Dependency], act: Act, inputs: Sequence[Component], outputs: Sequence[Component],
        *, name: str, notice: gr.HTML,
    ) -> None:
        """Like `on`, for an act that yields growing outputs, without words."""
        self._events.append(
            event(
                stream_safely(act, self.home, len(outputs)), [self.project, *inputs], [notice, *outputs],
                api_name=f"{self.step}_{name}", api_visibility="undocumented",
                concurrency_id="work", concurrency_limit=1, show_progress="minimal", show_progress_on=notice,
            )
        )

    def every(self, timer: gr.Timer, seen: Act, outputs: Sequence[Component]) -> None:
        """`seen(workbench)` on each tick; the timer itself may be among the outputs, to stop it."""

        def tick(project: str) -> Any:
            return seen(Workbench.open(project, self.home))

        timer.tick(tick, self.project, list(outputs), show_progress="hidden", api_visibility="private")

    def findings_here(self) -> gr.HTML:
        """Show the findings here, not at the end of the page."""
        self._findings = gr.HTML()
        return self._findings

    def refreshes_when(self, state: gr.State) -> None:
        """Show everything anew when this state changes: something ended while the page was watching."""
        self._changing.append(state)

    # --- the frame -------------------------------------------------------------------------------------------

    def _wire(self, findings: Component) -> None:
        frame = [self._header, self._steps, self._in_the_way, findings, self._waive, self._rule, self._ending]
        shown = [*frame, *(output for _, outputs in self._shows for output in outputs)]
        filled = [output for _, outputs in self._fills for output in outputs]

        def show(project: str) -> list[Any]:
            workbench = Workbench.open(project, self.home)
            now = workbench.standing()
            return [*self._frame(workbench, now), *_all(self._shows, workbench, now)]

        def load(request: gr.Request) -> list[Any]:
            project = str(request.query_params.get("project", ""))
            try:
                workbench = Workbench.open(project, self.home)
            except InputError as error:
                sorry = cards.refusal(error, "") + cards.wrap('<p><a href="/">Choose or start a project</a></p>')
                return ["", sorry, *[gr.skip() for _ in [*shown[1:], *filled]]]
            return [workbench.project.id, *show(workbench.project.id), *_all(self._fills, workbench)]

        self.blocks.load(load, None, [self.project, *shown, *filled], show_progress="hidden", api_visibility="private")
        # Gradio's page closes its stream of answers when none is awaited; asked in that moment it waits for an answer
        # that nobody reads. The next event opens the stream again, so there always is a next one.
        gr.Timer(PULSE_S).tick(lambda: None, show_progress="hidden", api_visibility="private")
        for state in self._changing:
            state.change(show, self.project, shown, show_progress="hidden", api_visibility="private")
        for event in self._events:
            event.then(show, self.project, shown, show_progress="hidden", api_visibility="private")

    def _frame(self, workbench: Workbench, now: Standing) -> list[Any]:
        project = workbench.project.id
        verdicts = [verdict for verdict in now.verdicts if verdict.rule.step == self.step]
        waivable = [
            (words.finding_words(found).title, found.rule)
            for found in words.findings_of(verdicts)  # worst first: a block is offered before a warning
            if (found.waivable or found.severity == "warn") and found.rule not in now.waived
        ]
        return [
            cards.header(now, workbench.project.name),
            cards.steps(now, project, self.step),
            self._what_is_in_the_way(workbench),
            finding_cards.findings(verdicts, self._shown(workbench, now, verdicts)),
            gr.Accordion(visible=bool(waivable)),
            gr.Dropdown(choices=waivable, value=waivable[0][1] if waivable else None),
            cards.ending(now, project, self.step),
        ]

    def _what_is_in_the_way(self, workbench: Workbench) -> str:
        try:
            workbench.require(self.step)
        except Blocked as blocked:
            return cards.refusal(blocked, workbench.project.id, quiet=True)
        return ""

    def _shown(self, workbench: Workbench, now: Standing, verdicts: Sequence[Verdict]) -> finding_cards.Shown:
        found = words.findings_of(verdicts)
        here, _ = counted_once(found)
        return finding_cards.Shown(
            project=workbench.project.name, task=now.facts.goal.task if now.facts.goal else "",
            rows=workbench.shown(found), here=here, fixable=self.fixable(workbench), waived=now.waived,
        )


def _waive(workbench: Workbench, rule: str | None, by: str, why: str) -> str:
    workbench.waive(rule or "", by, why)
    return "Set aside in writing. It is part of the record and of the report."


def _all(pairs: Sequence[tuple[Act, list[Component]]], *given: Any) -> Iterator[Any]:
    for act, outputs in pairs:
        values = act(*given)
        yield from values if len(outputs) > 1 else [values]
