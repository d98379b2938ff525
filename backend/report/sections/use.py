"""Of the model card: what the adapter is meant for, where its limits are, and under which terms it may be used."""

from __future__ import annotations

from backend.report.given import ReportInput
from backend.report.page import Section, score_words


def section(given: ReportInput) -> Section:
    """What is not known is said, too: a card that leaves a limit out is read as if there were none."""
    goal, evaluation = given.goal, given.evaluation
    facts = []
    if goal:
        facts.append(("Intended use", goal.sentence + (f" Domain: {goal.domain}." if goal.domain else "")))
    facts.append(
        ("Not intended", "Other tasks, kinds of text and languages than those of the data below; nothing was measured "
         "there. Like its base model it can be wrong: where a wrong answer does harm, a person must check.")
    )  # fmt: skip
    if evaluation is None:
        facts.append(("Limits", "It has not been measured on held-out rows yet: nothing is known of how good it is."))
    else:
        score = score_words(evaluation.arms[-1].metrics[given.metric])
        facts.append(("Limits", f"{given.metric} {score} on held-out rows of the same data; elsewhere it may be less."))
        if evaluation.facts.slices:
            weakest = evaluation.facts.slices[0]
            known = {"value": weakest.value, "low": weakest.low, "high": weakest.high, "rows": weakest.rows}
            facts.append(("Weakest part of the test rows", f"{weakest.name}: {score_words(known)}"))
    facts += [(f"Accepted in writing: {waiver.rule}", f"{waiver.why} ({waiver.by})") for waiver in given.waivers]
    licence = given.plan.model_facts.licence if given.plan else ""
    terms = (
        f"The base model's is {licence}; the adapter is derived from it and comes under its terms." if licence
        else "The base model states none: clear that before the adapter is passed on."
    )  # fmt: skip
    facts.append(("Licence", f"{terms} The rights in the training data are their owners'."))
    return Section(id="use", title="Intended use, limits and licence", facts=tuple(facts))
