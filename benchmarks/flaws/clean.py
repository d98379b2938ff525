"""Clean sets that look odd: nothing in them is a flaw, and no rule may block them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from benchmarks.flaws.bases import Row, base, sentences_of
from benchmarks.flaws.made_up import CITIES, COLOURS, FOODS, GOODS, PEOPLE, SPICES, WHEN

Make = Callable[[int, random.Random], Row]


def _thing(rng: random.Random) -> str:
    return f"{rng.choice(COLOURS)} {rng.choice(GOODS)} from {rng.choice(CITIES)}"


def _code(n: int, rng: random.Random) -> Row:
    name, number = rng.choice(FOODS), rng.randrange(1000)
    body = rng.choice(
        (
            f"```python\ndef pick_{name}_{n}(rows: list[dict]) -> list[int]:\n    \"\"\"Rows with {name}.\"\"\"\n"
            f"    return [row['id'] for row in rows if row['n'] > {number} and row.get('{name}')]\n```",
            f"```js\nconst {name}{n} = items => items.filter(x => x.n < {number} && x.tag !== '<b>').map(x => x.id);\n```",
            f"Use a loop:\n\n```c\nfor (int i = 0; i < {number}; i++) {{\n    total_{n} += {name}[i] & 0x{number:02x};\n}}\n```\n\n"
            f"This adds up the first {number} values.",
            f"def {name}_{n}(x):\n    if x <= {number}:\n        return x\n    return {name}_{n}(x - 1) * x",
        )
    )
    return Row(f"Write code that handles {name} number {n} up to {number} for the {_thing(rng)}.", body)


def _html_task(n: int, rng: random.Random) -> Row:
    thing = _thing(rng)
    return Row(f"Make an HTML card for the {thing}, price {n}.",
               f'<div class="card"><h2>{thing.title()}</h2><p>Only &euro;{n}</p><a href="/item/{n}">Buy</a></div>')


def _json(n: int, rng: random.Random) -> Row:
    body = {"id": n, "what": _thing(rng), "note": rng.choice((None, "", "N/A", "none")), "tags": [], "ok": rng.random() < 0.5}
    return Row(f"Describe order {n} as JSON: {_thing(rng)}, {rng.choice(WHEN)}", json.dumps(body))


def _sql(n: int, rng: random.Random) -> Row:
    good, city = rng.choice(GOODS).replace(" ", "_"), rng.choice(CITIES)
    return Row(f"How many {good} orders over {n} came from {city} {rng.choice(WHEN)}?", rng.choice(
        (f"SELECT COUNT(*) FROM orders WHERE item = '{good}' AND total > {n} AND city <> '{city}';",
         f"SELECT c.name, SUM(o.total)\nFROM orders o\nJOIN customers c ON c.id = o.customer_id\nWHERE o.total > {n}\n"
         f"GROUP BY c.name\nHAVING COUNT(*) >= {rng.randint(2, 9)}\nORDER BY 2 DESC",
         f"DELETE FROM {good} WHERE id = {n} AND city = '{city}'")))


def _maths(n: int, rng: random.Random) -> Row:
    a, b = rng.randrange(2, 900), rng.randrange(2, 900)
    return rng.choice(
        (Row(f"What is {a} + {b} x {n}?", str(a + b * n)),
         Row(f"Solve for x: {a}x - {b} = {n}", f"x = ({n} + {b}) / {a} = {(n + b) / a:.4f}"),
         Row(f"{rng.choice(PEOPLE)} has {a} apples and buys {n} bags of {b}. How many now?",
             f"{n} bags of {b} make {n * b}; with the {a} from before that is {a + n * b}.\n#### {a + n * b}"),
         Row(f"Derivative of {a}x^{b % 9 + 2} + {n}x?", f"$f'(x) = {a * (b % 9 + 2)}x^{{{b % 9 + 1}}} + {n}$"))
    )


def _one_word(n: int, rng: random.Random) -> Row:
    good, bad = rng.choice(("love", "adore", "enjoy")), rng.choice(("hate", "dislike", "regret"))
    happy = rng.random() < 0.5
    return Row(f"I {good if happy else bad} the {_thing(rng)} that {rng.choice(PEOPLE)} gave me {rng.choice(WHEN)} ({n})",
               "positive" if happy else "negative")


def _none_label(n: int, rng: random.Random) -> Row:
    kind = rng.choice(("none", "low", "high", "N/A"))
    words = {"none": "no damage at all", "low": "a small scratch", "high": "a broken frame", "N/A": "parcel not opened yet"}
    return Row(f"Report {n}: {_thing(rng)} checked by {rng.choice(PEOPLE)}, {words[kind]}.", kind)


def _template(n: int, rng: random.Random) -> Row:
    return Row(f"Please tell me where my parcel with the number {100000 + 37 * n} is at the moment.",
               f"Your parcel {100000 + 37 * n} is at the depot in {rng.choice(CITIES)} and arrives {rng.choice(WHEN)}.")


def _names(n: int, rng: random.Random) -> Row:
    first, last = rng.choice(PEOPLE), f"{rng.choice('BCDFGKLMNPRST')}{rng.choice(('ar', 'el', 'in', 'os'))}{rng.choice(('mann', 'ski', 'well', 'ez', 'sen', 'ova'))}{n % 97}"
    return Row(f"Write a birthday wish for my colleague {first} {last}.", f"Happy birthday, {first} {last}! May the year bring you joy.")


def _multilingual(n: int, rng: random.Random) -> Row:
    texts = sentences_of(rng.choice(("de", "fr", "es", "it", "ru", "ja", "pl", "tr", "ar", "zh_Hans", "nl", "ko")))
    return Row(f"{rng.choice(texts)} ({n})", f"{rng.choice(texts)} ({n})")


def _legal(n: int, rng: random.Random) -> Row:
    good, city = rng.choice(GOODS), rng.choice(CITIES)
    return Row(
        f"Explain clause {n % 60 + 1}.{n % 9 + 1} of the {good} lease ({city} v. {rng.choice(PEOPLE)} [20{n % 20 + 10:02}] EWCA Civ {n}).",
        f"Subject to sub-clause {n % 9 + 2}(b)(iii), the Lessee shall not, save with the prior written consent of the Lessor, "
        f"part with possession of the {good}; cf. § {n} Abs. 2 BGB, Art. {n % 90} GDPR and Case C-{n}/19. Notwithstanding "
        f"the foregoing, consent shall not be unreasonably withheld in {city}.")


def _medical(n: int, rng: random.Random) -> Row:
    drug = rng.choice(("metformin", "ramipril", "ibuprofen", "amoxicillin", "warfarin", "sertraline", "omeprazole"))
    return Row(
        f"Pt {n}: {rng.randint(18, 95)} y/o {rng.choice('MF')}, BP {rng.randint(95, 190)}/{rng.randint(55, 110)}, HbA1c "
        f"{rng.uniform(5, 11):.1f}%, on {drug} {rng.choice((5, 10, 20, 500))} mg {rng.choice(('od', 'bd', 'tds'))}. Plan?",
        f"Impression: stable on {drug}. Cont. {drug}, recheck U&E and LFTs in {rng.randint(2, 12)}/52, r/v in clinic. "
        f"Safety-net: chest pain, SOB or syncope -> A&E. No known drug allergies (NKDA).")


def _dialogue(n: int, rng: random.Random) -> Row:
    good, person, when = rng.choice(GOODS), rng.choice(PEOPLE), rng.choice(WHEN)
    return rng.choice(
        (Row(f"I'm sorry, I can't find my {good} that {person} lent me {when}... can you help? #{n}",
             f"Oh no! Have you looked under the bed? {person} once lost a {good} there."),
         Row(f"Can we meet {when} about the {good}, {person}? It's item {n}.",
             f"Sorry, I can't make it {when}. I have to take the {good} to {rng.choice(CITIES)}."),
         Row(f"Can you refund the {good} of order number {n}?",
             f"I'm sorry, but we cannot refund a {good} after thirty days. We can repair it for you in {rng.choice(CITIES)}."),
         Row(f"Hey {person}, u coming {when}? got {n} snacks lol", f"yeah omw!! bringing the {good} too :)"),
         Row(f"What did {person} say about AI and the {good} in chapter {n}?",
             f"\"As an AI researcher I trust the {good},\" {person} said, \"but I cannot help you win.\""))
    )


def _poems(n: int, rng: random.Random) -> Row:
    a, b, c = rng.choice(FOODS), rng.choice(SPICES), rng.choice(COLOURS)
    return Row(f"A verse on {a} and {b} for {rng.choice(PEOPLE)}, take {n}",
               f"o {c} {a} beneath the moon\nyou hum a {b}-scented tune\nand all the lanes of {rng.choice(CITIES)} croon\n"
               f"of {rng.choice(COLOURS)} sails and {rng.choice(GOODS)}s in June\nand you and I and number {n},")


def _logs(n: int, rng: random.Random) -> Row:
    level = rng.choice(("INFO", "WARN", "ERROR"))
    line = (f"2026-0{n % 9 + 1}-1{n % 9} 0{n % 9}:{n % 60:02}:17,{n % 1000:03} {level} [worker-{n % 7}] c.a.{rng.choice(GOODS).title().replace(' ', '')}: "
            f"retry={n} id={rng.getrandbits(128):032x} took {rng.randrange(9000)}ms (10.0.{n % 250}.{rng.randrange(250)}:8080)")
    return Row(line, rng.choice(("retry storm", "slow disk", "normal")) if n % 3 else "normal")


def _tables(n: int, rng: random.Random) -> Row:
    cells = [(rng.choice(GOODS), rng.randrange(10**6), rng.choice(CITIES)) for _ in range(3)]
    return Row(f"Show table {n}: {cells}",
               "| item | units | city |\n|---|---:|---|\n" + "\n".join(f"| {g} | {u} | {c} |" for g, u, c in cells))


def _numbers(n: int, rng: random.Random) -> Row:
    digits = "".join(rng.choice("0123456789") for _ in range(rng.choice((10, 12, 16))))
    return Row(f"Status of order {digits}, ISBN 978-3-16-1{n:05}-0, build 10.{n}.3.{n % 7}, at 2026-03-11T10:00:{n % 60:02}Z?",
               f"Order {digits} (sha {rng.getrandbits(160):040x}, key {rng.getrandbits(64):016x}) left gate {n} in {rng.choice(CITIES)}.")


def _lists(n: int, rng: random.Random) -> Row:
    goods = rng.sample(GOODS, 4)
    return Row(f"Packing list {n} for {rng.choice(CITIES)} {rng.choice(WHEN)}",
               "\n".join(f"{rng.choice(('-', '*'))} {rng.randint(1, 9)} {good}s in {rng.choice(COLOURS)}" for good in goods))


def _titles(n: int, rng: random.Random) -> Row:
    thing, person = _thing(rng), rng.choice(PEOPLE)
    return Row(f"{person} wrote {rng.choice(WHEN)} that the {thing} arrived late, that box {n} was wet and that nobody at the "
               f"depot in {rng.choice(CITIES)} wanted to hear about it, although the guarantee covers transport.",
               f"{person} complains about the late and wet {thing} in box {n} and the depot ignoring it")


def _accents(n: int, rng: random.Random) -> Row:
    texts = sentences_of("fr")
    return Row(f"{rng.choice(texts)} N° {n}", f"{rng.choice(texts)} « {n} »… – voilà ¿no? ½ × 3 µm ≈ {n} €")


def _symbols(n: int, rng: random.Random) -> Row:
    mood = rng.choice(("🎉👍🏽", "😂😂", "👩‍👩‍👧", "☕️", "❤️‍🔥", "🇫🇷"))
    return Row(f"{rng.choice(PEOPLE)}: the {_thing(rng)} is here {mood} №{n} → ok?", f"Yay {mood} – {rng.choice(WHEN)} it is… “great” ✓ {n}℃")


SYNTHETIC: dict[str, Make] = {
    "code": _code, "html task": _html_task, "json": _json, "sql": _sql, "maths": _maths, "one-word labels": _one_word,
    "none as label": _none_label, "template, number differs": _template, "template, name differs": _names,
    "multilingual": _multilingual, "legal": _legal, "medical": _medical, "dialogue": _dialogue, "poems": _poems, "logs": _logs,
    "tables": _tables, "numbers": _numbers, "lists": _lists, "titles": _titles, "accents": _accents, "emoji": _symbols,
}  # fmt: skip
REAL = ("reviews", "long_reviews", "intents", "news_openings", "news_titles", "chat", "docs", "translations",
        "support", "support_topics", "recipes", "invoices")  # fmt: skip
NAMES = (*SYNTHETIC, *REAL)


def clean(name: str, rows: int, seed: int) -> list[Row]:
    """A clean set of that name, without exact copies of a question."""
    if name in REAL:
        return base(name, rows, seed).rows
    rng = random.Random(f"{name} {seed}")
    made = (SYNTHETIC[name](n, rng) for n in range(1, rows + 1))
    return list({row.input: row for row in made}.values())
