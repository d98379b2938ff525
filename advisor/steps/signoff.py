"""Step 5: the expert judges a random sample row by row, then signs exactly this data and plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import gradio as gr

from advisor import words
from advisor.cards import esc, figures, plain, section, wrap
from backend.decisions import Judgement
from backend.domain import Goal, ReviewPlan, SignOff
from rules.rule import STEPS

if TYPE_CHECKING:
    from advisor.page import Page
    from backend.flow import Standing
    from backend.workbench import Tell, Workbench

LEAD = "Somebody who knows the subject looks at a random sample of the rows, and signs that this may be learned."
WHY = (
    "A score cannot tell harmful from helpful; a person who knows the subject can. Sixty rows or more, drawn by "
    "chance, are enough to say how bad the whole is at worst. The signature holds for exactly this data and this plan: "
    "when either changes, it is out of date by itself and training refuses."
)
Decision = Literal["accept", "fix", "reject"]


def build(page: Page) -> None:
    """Lay the page out and wire it."""
    gr.HTML(section("Look at the sample", "One row at a time: is this an answer you would want to be learned?"))
    with gr.Row():
        reviewer = gr.Textbox(label="Who is looking (your name)")
        second = gr.Checkbox(label="I am the second reader (only the rows both of us see)")
    row = gr.Textbox(visible=False, label="row")
    card = gr.HTML(elem_id="review-card")
    why = gr.Textbox(label="Why (needed for a rejection)", max_length=2000)
    fixed = gr.Textbox(label="The right answer (needed for a correction)", lines=2, max_length=20_000)
    shown = [row, card, why, fixed]
    with gr.Row():
        start = gr.Button("Start, or go on", min_width=120)
        accept = gr.Button("Accept", variant="primary", min_width=120)
        fix = gr.Button("Correct", min_width=120)
        reject = gr.Button("Reject", variant="stop", min_width=120)
    notice = page.notice()
    page.on(start.click, begin, [reviewer, second], shown, name="start", notice=notice)
    given = [reviewer, second, row, why, fixed]
    page.on(accept.click, judged("accept"), given, shown, name="accept", notice=notice)
    page.on(fix.click, judged("fix"), given, shown, name="fix", notice=notice)
    page.on(reject.click, judged("reject"), given, shown, name="reject", notice=notice)
    state = gr.HTML()
    with gr.Column(visible=False) as applying:
        applying_button = gr.Button("Make a version with these corrections")
    page.on(applying_button.click, apply, name="apply", long=True)
    gr.HTML(section("Sign", "Only the expert named in step 1 can."))
    signer = gr.Textbox(label="Your name, as named in step 1")
    statement = gr.Textbox(label="What you checked, and that it may be learned", lines=2, max_length=5000)
    warnings = gr.CheckboxGroup([], label="Warnings I have read and accept", visible=False, elem_id="warnings")
    page.button("Sign", sign, [signer, statement, warnings], name="sign", primary=True)
    signature = gr.HTML()
    page.fills(fill, [reviewer])
    page.shows(show, [state, applying, warnings, signature])


def fill(workbench: Workbench) -> str:
    """The expert's name, to begin with."""
    goal = workbench.project.get(Goal)
    return goal.expert if goal else ""


def begin(workbench: Workbench, reviewer: str, second: bool) -> tuple[Any, ...]:
    """Draw the sample, or the same one again, and show the next row to judge."""
    return "", *_next(workbench, workbench.start_review(), reviewer, second)


def judged(decision: Decision) -> Callable[..., tuple[Any, ...]]:
    """The handler of one of the three buttons: writes the judgement down and shows the next row."""

    def judge(workbench: Workbench, reviewer: str, second: bool, row: str, why: str, fixed: str) -> tuple[Any, ...]:
        plan = workbench.start_review()
        if row:
            workbench.review(
                Judgement(
                    row=int(row), decision=decision, why=why or "", reviewer=reviewer or "",
                    fixed_answer=fixed if decision == "fix" else None,
                )
            )
        return "", *_next(workbench, plan, reviewer, second)

    return judge


def _next(workbench: Workbench, plan: ReviewPlan, reviewer: str, second: bool) -> tuple[str, str, str, str]:
    seen = {one.row for one in workbench.judgements() if one.reviewer == reviewer}
    sample = plan.overlap if second else plan.sample
    rest = [row for row in sample if row not in seen]
    if not rest:
        return "", wrap('<p role="status"><b>Every row of the sample is judged.</b></p>'), "", ""
    example = workbench.examples(rest[:1])[0]
    turns = [("System prompt", example.system)] if example.system else []
    turns += [(turn.role, turn.content) for turn in example.history]
    turns += [("What goes in", example.input), ("What should come out", example.answer)]
    place = f"Row {len(sample) - len(rest) + 1} of {len(sample)}, number {example.row} in your file"
    inside = f'<div aria-live="polite"><h3>{place}</h3>{"".join(plain(*turn) for turn in turns)}</div>'
    return str(example.row), wrap(inside), "", ""


def apply(workbench: Workbench, tell: Tell) -> str:
    """Corrections in, rejected rows out, as a new version of the data."""
    made = workbench.apply_review(tell)
    return f"This is now version {made.version} of the data. A new sample of it has to be looked at."


def sign(workbench: Workbench, signer: str, statement: str, acknowledged: list[str] | None) -> str:
    """Sign this data and plan."""
    signature = workbench.sign(signer or "", statement or "", acknowledged or [])
    return f"Signed by {signature.signer}. Training may start."


def show(workbench: Workbench, now: Standing) -> tuple[Any, ...]:
    """How far the review is, which warnings are open, and the signature if there is one."""
    facts = now.facts.review
    state = ""
    if facts is not None:
        pairs = [("Judged", f"{facts.reviewed} of {facts.required}"), ("Rejected", str(facts.rejected))]
        if facts.reviewed:
            pairs.append(("Bad rows in all, at most", f"{facts.bad_share_upper:.1%}"))
        if facts.agreement is not None:
            pairs.append((f"Agreement on {facts.overlap} rows (κ)", f"{facts.agreement:.2f}"))
        state = wrap(figures(pairs))
    changed = any(one.decision != "accept" for one in workbench.judgements())
    here = STEPS.index("signoff")
    open_warnings = {f.rule: f"{words.finding_words(f).title} {f.message}" for f in now.warnings
                     if STEPS.index(f.step) <= here}  # fmt: skip
    choices = [(words.one_line(told, 200), rule) for rule, told in open_warnings.items()]
    signed = workbench.fresh(SignOff)
    signature = ""
    if signed is not None:
        who = f"Signed by {signed.signer}, {signed.at[:16].replace('T', ' ')} UTC"
        by = " (the demo, not a person)" if signed.stand_in else ""
        signature = wrap(f'<div class="tw-say is-ok"><p>{esc(who + by)}</p><p>{esc(signed.statement)}</p></div>')
    return state, gr.Column(visible=changed), gr.CheckboxGroup(choices=choices, visible=bool(choices)), signature
