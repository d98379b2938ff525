"""Write the report as one HTML file, as Markdown, and as a model card for the adapter's folder."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from backend.evaluation.compare import BASE, PROMPT, in_words
from backend.record import now
from backend.report.given import ReportInput
from backend.report.page import Figure, Section, duration, interval_words
from backend.report.sections import data, gates, goal, people, plan, prompts, reproduce, scores, serving, training, use
from backend.report.verdict import HEADLINES, Conclusion, primary_contrast, tuned_score, verdict
from rules.wording import percent, points

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["ReportInput", "render_html", "render_markdown", "render_model_card"]

ORDER = (gates, goal, scores, serving, people, data, prompts, plan, training, reproduce)
"""The sections after the verdict and the key figures, in the order they are printed."""


@dataclass(frozen=True)
class Report:
    """What the templates see."""

    name: str
    at: str
    verdict: Conclusion
    headline: str
    reasons: tuple[str, ...]
    stand_ins: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]


def render_html(given: ReportInput) -> str:
    """One self-contained page: no script, nothing fetched, every text of users and models escaped."""
    return _html().get_template("report.html.jinja").render(report=_report(given))


def render_markdown(given: ReportInput) -> str:
    """The same content as Markdown."""
    return _markdown().get_template("report.md.jinja").render(report=_report(given))


def render_model_card(given: ReportInput) -> str:
    """The adapter's README.md: what it is for, how good, made from what. Raises ValueError before a run is there."""
    if given.run is None or given.plan is None:
        raise ValueError("a model card needs a plan and a finished run")
    licence = given.plan.model_facts.licence
    whole = given.run.settings.get("method") == "full"
    front = {
        "base_model": PurePath(given.plan.model).name,
        "library_name": "transformers" if whole else "peft",
        "tags": ["tunewise"] if whole else ["tunewise", "lora"],
        **({"license": licence.lower()} if licence else {}),
    }
    wanted = {"goal", "scores", "people", "data", "training", "serving"}
    report = _report(given)
    return _markdown().get_template("card.md.jinja").render(
        report=report,
        front=[(key, json.dumps(value, ensure_ascii=False)) for key, value in front.items()],  # JSON is YAML
        sections=[use.section(given), *(section for section in report.sections if section.id in wanted)],
        kind="A model" if whole else "A LoRA adapter",
        system=given.plan.prompt.system,
        user=given.plan.prompt.user,
        adapter=PurePath(given.run.adapter).name,
        base=PurePath(given.plan.model).name,
    )


def _report(given: ReportInput) -> Report:
    conclusion, reasons = verdict(given)
    made = (module.section(given) for module in ORDER)
    return Report(
        name=given.name,
        at=now(),
        verdict=conclusion,
        headline=HEADLINES[conclusion],
        reasons=reasons,
        stand_ins=", ".join(given.stand_ins),
        figures=tuple(_figures(given)),
        sections=tuple(section for section in made if section is not None),
    )


def _figures(given: ReportInput) -> list[Figure]:
    figures = []
    score = tuned_score(given)
    if score:
        figures.append(Figure(f"Tuned model, {given.metric}", percent(score["value"]), interval_words(score)))
    for first, words in ((PROMPT, "Gain over the best prompt"), (BASE, "Gain over the bare base model")):
        contrast = primary_contrast(given, first)
        if contrast:
            figures.append(Figure(words, points(contrast.difference), in_words(contrast)))
    if given.latency and serving.levels(given.latency.report):
        level = serving.judged(given.latency.report)
        figures.append(
            Figure("First words after (p50 / p95)", serving.pair(level["ttft_ms"]), f"{level['users']} users at once")
        )
    if given.run:
        note = f"on {given.run.hardware}{training.cost(given)}"
        figures.append(Figure("Training took", duration(given.run.seconds), note))
    if given.split:
        note = f"{len(given.split.test):,} more rows sealed for the test"
        figures.append(Figure("Training rows", f"{len(given.split.train):,}", note))
    return figures


@cache
def _html() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("backend.report", "."), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )


@cache
def _markdown() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("backend.report", "."), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, finalize=_for_markdown,
        autoescape=False,  # noqa: S701 (not HTML: `finalize` escapes every value for Markdown instead)
    )
    environment.filters["fenced"] = _fenced
    environment.filters["verbatim"] = _Verbatim
    return environment


class _Verbatim(str):
    """Text a template vouches for: it is already safe where it stands."""


def _for_markdown(value: Any) -> Any:
    """Every value on one line, with what Markdown or HTML would read as markup made harmless."""
    if isinstance(value, _Verbatim):
        return value
    text = " ".join(str(value).split())
    text = re.sub(r"[\\`*\[\]|~$]|(?<!\w)_|_(?!\w)", r"\\\g<0>", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"^(#{1,6}|[-+])(?= |$)", r"\\\1", text)
    return re.sub(r"^(\d+)([.)])(?= |$)", r"\1\\\2", text)


def _fenced(text: str) -> _Verbatim:
    """A code block whose fence is longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return _Verbatim(f"{fence}text\n{text}\n{fence}")
