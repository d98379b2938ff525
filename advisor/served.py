"""How a server is shown: starting, running, ended with the last words of its log, and what was checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from advisor import words
from advisor.cards import esc, figures, table, wrap

if TYPE_CHECKING:
    from backend.deployed import Divergence
    from backend.domain import Deployment

TARGETS = {"ttft": "first token", "tpot": "per token", "e2e": "whole answer"}


def starting(told: str, done: float, seconds: float) -> str:
    """What is being done, how far it is, and how long it has taken."""
    return wrap(
        f'<p role="status"><b>Starting:</b> {esc(told)}</p>'
        f'<progress max="1" value="{done:.3f}" aria-label="Progress of the start">{done:.0%}</progress>'
        f'<p class="soft">{esc(words.duration(seconds))} in all so far; you can leave this page. First the trained '
        "model answers some validation texts, then vLLM loads it, then both are compared.</p>"
    )


def state(said: str) -> str:
    """Whether it runs, in a sentence."""
    return wrap(f"<p><b>Server:</b> {esc(said.replace('ready after', 'ready, running for'))}</p>")


def log(lines: Sequence[str]) -> str:
    """The last words of the log, folded away."""
    if not lines:
        return ""
    said = esc("\n".join(lines))
    inside = f'<div class="tw-plain tw-log" tabindex="0" role="region" aria-label="Log">{said}</div>'
    return wrap(f"<details><summary>The end of the server's log</summary>{inside}</details>")


def targets(asked: Mapping[str, float]) -> str:
    """`first token within 300 ms, per token within 50 ms` for {"ttft_ms": 300, "tpot_ms": 50}."""
    named = {name.removesuffix("_ms"): value for name, value in asked.items()}
    return ", ".join(f"{TARGETS[name]} within {value:g} ms" for name, value in named.items())


def checked(deployment: Deployment | None) -> str:
    """What the comparison with the trained model found, how the server is set up and why."""
    if deployment is None:
        return ""
    facts = deployment.facts
    models = [name for name in (deployment.base_model, deployment.tuned_model) if name]
    named = " and ".join(f"<code>{esc(name)}</code>" for name in models)
    checks = [(one.name, "the same" if one.holds else "DIFFERENT", one.said) for one in deployment.checks]
    settings = [(one.name, str(one.value), one.reason) for one in deployment.settings]
    return wrap(
        "<h2>Does it answer like the trained model? (parity)</h2>"
        + figures([
            ("Compared", f"{facts.prompts} texts"), ("Became other tokens", str(facts.token_mismatches)),
            ("Really other answers", str(facts.output_mismatches)), ("Near ties, rounding", str(facts.near_ties)),
        ])
        + f"<p>Address <code>{esc(deployment.endpoint)}</code>, {named} by {esc(deployment.engine)}. "
        "Only this computer can reach it.</p>"
        + (table(("What", "Served", "How it is known"), checks, "Served as it was trained") if checks else "")
        + _parted("Where answers really part", [one for one in deployment.divergences if not one.near_tie])
        + _folded("Where they part only by rounding", [one for one in deployment.divergences if one.near_tie])
        + (f"<details><summary>How the server is set up, and why</summary>"
           f"{table(('Setting', 'Value', 'Why'), settings)}</details>" if settings else "")
    )  # fmt: skip


def _parted(caption: str, found: Sequence[Divergence]) -> str:
    if not found:
        return ""
    rows = [
        (one.model, one.place + 1, one.expected, one.seen, _chances(one.trainer), _chances(one.endpoint), one.prompt)
        for one in found
    ]
    columns = ("Model", "Token", "Trainer", "Server", "Chances by the trainer", "By the server", "Text")
    return table(columns, rows, caption, numbers=(1,))


def _folded(caption: str, found: Sequence[Divergence]) -> str:
    if not found:
        return ""
    told = "Both sides find both words as good as equally likely, so the smallest rounding decides."
    return f"<details><summary>{esc(caption)} ({len(found)})</summary><p>{told}</p>{_parted(caption, found)}</details>"


def _chances(pair: tuple[float, float] | None) -> str:
    return "–" if pair is None else f"{pair[0]:.1%}, {pair[1]:.1%}"
