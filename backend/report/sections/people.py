"""People: who reviewed, signed and read, and what only the demo did in their place."""

from __future__ import annotations

from backend.playground.votes import tally
from backend.report.given import ReportInput
from backend.report.page import BY_DEMO, Section
from rules.wording import percent


def section(given: ReportInput) -> Section:
    """What no person has done is said in so many words."""
    facts = [*_review(given), *_signature(given), *_reading(given), *_votes(given)]
    words = ("No person has reviewed, signed or read anything yet.",) if not facts else ()
    if given.stand_ins:
        words = (*words, f"Done by the demo, not by a person: {', '.join(given.stand_ins)}.")
    return Section("people", "People", words=words, facts=tuple(facts))


def _review(given: ReportInput) -> list[tuple[str, str]]:
    review = given.review
    if review is None:
        return []
    facts = [
        ("Rows reviewed", f"{review.reviewed:,} of {review.required:,} asked for; {review.rejected:,} rejected"),
        ("Bad rows, at most", f"{percent(review.bad_share_upper)} (one-sided 95 % bound)"),
    ]
    if review.overlap:
        kappa = "can't tell" if review.agreement is None else f"{review.agreement:.2f}"
        facts.append(("Agreement of two reviewers (Cohen's κ)", f"{kappa} on {review.overlap:,} rows"))
    return facts


def _signature(given: ReportInput) -> list[tuple[str, str]]:
    signoff = given.signoff
    if signoff is None:
        return [("Signature", "nobody has signed, or what was signed has changed")] if given.review else []
    by = f"{signoff.signer}, {signoff.at}" + (f" – {BY_DEMO}" if signoff.stand_in else "")
    facts = [("Signed", by), ("Statement", signoff.statement)]
    if signoff.acknowledged:
        facts.append(("Warnings acknowledged", ", ".join(signoff.acknowledged)))
    return facts


def _reading(given: ReportInput) -> list[tuple[str, str]]:
    reading = given.reading
    if reading is None:
        return []
    by = " – read by the demo, not by a person" if reading.stand_in and reading.read else ""
    return [
        ("Answers read and marked", f"{reading.read:,}{by}"),
        ("Error groups explained", f"{reading.error_groups_explained:,} of {reading.error_groups:,}"),
    ]


def _votes(given: ReportInput) -> list[tuple[str, str]]:
    counted = tally(given.votes)
    if (share := counted.share) is None:
        return []
    said = f"{percent(share.value)} ({percent(share.low)} to {percent(share.high)}) of {share.rows:,} decided votes"
    if counted.votes > counted.decided:
        said += f", beside {counted.ties:,} ties and {counted.both_bad:,} “both bad”"
    return [("Blind side-by-side votes for the tuned model", said)]
