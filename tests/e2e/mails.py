"""Mails to a bicycle shop, to be sorted by team: made from parts, no two alike, clean or spoiled."""

from __future__ import annotations

import csv
import random
from pathlib import Path

OPENINGS = (
    "Hello,", "Good morning,", "Dear team,", "Hi there,", "To whom it may concern,", "Good evening,", "Hey,", "",
    "Dear Sir or Madam,", "Hello again,",
)  # fmt: skip
THINGS = (
    "the gravel bike", "my cargo bike", "a child seat", "the front light", "the hydraulic brakes", "a dynamo hub",
    "the carbon fork", "my helmet", "a pair of panniers", "the electric drive", "the saddle", "two inner tubes",
    "the rear derailleur", "a folding lock", "the chain guard", "a repair stand", "the stem", "my winter tyres",
)  # fmt: skip
WHEN = (
    "last Monday", "three weeks ago", "on the fourth of May", "yesterday", "in the spring sale", "before the holidays",
    "over the phone", "at your stand in the market hall", "through your website", "on Saturday afternoon",
)  # fmt: skip
BODIES = {
    "billing": (
        "I was charged twice for {thing}, which I bought {when}.",
        "The invoice for {thing} from {when} shows the wrong tax rate.",
        "Could you refund the deposit I paid for {thing} {when}?",
        "My card statement lists {thing} at a higher price than the receipt from {when}.",
        "I need a corrected bill in the company's name for {thing}, ordered {when}.",
    ),
    "delivery": (
        "The parcel with {thing}, ordered {when}, has not arrived yet.",
        "The courier left {thing} with a neighbour I do not know; I ordered it {when}.",
        "Can the shipment of {thing} from {when} be sent to another address?",
        "The tracking number for {thing} stopped updating; the order was placed {when}.",
        "When will {thing} be shipped? I ordered it {when}.",
    ),
    "repair": (
        "There is a grinding noise from {thing} since I rode it {when}.",
        "Something is loose in {thing}; you serviced it {when}.",
        "Please book me in at the workshop: {thing} failed {when}.",
        "After the crash {when}, {thing} is bent and needs to be straightened.",
        "How long does it take to mend {thing}? It broke {when}.",
    ),
}
CLOSINGS = (
    "Please answer soon.", "Thank you in advance.", "I look forward to your reply.", "It is rather urgent.",
    "No hurry, but I would like to know.", "You can reach me in the evenings.", "This is the second time I write.",
    "I have been a customer for years.", "Otherwise I was always content.", "My daughter needs it for school.",
    "I attach a photo.", "Let me know what you need from me.",
)  # fmt: skip

SCRIPT = "<script>window.__xss=1</script><img src=x onerror='window.__xss=2'> {{7*7}} ${window.__xss=3}"


def mails(count: int, seed: int = 7) -> list[tuple[str, str]]:
    """(mail, team) pairs, all different, the teams equally often."""
    rng = random.Random(seed)
    teams = list(BODIES)
    found: dict[str, str] = {}
    while len(found) < count:
        team = teams[len(found) % len(teams)]
        body = rng.choice(BODIES[team]).format(thing=rng.choice(THINGS), when=rng.choice(WHEN))
        parts = [rng.choice(OPENINGS), body, *rng.sample(CLOSINGS, 2)]
        found.setdefault(" ".join(part for part in parts if part), team)
    return list(found.items())


def write(path: Path, rows: list[tuple[str, str]]) -> Path:
    """As CSV with the columns mail and team."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["mail", "team"])
        writer.writerows(rows)
    return path


def spoiled(count: int) -> list[tuple[str, str]]:
    """The same with what people's files have: duplicates, two spellings of a label, empty answers, mark-up, a key."""
    rows = mails(count)
    rows += rows[: count // 4]
    rows[3] = (rows[3][0], "Billing ")
    rows[7] = (rows[7][0], "")
    rows[11] = (f"{rows[11][0]} {SCRIPT}", rows[11][1])
    rows[13] = (f"{rows[13][0]} My key is AKIAIOSFODNN7EXAMPLE", rows[13][1])
    rows[17] = (f"{rows[17][0]} Write to jane.doe@example.org", rows[17][1])
    return rows
