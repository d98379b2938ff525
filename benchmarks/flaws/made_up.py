"""Base texts from templates: customer service, recipes, invoices. Different seeds give different rows."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

LIMIT = 6_000
GOODS = (
    "kettle,desk lamp,office chair,bicycle,headset,raincoat,tent,coffee grinder,router,printer,backpack,blender,"
    "bookshelf,smart watch,camera,keyboard,vacuum cleaner,suitcase,mattress,toaster,monitor,guitar,drill,heater"
).split(",")
COLOURS = "black,white,red,green,blue,grey,silver,yellow,orange,brown".split(",")
CITIES = "Leeds,Porto,Ghent,Turin,Lyon,Bergen,Krakow,Graz,Malmo,Cork,Basel,Utrecht,Bilbao,Aarhus,Dresden".split(",")
WHEN = (
    "on Monday,last week,three days ago,yesterday evening,in March,two weeks ago,this morning,on the 4th,"
    "over the weekend,just before the holidays"
).split(",")
PEOPLE = "Anna,Marek,Sofia,Liam,Ines,Jonas,Priya,Tomas,Chloe,Yusuf,Greta,Pablo,Mira,Oskar,Leila".split(",")

TOPICS: dict[str, tuple[list[str], list[str]]] = {
    "delivery": (
        ["The {c} {g} I ordered {w} has not arrived in {t}.", "Where is my {g}? The courier said {w} it was near {t}.",
         "The driver left the {g} with a neighbour in {t} {w}.", "Can the {g} be delivered to {t} instead?",
         "The tracking page for the {c} {g} has not moved since it left {t}."],
        ["The depot in {t} scanned the parcel {w}, so it should reach you within two working days.",
         "We have asked the courier in {t} to try again; you will get a message with a time slot.",
         "If it has not come by Friday, we will send another {g} at our cost."],
    ),
    "payment": (
        ["I was charged twice for the {g} {w}.", "Why was my card refused when I bought the {c} {g}?",
         "The invoice for the {g} shows the wrong amount.", "Can I pay for the {c} {g} in three instalments?",
         "My voucher was not taken off the price of the {g}."],
        ["The second charge is only reserved and your bank will release it within five days.",
         "A corrected invoice for the {g} has been sent to you {w}.",
         "Instalments are possible from one hundred euros on; choose them at the checkout."],
    ),
    "return": (
        ["The {g} does not fit and I want to send it back from {t}.", "How do I return a {c} {g} I bought {w}?",
         "I changed my mind about the {g}.", "May I swap the {c} {g} for a smaller one?",
         "The return label for the {g} would not print."],
        ["Put the {g} into its box, stick the label on it and hand it in at any shop in {t}.",
         "You have thirty days from the day it reached you, and we pay the postage.",
         "As soon as the {g} is back in our warehouse, the money is sent to you."],
    ),
    "fault": (
        ["The {g} makes a grinding noise since {w}.", "The {c} {g} will not switch on any more.",
         "There is a crack in the side of the {g}.", "The {g} smells burnt after ten minutes of use.",
         "A screw of the {c} {g} was missing when I opened the box."],
        ["Please unplug the {g} and leave it for an hour; a protective switch may have tripped.",
         "That should not happen, and the guarantee covers it: we will collect the {g} in {t}.",
         "A spare part for the {c} {g} was posted to you {w}."],
    ),
    "account": (
        ["I cannot log in since {w}.", "How can I change the address on my account to {t}?",
         "The reset mail never comes.", "Please delete my profile and the order history for the {g}.",
         "My name is still spelt wrongly in the profile, and the order for the {c} {g} carries it too."],
        ["The reset link is valid for one hour only, so please ask for a new one and open it at once.",
         "You can change the address under Settings, then Addresses; {t} has been added as a suggestion.",
         "Your profile will be deleted within a month, and a note confirms it."],
    ),
}  # fmt: skip
OPENERS = ["", "", "Hello, ", "Hi there, ", "Good morning, ", "Dear team, "]
CLOSERS = ["", "", " Thanks, {p}.", " Please hurry.", " What can I do?", " Kind regards, {p}", " This is the second time."]
WARM = ["", "Thank you for writing, {p}. ", "I am sorry about the trouble. ", "Good that you ask. ", "Hello {p}, "]


def _fill(text: str, rng: random.Random) -> str:
    return text.format(
        g=rng.choice(GOODS), c=rng.choice(COLOURS), t=rng.choice(CITIES), w=rng.choice(WHEN), p=rng.choice(PEOPLE)
    )


def support(seed: int, labels: bool = False) -> Iterator[tuple[str, str]]:
    """Questions of customers with an answer, or with their topic; those are none the same but for a greeting."""
    rng = random.Random(seed)
    seen = set()
    for _ in range(LIMIT):
        topic = rng.choice(list(TOPICS))
        asks, answers = TOPICS[topic]
        matter = " ".join(_fill(text, rng) for text in rng.sample(asks, rng.randint(1, 3)))
        asked = _fill(rng.choice(OPENERS), rng) + matter + _fill(rng.choice(CLOSERS), rng)
        said = _fill(rng.choice(WARM), rng) + " ".join(_fill(text, rng) for text in rng.sample(answers, 2))
        told_by = matter if labels else asked
        if told_by not in seen:
            seen.add(told_by)
            yield asked, topic if labels else said


FOODS = (
    "lentils,chickpeas,salmon,aubergine,spinach,rice,barley,potatoes,leeks,mushrooms,tofu,chicken,pumpkin,beetroot,"
    "cabbage,trout,beans,pasta,couscous,carrots,fennel,lamb,kale,sweetcorn"
).split(",")
SPICES = "cumin,thyme,paprika,ginger,rosemary,nutmeg,turmeric,basil,dill,coriander,sage,mustard".split(",")
WAYS = "roast,braise,fry,steam,bake,simmer,grill,poach".split(",")
VESSELS = "a heavy pan,a deep dish,a wide pot,a hot oven,a covered casserole,a wok".split(",")


def recipes(seed: int) -> Iterator[tuple[str, str]]:
    """Questions about cooking, with short instructions."""
    rng = random.Random(seed)
    seen = set()
    for _ in range(LIMIT):
        one, two = rng.sample(FOODS, 2)
        spice, way, pot, minutes = rng.choice(SPICES), rng.choice(WAYS), rng.choice(VESSELS), rng.randint(8, 90)
        asked = rng.choice(
            [f"How do I {way} {one} with {two}?", f"A supper for {rng.randint(2, 9)} from {one} and {two}, please.",
             f"What goes with {one} and {spice}?", f"I have {one}, {two} and {spice} left over: what now?"]
        )  # fmt: skip
        steps = [
            f"Wash the {one} and cut it into even pieces.", f"Warm some oil in {pot} and stir in the {spice}.",
            f"Add the {two} and {way} everything for {minutes} minutes.", "Season with salt and a little lemon juice.",
            f"Let it rest under a cloth before you serve it with {rng.choice(FOODS)}.",
            f"Keep a handful of {two} back to sprinkle over at the end.",
        ]  # fmt: skip
        if asked not in seen:
            seen.add(asked)
            yield asked, " ".join(steps[: 2] + rng.sample(steps[2:], 2))


def invoices(seed: int) -> Iterator[tuple[str, str]]:
    """Sentences about an order, with its fields as JSON."""
    rng = random.Random(seed)
    for number in range(LIMIT // 2):
        good, colour, city, person = (rng.choice(names) for names in (GOODS, COLOURS, CITIES, PEOPLE))
        count, day = rng.randint(1, 40), f"{rng.randint(1, 28)} May"
        text = rng.choice(
            [f"{person} in {city} ordered {count} {colour} {good}s on {day}.",
             f"On {day} we shipped {count} units of the {colour} {good} to {person}, {city}.",
             f"Note {number}: {city} branch wants {count} x {good} ({colour}), contact {person}, due {day}."]
        )  # fmt: skip
        fields = {"item": good, "colour": colour, "city": city, "contact": person, "date": day}
        kept = dict(rng.sample(sorted(fields.items()), rng.randint(3, 5)))
        yield text, json.dumps({**kept, "tags": [colour, city]} if rng.random() < 0.3 else kept)
