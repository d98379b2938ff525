"""How two answers are shown beside each other, and what people thought of them. Blind, nothing tells them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from advisor.cards import esc, plain, wrap

if TYPE_CHECKING:
    from backend.decisions import Vote
    from backend.playground.asked import Asked, Said, Settings
    from backend.playground.votes import Preferences, Tally

NAMES = {"base": "Base model", "tuned": "Tuned model"}
ENDS = {
    "length": "Cut off: it reached the longest answer.",
    "stopped": "Stopped by you. What came is kept.",
    "": "Still writing …",
}
CHOSEN = {"base": "you chose the base model", "tuned": "you chose the tuned model", "tie": "a tie",
          "both bad": "both bad"}  # fmt: skip
TITLE_CHARACTERS = 70


def panes(asked: Asked, named: bool) -> tuple[str, str]:
    """(left, right) as far as they have come. Blind, both appear at once: who writes first would tell which it is."""
    done = all(said.end for said in asked.sides)
    left, right = asked.sides
    if named:
        return _pane("Left", NAMES[left.model], left, asked, left.text), _pane(
            "Right", NAMES[right.model], right, asked, right.text
        )
    if not done:
        waiting = "Both are shown together, once both are done: who writes first would tell which it is."
        return _hidden("Left", waiting), _hidden("Right", waiting)
    # Of two stopped answers the longer one would tell which is faster.
    most = None if asked.whole else min(len(left.text), len(right.text))
    shown = [said.text[:most] for said in (left, right)]
    return _blind("Left", left, shown[0]), _blind("Right", right, shown[1])


def _pane(side: str, name: str, said: Said, asked: Asked, text: str) -> str:
    facts = [
        ("First token", "–" if said.first_s is None else f"{said.first_s:.2f} s"),
        ("Tokens", "not told" if said.tokens is None else f"{said.tokens:,}"),
        ("Then", "–" if said.tokens_per_s is None else f"{said.tokens_per_s:,.1f} tokens/s"),
        ("In all", f"{said.seconds:.2f} s" if said.text else "–"),
    ]
    waits = asked.in_turn and said.model == "tuned" and not asked.base.end
    listed = "".join(f"<div><dt>{esc(key)}</dt><dd>{esc(value)}</dd></div>" for key, value in facts)
    return _section(side, name, text, said, "Waits for its turn …" if waits else "") + (
        f'<dl class="tw-times" aria-label="Tokens and times of the {side.lower()} answer">{listed}</dl>'
    )


def _blind(side: str, said: Said, text: str) -> str:
    # A server's own words may name the model.
    masked = said.model_copy(update={"error": re.sub(r"\b(base|tuned)\b", "…", said.error)})
    return _section(side, f"{side} answer", text, masked)


def _hidden(side: str, told: str) -> str:
    return wrap(f'<section aria-label="{side} answer"><h3>{side} answer</h3><p class="soft">{esc(told)}</p></section>')


def _section(side: str, name: str, text: str, said: Said, told: str = "") -> str:
    told = told or ENDS.get(said.end, "")
    empty = "" if said.error else '<p class="soft">Nothing came.</p>'
    inside = empty if said.end and not text else f'<div class="tw-plain said">{esc(text)}</div>'
    what = "It broke off." if text else "There is no answer."
    trouble = f'<div class="tw-say is-block"><p>{what}</p><p>{esc(said.error)}</p></div>' if said.error else ""
    note = f'<p class="soft">{esc(told)}</p>' if told else ""
    return wrap(f'<section aria-label="{side} answer"><h3>{esc(name)}</h3>{inside}{trouble}{note}</section>')


def status(asked: Asked, trained: Settings) -> str:
    """One line on how both were asked, told once when they begin and once when they are done; and what they read."""
    done = all(said.end for said in asked.sides)
    how = (
        "No server serves this model, so one copy on this computer answers for both, one after the other; each is "
        "timed alone." if asked.in_turn else "Both answer at the same time, from the same vLLM server."
    )  # fmt: skip
    state = "Both are done." if done else "Both are answering."
    if done and not asked.whole:
        state = "Not both came to their end, so they cannot be voted on. Ask again to compare whole answers."
    settings = in_words(asked.settings, trained)
    said = f'<p role="status"><b>{esc(state)}</b> {esc(how)}</p><p class="soft">{esc(settings)}</p>'
    read = "".join(plain(turn.role, turn.content) for turn in asked.messages) if done else ""
    return wrap(said + (f"<details><summary>What both read, word for word</summary>{read}</details>" if read else ""))


def in_words(settings: Settings, trained: Settings) -> str:
    """The settings of one question, and where they differ from the trained ones."""
    drawn = f"temperature {settings.temperature:g}"
    if settings.temperature > 0:
        drawn += f", top-p {settings.top_p:g}, seed {settings.seed}"
    else:
        drawn += " (always the likeliest answer: asking again changes nothing)"
    system = "" if settings.system == trained.system else ", with another system prompt than the trained one"
    same = settings.model_copy(update={"seed": trained.seed}) == trained
    began = "As trained and evaluated: " if same else "Asked with "
    return f"{began}{drawn}, at most {settings.max_tokens:,} tokens{system}."


def defaults(trained: Settings) -> str:
    """What the trained settings are, for above the fields."""
    system = "the system prompt below" if trained.system else "no system prompt"
    return wrap(
        f'<p class="soft">The model was trained, evaluated and compared with the served one like this: {system}, '
        f"temperature {trained.temperature:g} (always the likeliest token), top-p {trained.top_p:g}, at most "
        f"{trained.max_tokens:,} tokens. Other settings show what it does beyond that.</p>"
    )


def title(asked: Asked, vote: Vote | None, named: bool) -> str:
    """One line of the history; a blind question without a vote says nothing about the sides."""
    text = " ".join(asked.text.split())
    cut = text if len(text) <= TITLE_CHARACTERS else text[: TITLE_CHARACTERS - 1] + "…"
    if vote is not None:
        told = CHOSEN[vote.winner]
    elif not asked.whole:
        told = "stopped" if "stopped" in (asked.base.end, asked.tuned.end) else "broke off"
    else:
        told = "not voted on" if named else "blind, not voted on yet"
    at = datetime.fromisoformat(asked.at).astimezone()
    return f"{at:%Y-%m-%d %H:%M} · {cut} · {told}"


def results(blind: Tally, seen: Tally) -> str:
    """What the votes say, in words, and how sure that is."""
    if not blind.votes and not seen.votes:
        return wrap('<p class="soft">No votes yet. Some twenty blind ones begin to say something.</p>')
    return wrap("<h2>What people preferred</h2>" + _counted("Blind", blind) + _counted("With the names in sight", seen))


def _counted(kind: str, counted: Tally) -> str:
    if not counted.votes:
        return ""
    beside = [
        (counted.ties, "tie" if counted.ties == 1 else "ties"), (counted.both_bad, "“both bad”"),
    ]  # fmt: skip
    without = " and ".join(f"{count} {word}" for count, word in beside if count)
    parts = []
    if (share := counted.share) is not None:
        sure = (
            "People prefer the tuned model." if share.low > 0.5 else "People prefer the base model."
            if share.high < 0.5 else "It cannot be told yet which one people prefer: the interval holds 50 %."
        )  # fmt: skip
        parts.append(
            f"the tuned model won {counted.tuned} of {counted.decided} ({share.value:.0%}, 95% interval "
            f"{share.low:.0%} to {share.high:.0%}). {sure}"
        )
    else:
        parts.append("no vote chose one of the two.")
    if without:
        parts.append(f"Preferring neither, and so not in the share: {without}.")
    return f"<p><b>{esc(kind)}:</b> {esc(' '.join(parts))}</p>"


def export(project: str, pairs: Preferences) -> str:
    """Links to the preference pairs, with what is in them and what was left out."""
    if not pairs.lines:
        return ""
    path = f"/preferences/{quote(project, safe='')}.jsonl"
    without = (
        f'<p><a href="{path}?test_rows=0" download>The same without pairs about test rows</a></p>'
        if pairs.test_rows else ""
    )  # fmt: skip
    return wrap(
        f'<p><a class="button" href="{path}" download>Download the preference pairs (JSONL)</a></p>'
        f'<p class="soft">{esc(pairs.words)} In the format that TRL calls “preference, conversational”: for training '
        f"with people's preferences (such as DPO).</p>{without}"
    )


def choices(history: Sequence[Asked], votes: Sequence[Vote], seen: frozenset[str]) -> list[tuple[str, str]]:
    """(line, id) of the history, newest first."""
    by_id = {vote.asked: vote for vote in votes}
    return [
        (title(asked, by_id.get(asked.id), not asked.blind or asked.id in seen), asked.id) for asked in history[::-1]
    ]

