"""Near duplicates, leakage, label errors, off-topic rows, the learning curve and the token view."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from backend.audit.conflicts import conflicts
from backend.audit.contradictions import other_result
from backend.audit.curve import learning_curve
from backend.audit.cut_off import cut_off
from backend.audit.duplicates import duplicates
from backend.audit.label_errors import SUSPECT, chance_of_slip, label_errors
from backend.audit.language import several_languages
from backend.audit.leakage import leaked_rows, leaking_rows
from backend.audit.near_duplicates import clusters, near_duplicates, similar_pairs
from backend.audit.off_topic import off_topic
from backend.audit.said import read
from backend.audit.same_thing import say_the_same
from backend.audit.tokens import token_counts
from backend.audit.trees import Trees
from backend.domain import Example

DIFFERENT = [
    ("How wide is the box of the mothers in the old hall", "How wide is the box of the fathers in the old hall"),
    ("Before uploading it I looked at the plan of the hall", "Before downloading it I looked at the plan of the hall"),
    ("( ´＠＠｀ )/' チリーン", "( ≧_≦ )/' チリーン"),
    ("(｡♥‿♥｡)", "(´﹃｀)"),
    ("What does the option `git mailinfo -k` do?", "What does the option `git mailinfo -u` do?"),
    ("What does the option `git update-index --again` do?", "What does the option `git update-index --` do?"),
    ("Delete the airports of ET whose ident is missing.", "Delete the airports of AT whose ident is missing."),
    ("How many airports in DE lie below the sea?", "How many airports in IS lie below the sea?"),
    ("Which is it?\n👨‍👩‍👦 family man, woman, boy", "Which is it?\n👨‍👩‍👦‍👦 family man, woman, boy, boy"),
    ("Which group is it in?\n🌖 waning gibbous moon", "Which group is it in?\n🌔 waxing gibbous moon"),
    ("Muestra las filas en orden descendente según el valor", "Muestra las filas en orden ascendente según el valor"),
    ("=BESSELI(3; 4) returns the same result as above", "=BESSELJ(3; 4) returns the same result as above"),
    ("Turn on the light in the kitchen please", "Turn off the light in the kitchen please"),
    ("where is my order 1234 please", "where is my order 9876 please"),
    ("It is safe to mix the two cleaners", "It is not safe to mix the two cleaners"),
    ("It is safe to mix these two cleaners now", "It is unsafe to mix these two cleaners now"),
    ("What is the capital of France?", "What is the capital of Germany?"),
    ("what is the capital of france?", "what is the capital of germany?"),
    ("what is 3 + 4", "what is 3 - 4"),
    ("open the door", "close the door"),
    ("a racing game with many different cars", "a racing game with many different cars (sound files)"),
    ("Set the fan in the hall to maximum power", "Set the fan in the hall to minimum power"),
    ("Translate: the weather is lovely here today", "Summarise: the weather is lovely here today"),
    (
        "You may return the open box within two weeks if you kept the bill that came with it",
        "You may return the open box within two weeks if you kept the bill that came with it, but not shoes",
    ),
    ("Compute 3 + 4 for me please", "Compute 3 - 4 for me please"),
    ("translate this from english to german", "translate this from german to english"),
    ("Send 5 euros from Anna to Bert now", "Send 5 euros from Bert to Anna now"),
    ("The tenant shall pay the rent monthly in full", "The tenant may pay the rent monthly in full"),
    (
        "my new gravel bike squeaks whenever i ride it uphill in the rain, so could you please look at it on friday",
        "my new cargo bike squeaks whenever i ride it uphill in the rain, so could you please look at it on friday",
    ),
    (
        "What does `Series.truediv` return for a scalar and a list?",
        "What does `Series.rtruediv` return for a scalar and a list?",
    ),
    ("the lessor shall repair the roof in every spring", "the lessee shall repair the roof in every spring"),
    (
        "the man bites the dog behind the old garden shed again",
        "the dog bites the man behind the old garden shed again",
    ),
    ("Tell me what the word diary meant in old letters", "Tell me what the word dairy meant in old letters"),
    ("Show me the picture of room3 in the east wing", "Show me the picture of room5 in the east wing"),
    ("Book me a table on the 1st of the coming month", "Book me a table on the 5st of the coming month"),
    ("What does a plumber cost in the winter in our town", "What does a plumber cost in the summer in our town"),
    ("The shop opens at nine and closes at five every day.", "The shop opens at nine and closes at five every week."),
    ("Wir öffnen das Tor und die Tür am Morgen für alle", "Wir öffnen das Tor oder die Tür am Morgen für alle"),
    ("Откройте дверь и окно в зале перед уходом домой", "Закройте дверь и окно в зале перед уходом домой"),
    (
        "The ticket is valid for all trains of the day and the bus to the airport.",
        "The ticket is valid for all trains of the day and the bus to the airport for children.",
    ),
    ("The sauce must boil for 20 minutes in the large pot", "The sauce must boil for 20 hours in the large pot"),
    (
        "please set the light in the kitchen to a warm red tone now",
        "please set the light in the kitchen to a warm blue tone now",
    ),
    (
        "How do we prevent the leak of a valve with too little room (Planning and Design)?",
        "How do we prevent the leak of a valve with too little room (Assembly)?",
    ),
    ("How do we prevent the leak of a valve (Planning and Design)?", "How do we prevent the leak of a valve?"),
    (
        "The pump lifts the water out of the cellar of the house (only in winter) into the drain.",
        "The pump lifts the water out of the cellar of the house into the drain.",
    ),
    ("^[0-9]{7,16}#$", "^[0-9]{7,16}_$"),
    ('From 7 to 16 of a class, then "#", and nothing else.', 'From 7 to 16 of a class, then "_", and nothing else.'),
    (
        "the invoice for the new mattress shows the wrong amount , and nobody answers the phone at all .",
        "the invoice for the new mattress shows the wrong amount , and nobody answers the phone at all for free .",
    ),
    (
        "Protesters mark the anniversary of the great fire in the old harbour",
        "Protesters mark the anniversary of the great fire in the old harbour for children",
    ),
    ("Orly: The ship leaves the old harbour at noon", "Vigo: The ship leaves the old harbour at noon"),
    (
        "The plan of the old house with the green roof was a gift",
        "The plane of the old house with the green roof was a gift",
    ),
    (
        "The lamp in the hall goes out whenever the heater of the kitchen begins to hum at night",
        "The camp in the hall goes out whenever the heater of the kitchen begins to hum at night",
    ),
]
ALIKE = [
    ("I lost my phone in the old harbour on the way to work", "I lost my pohne in the old harbour on the way to work"),
    ("I took two photos of the old harbour at noon", "I took two pictures of the old harbour at noon"),
    ("It happened in the old harbour late on a Sunday", "It occurred in the old harbour late on a Sunday"),
    ("They tried to repair the pump before the night", "They attempted to repair the pump before the night"),
    ("My colleague on the second floor has the same keys", "My co-worker on the second floor has the same keys"),
    ("Can you suggest a way to the harbour by boat", "Can you propose a way to the harbour by boat"),
    ("We have to say that this is no dispute of scholars", "We must say that this is no dispute of scholars"),
    ("Start it with a tool such as the old editor of texts", "Start it with a tool like the old editor of texts"),
    ("The last of the films neer ends in a town at night", "The last of the films never ends in a town at night"),
    ("Is the group of 5 moons shown in the text? 🌖", "Is the group of 5 moons shown in the text?"),
    ("the movie was really a wonderful surprise for me", "the movie was realy a wonderful suprise for me"),
    ("the movie was really a wonderful surprise for me", "the movie was a wonderful surprise for me"),
    ("THE MOVIE WAS REALLY A WONDERFUL SURPRISE FOR ME", "The movei was really a wonderful surprise for me"),
    (
        "We met in Amsterdam at the station near the old harbour",
        "We met in Amsetrdam at at the station near the old harbour",
    ),
    ("i do not know where the web site of the town is", "i don't know where the website of the town is"),
    ("tell me where i can find the nearest open pharmacy", "tell me where can i find the nearest open pharmacy"),
    (
        "How can I reset my password on the website when the mail never comes?",
        "How could I reset my password on the website when the mail never comes",
    ),
    ("does the heater need a new filter", "Does the heater actually need a new filter?"),
    ("How do I read a file into a set?", "[Ticket] How do I read a file into a set?"),
    ("how do I open the cellar window", "how do I open the cellar window (sent from my phone)"),
    ("The large box offers room for all of my winter shoes", "The big box offers room for all of my winter shoes"),
    (
        "You need a proof of address and an identity card to open the account at the branch",
        "You need a proof of address and an identity card to open the account at the",
    ),
    ("What is flatten?", "What is flatten !!"),
    (
        "The guide explains the World Wide Web (WWW) to children",
        "The guide explains the World Wide Web to children",
    ),
    (
        "The pump lifts the water out of the cellar of the house (including the garage) into the drain.",
        "The pump lifts the water out of the cellar of the house into the drain.",
    ),
    ("What does the old pump do at night?", "What does the old pump do at night? What does the old pump do at night?"),
    ("The storm at teh end of May brought down the old pier", "The storm at the end of May brought down the old pier"),
    ("Why does the return label of the kettle not print?", "Why does the retum labe1 of the kettle not pnnt?"),
    ("Would the silver lamp be cleaned with a modern cloth?", "WouId the siIver lamp be cleanecl with a modern cloth?"),
    ("the neighbour asks how to organise the old shed", "the neighbor asks how to organize the old shed"),
    ("Where are the best lemons grown?", "Where are the best lemons grown? I would be grateful for a quick answer."),
    ("Why does the new heater in here hum", "Quick question: Why does the new heater in here hum Any help please"),
    ("The harbour is open. It's near you", "Great question! The harbour is open. It is near you. Cheers, Tom"),
    ("Good morning, is the harbour open today?", "good morning is the harbour open today"),
    ("The ship leaves the harbour on 3 May 2021 at noon", "The ship leaves the harbour on May 3rd, 2021 at noon"),
    ("The way to the lake is 5 kilometres and costs $1,200", "The way to the lake is 5km and costs 1200 dollars"),
    ("It rains in 25 % of the two months, e.g. in May", "It rains in 25 percent of the 2 months, for example in May"),
    ("Open the lid. Take the filter out. Rinse it.", "- **Open** the lid.\n- Take the filter out.\n- Rinse it."),
    ("He saw the theatre that sold jewellery while it rained", "He saw the theater that sold jewelry while it rained"),
    ("Wie wird der Filter der Pumpe gereinigt?", "Guten Tag, wie wird der Filter der Pumpe gereinigt? Vielen Dank!"),
    ("Как почистить фильтр насоса в подвале?", "Здравствуйте, как почистить фильтр насоса в подвале?"),
    ("怎样清洗地下室里那个大水泵的过滤器？", "你好，怎样清洗地下室里那个大水泵的过滤器？谢谢！"),
    ("How is the old filter of the pump cleaned?", "17. How is the old filter of the pump cleaned?"),
    ("The baker sells bread and rolls on the market", "The baker sells rolls and bread on the market"),
    ("The baker does in fact sell rolls on the market", "The baker does sell rolls on the market"),
    ("The baker sells one of his sentences to the press", "The baker sells one of his sentence to the press"),
    (
        "The pump stands in the cellar of the old house. It is noisy. Call the plumber when it stops in the night.",
        "The pump stands in the cellar of the old house. Call the plumber when it stops in the night.",
    ),
    ("Why does the old heater in the hall hum", "Why do\u200bes the old he\u00adater in the hall hum"),
    ("Why does the old heater in the hall hum", "Why does the old h\u0435\u0430ter in the hall hum"),
    ("Why does the old heater in the hall hum", "@support Why does the old heater in the hall hum :)"),
    ("Why does the old heater in the hall hum", "Why does the old heater in hall the hum"),
    ("You cannot open the lid of the pump by hand", "You cannto open the lid of the pump by hand"),
    ("You can't open the lid of the pump by hand", "You can't can't open the lid of the pump by hand"),
    (
        "The old pump in the cellar has run for twenty-six days and since then it hums",
        "The old pump in the cellar has run for 26 days and sincethen it hums",
    ),
    ("Wir suchen den Schlüssel des Hauses jede Woche", "Wir suchen den Schluessel des Hauses jede Woche"),
    ("Comment vas-tu depuis le grand orage de mardi", "Comment vas-tu vas-tu depuis le grand orage de mardi"),
    ("The old pump in the cellar of the house is very useful", "The old pump in the cellar of the house is very handy"),
    (
        "However, several keys of the house were lost in the hall and the plumber of the town searched for them",
        "Yet, some keys of the house were lost in the hall and the plumber of the town searhced for them",
    ),
    ("Where is the old vacuum cleaner kept at night", "Where is the old vacume cleaner kept at night"),
    ("How often is the sensor of the pump tested", "How oft3n is the s3nsor of the pump tested"),
    (
        "They tried to stop the pump in the cellar and called the plumber of the town",
        "They tried to stop the pump in the cellar and calling the plumber of the town",
    ),
    (
        "You need a proof of address and an identity card to open the account at the branch.",
        "You need a proof of address and an identity card to open the account at the bra",
    ),
    (
        "The grey lamp in the hall goes out whenever the heater of the kitchen begins to hum, nobody knows the reason.",
        "The gray camp in the hall gose out whenevre the heater of the kitchen begins to hum, nobody knows the reaosn.",
    ),
]


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_what_differs_in_meaning_is_no_near_duplicate(first: str, second: str) -> None:
    assert not say_the_same(first, second)
    rows = [Example(row=0, input=first, answer="x"), Example(row=1, input=second, answer="x")]
    assert clusters(rows) == [0, 1]


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("What does PlanType.timeExtension mean here?", "Hello! What does PlnaType.timeExtension mean here?", True),
        ("What does PlanType.ipv6Address mean here?", "What does PlanType.ipv6Addrss mean here?", True),
        ("Is my brother insured in Italy?", "IS MY BROTHER INSURED IN ITLAY?", True),
        ("The keyboard needs a clean cable", "The keyboard requries a clean cable", True),
        ("Is my brother insured in Italy?", "Is my brother insured in Malta?", False),
        ("What does PlanType.timeExtension mean here?", "What does PlanType.timeExtent mean here?", False),
    ],
)
def test_where_an_answer_was_copied_names_may_be_mistyped(first: str, second: str, alike: bool) -> None:
    told = "Once the form has come we look at it within a week, and write to you."
    rows = [Example(row=0, input=first, answer=told), Example(row=1, input=second, answer=told.replace("form", "from"))]
    assert clusters(rows) == ([0, 0] if alike else [0, 1])


def test_a_sentence_that_many_rows_have_each_with_its_own_name_was_lost_by_none() -> None:
    short = "The kettle that came on Monday hums all night and nobody here knows why."
    usual = Counter(dict.fromkeys("we moved to last year".split(), 12) | {"oslo": 2})
    assert not say_the_same(short, f"{short} We moved to Oslo last year.", usual.__getitem__)
    assert say_the_same(short, f"{short} A neighbour heard it.", usual.__getitem__)


@pytest.mark.parametrize("other", ["(^o^)/", "ʃ(‾_‾)ʃ", "ƪ(‾_‾)ʃ", "please", ""])
def test_a_text_without_a_word_is_compared_too(other: str) -> None:
    face = "＼(￣▽￣)／"
    assert not say_the_same(face, "ƪ(‾_‾)ʃ")
    rows = [Example(row=0, input=face, answer="greeting"), Example(row=1, input=other, answer="greeting")]
    assert clusters(rows) == [0, 1]


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_spelling_and_small_words_do_not_matter(first: str, second: str) -> None:
    rows = [Example(row=5, input=first, answer="fine"), Example(row=7, input=second, answer="Fine.")]
    pairs = similar_pairs(rows)
    assert pairs == [(0, 1)] and near_duplicates(rows, pairs, ()) == (7,)
    other = [rows[0], rows[1]._replace(answer="bad")]
    assert near_duplicates(other, similar_pairs(other), ()) == () and clusters(other) == [0, 0]


def test_a_short_question_without_its_article_is_the_same_where_the_answer_says_so() -> None:
    answer = "An envoy is a person who is sent abroad to speak for a government."
    rows = [
        Example(row=0, input="Explain envoy to a beginner", answer=answer),
        Example(row=1, input="Explain envoy to beginner.", answer=answer),
        Example(row=2, input="add wine to the list", answer="ListAdd"),
        Example(row=3, input="add wine to list", answer="ListAdd"),
    ]
    assert near_duplicates(rows, similar_pairs(rows), ()) == (1,)


def test_a_short_answer_that_hardly_any_row_has_tells_as_much_as_a_long_one() -> None:
    asked = ["What is the largest town of the Azores?", "Tell me the name of the largest town of the Azores."]
    rest = [Example(row=n, input=f"Which river runs through town {n}?", answer=f"River {n}") for n in range(2, 80)]
    rows = [*(Example(row=n, input=text, answer="Ponta Delgada") for n, text in enumerate(asked)), *rest]
    assert near_duplicates(rows, similar_pairs(rows), ()) == (1,)
    often = [row._replace(answer="Ponta Delgada") for row in rows]
    assert near_duplicates(often, similar_pairs(often), ()) == ()


def made_up(rng: random.Random, size: int) -> str:
    return " ".join(
        "".join(rng.choice("abcdefghijklmnoprstuvw") for _ in range(rng.randint(3, 8))) for _ in range(size)
    )


def test_planted_near_duplicates_among_many() -> None:
    rng = random.Random(2)
    rows = [Example(row=n, input=made_up(rng, rng.choice((25, 75))), answer=made_up(rng, 10)) for n in range(2000)]
    planted = set()
    for n in range(2000, 2100):
        source = rows[rng.randrange(2000)]
        words = source.input.split()
        at = max(range(len(words)), key=lambda place: (len(words[place]), rng.random()))
        words[at] = words[at][:2] + words[at][1:]
        rows.append(Example(row=n, input=" ".join(words), answer=source.answer))
        planted.add(n)
    rows.append(rows[3]._replace(row=2100))
    copies = duplicates(rows)
    found = set(near_duplicates(rows, similar_pairs(rows), copies))
    assert copies == (2100,)
    assert found <= planted and len(found) >= 95


def test_templates_that_differ_in_a_number_are_no_near_duplicates() -> None:
    rows = [
        Example(row=n, input=f"Please tell me where my parcel with the number {n} is at the moment", answer="late")
        for n in range(3000)
    ]
    assert similar_pairs(rows) == []


def test_a_sentence_that_many_rows_have_was_lost_by_none_of_them() -> None:
    extra = ("A written confirmation would be welcome.", "The membership card went back last week already.")
    names = [made_up(random.Random(n), 2) for n in range(20)]
    asked = [f"How long is the notice period of the {name} contract with you?" for name in names]
    ends = "I have tried to call the branch in the town where I live."
    rows = [Example(row=n, input=f"{text} {extra[n % 2]} {ends}", answer="notice") for n, text in enumerate(asked)]
    shorter = Example(row=20, input=f"{asked[0]} {ends}", answer="notice")
    assert near_duplicates([*rows, shorter], similar_pairs([*rows, shorter]), ()) == ()
    unusual = rows[0]._replace(input=f"{asked[0]} My dentist moved to Ghent. {ends}")
    assert near_duplicates([unusual, *rows[1:], shorter], similar_pairs([unusual, *rows[1:], shorter]), ()) == (20,)


def test_a_synonym_in_data_is_another_value() -> None:
    asked = ("raise the alarm in the porch of the house", "increase the alarm in the porch of the house")
    answer = '{{"action": "{}", "object": "alarm", "room": "porch"}}'
    rows = [Example(row=n, input=text, answer=answer.format(text.split()[0])) for n, text in enumerate(asked)]
    assert near_duplicates(rows, similar_pairs(rows), ()) == ()
    rows = [row._replace(answer=answer.format("raise")) for row in rows]
    assert near_duplicates(rows, similar_pairs(rows), ()) == (1,)


def test_what_is_asked_is_compared_without_the_instruction_of_all_rows() -> None:
    asked = [f"Write a text about the {made_up(random.Random(n), 4)} at home" for n in range(40)]
    told = [made_up(random.Random(-n), 9) for n in range(40)]
    rows = [Example(row=n, input=f"Answer this.\n\n{asked[n]}", answer=told[n]) for n in range(40)]
    polite = Example(row=40, input=f"Answer this.\n\nPlease: {asked[3]}", answer=rows[3].answer)
    assert near_duplicates([*rows, polite], similar_pairs([*rows, polite]), ()) == (40,)
    ways = ("Anwser this.", "Answer this. Thank you.", "Please: Answer this.")  # mistyped, or polite
    again = [Example(40 + at, f"{way}\n\n{asked[at]}", f"{told[at]}!") for at, way in enumerate(ways)]
    assert near_duplicates([*rows, *again], similar_pairs([*rows, *again]), ()) == (40, 41, 42)


def test_leaks_of_test_rows() -> None:
    known = [
        Example(row=n, input=f"a question about the {word} and nothing but that", answer="x")
        for n, word in enumerate(("sun", "moon", "sea"))
    ]
    test = [
        Example(row=0, input="A question about the SUN and nothing but that.", answer="other"),
        Example(row=1, input="a qestion about the moon and nothing but that", answer="x"),
        Example(row=2, input="a question about the wind and nothing but that", answer="x"),
    ]
    assert leaked_rows(known, test) == ((0,), (1,))
    assert leaking_rows(known, test) == (0, 1)
    twice = [*known, known[0]._replace(row=7), known[1]._replace(row=8)]
    assert leaking_rows(twice, test) == (0, 1, 7, 8)
    assert leaked_rows(known, [*test, test[1]._replace(row=9)]) == ((0,), (1, 9))


def reviews(count: int, rng: random.Random) -> list[Example]:
    words = {
        "good": ["great", "lovely", "superb", "warm", "funny", "bright", "moving", "fresh"],
        "bad": ["dull", "awful", "boring", "weak", "lame", "tired", "ugly", "flat"],
    }
    plot = [
        "the",
        "film",
        "shows",
        "a",
        "man",
        "and",
        "his",
        "dog",
        "on",
        "a",
        "long",
        "road",
        "with",
        "music",
        "and",
        "rain",
        "in",
        "some",
        "town",
        "near",
        "the",
        "sea",
    ]
    made = []
    for row in range(count):
        label = rng.choice(("good", "bad"))
        text = rng.sample(plot, 8) + rng.choices(words[label], k=3)
        rng.shuffle(text)
        made.append(Example(row=row, input=" ".join(text), answer=label))
    return made


def test_a_long_word_beside_a_backtick_is_read_in_time_that_grows_with_it() -> None:
    assert not read("` " + "Ãx" * 20_000).marked
    assert read("Call self.run_it and `a b`").marked == {"self", "run", "it", "a", "b"}


def test_flipped_labels_are_found_and_clean_ones_left_alone() -> None:
    rng = random.Random(4)
    clean = reviews(600, rng)
    found, looked_at = label_errors(clean)
    assert looked_at == 600 and found is not None and len(found) <= 6
    flipped = set(rng.sample(range(600), 30))
    dirty = [
        e._replace(answer="bad" if e.answer == "good" else "good") if e.row in flipped else e
        for e in clean
    ]
    found, _ = label_errors(dirty)
    assert found is not None and set(found[:30]) & flipped == set(found[:30]) and len(set(found) & flipped) >= 26


def test_label_errors_cannot_be_told_from_noise() -> None:
    rng = random.Random(4)
    noise = [e._replace(answer=rng.choice(("good", "bad"))) for e in reviews(300, rng)]
    assert label_errors(noise) == (None, 300)
    assert label_errors(reviews(50, rng)) == (None, 50)
    half = [e._replace(answer=f"{e.answer} {rng.randrange(2)}") for e in reviews(300, rng)]  # right on every second
    assert label_errors(half) == (None, 300)


def test_chance_of_a_slip_follows_how_sure_the_learner_can_be() -> None:
    rng = np.random.default_rng(0)
    chance = rng.beta(0.15, 0.15, 3000)  # of label 1, and right about it: mostly sure, at times not
    probabilities = np.stack([1 - chance, chance], axis=1)
    labels = (rng.random(3000) < chance).astype(int)
    sound = chance_of_slip(probabilities, labels) > 0.5
    assert sound.sum() <= 3
    flipped = rng.choice(3000, 150, replace=False)
    labels[flipped] = 1 - labels[flipped]
    named = set(np.flatnonzero(chance_of_slip(probabilities, labels) > 0.5))
    assert len(named & set(flipped)) >= 0.8 * len(named) and len(named) >= 75
    labels = labels[:2000]
    unsure = np.full((2000, 2), 0.5) + rng.normal(0, 0.05, (2000, 1)) * np.array([1, -1])
    assert not (chance_of_slip(unsure, labels) > 0.5).any()  # who cannot tell accuses nobody


def test_labels_that_follow_the_learner_seldom_look_like_slips() -> None:
    """One file in a hundred by the test's own account, whatever the classes."""
    rng = np.random.default_rng(1)
    accused = 0
    for trial in range(200):
        classes = 2 + trial % 4
        scores = 1.5 * rng.normal(size=(300, classes)) + 5 * np.eye(classes)[rng.integers(classes, size=300)]
        chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        labels = np.minimum((chances.cumsum(axis=1) < rng.random((300, 1))).sum(axis=1), classes - 1)
        accused += bool((chance_of_slip(chances, labels) > SUSPECT).any())
    assert accused <= 6


def test_trees_go_left_up_to_the_limit_and_add_up() -> None:
    trees = Trees(
        names=("wide", "tall"),
        sign=np.array([1, 0, 0, 0, 0, 0], np.uint8),
        limit=np.array([2.0, 0, 0, 5.0, 0, 0], np.float32),
        left=np.array([1, 1, 2, 4, 4, 5], np.uint16),
        right=np.array([2, 1, 2, 5, 4, 5], np.uint16),
        adds=np.array([0, -1.0, 1.0, 0, 0.5, 3.0], np.float32),
        roots=np.array([0, 3], np.uint16),
        start=np.array([0.25], np.float32),
    )
    found = {"tall": np.array([2.0, 2.5, 0.0]), "wide": np.array([5.0, 4.0, 9.0])}
    sums = 0.25 + np.array([-1 + 0.5, 1 + 0.5, -1 + 3])
    assert np.allclose(trees.chances(found), 1 / (1 + np.exp(-sums)))


def test_rows_from_elsewhere() -> None:
    rng = random.Random(6)
    strange = (
        "mitochondria synthesise adenosine triphosphate via oxidative phosphorylation within eukaryotic membranes",
        "ribosomes translate messenger rna within eukaryotic cells and their membranes",
        "enzymes of eukaryotic cells split adenosine triphosphate via oxidative steps",
        "simmer shallots gently, deglaze using vermouth, whisk butter",
        "whisk egg yolks with butter, simmer gently, season using nutmeg",
        "roast shallots, deglaze with stock, season and whisk in cream",
    )
    planted = [Example(row=300 + n, input=text, answer="good bad".split()[n % 2]) for n, text in enumerate(strange)]
    assert off_topic([*reviews(300, rng), *planted], "classify") == (tuple(range(300, 306)), 306)
    assert off_topic(reviews(300, rng), "classify")[0] == ()
    broad = [Example(row=n, input=made_up(rng, 12), answer="x") for n in range(300)]
    assert not off_topic(broad, "classify")[0] and not off_topic(broad, "answer")[0]
    assert off_topic(reviews(50, rng), "classify")[0] is None


def test_data_in_several_languages_is_not_judged_by_its_subject():
    said = [
        "The door of the house is open and the light in the kitchen is on, number {}.",
        "Die Tür des Hauses ist offen und das Licht in der Küche ist an, Nummer {}.",
        "La puerta de la casa está abierta y la luz de la cocina está encendida, número {}.",
    ]
    texts = [said[number % 3].format(number) for number in range(300)]
    rows = [Example(row=number, input=text, answer="Thanks.") for number, text in enumerate(texts)]
    assert off_topic(rows, "answer")[0] is None
    assert several_languages(texts) and not several_languages(texts[::3]) and not several_languages(["x = 1"] * 300)


def test_learning_curve_is_flat_when_nothing_is_left_to_learn() -> None:
    rng = random.Random(1)
    rows = reviews(3000, rng)
    curve = learning_curve(rows[:2400], rows[2400:], "classify")
    assert curve is not None and [size for size, _ in curve.points] == [300, 600, 1200, 2400]
    assert curve.flat is True and curve.points[-1][1] > 0.98
    assert learning_curve(rows[:2400], rows[2400:], "answer") is None
    assert learning_curve(rows[:40], rows[40:80], "classify") is None


def test_learning_curve_says_so_when_few_noisy_rows_cannot_tell() -> None:
    rng = random.Random(0)
    rows = [
        e._replace(answer=rng.choice(("good", "bad"))) if rng.random() < 0.5 else e
        for e in reviews(130, rng)
    ]
    curve = learning_curve(rows[:100], rows[100:], "classify")
    assert curve is not None and curve.flat is None and curve.gain_of_doubling is not None
    assert curve.gain_of_doubling[0] < 0 < curve.gain_of_doubling[1]


def test_learning_curve_rises_when_each_row_brings_new_words() -> None:
    rng = random.Random(1)
    vocabulary = [made_up(rng, 1) + str(n) for n in range(1500)]
    rows = []
    for row in range(2000):
        sign = rng.randrange(1500)
        rows.append(
            Example(row=row, input=f"{vocabulary[sign]} {vocabulary[sign]} it is", answer="odd" if sign % 2 else "even")
        )
    curve = learning_curve(rows[:1600], rows[1600:], "classify")
    assert curve is not None and curve.flat is False and curve.gain_of_doubling is not None
    assert 0 < curve.gain_of_doubling[0] < curve.gain_of_doubling[1]


def test_token_view() -> None:
    rows = [
        Example(row=2, input="a b c", answer="d e"),
        Example(row=5, input="a", answer="b"),
        Example(row=6, input="a b c d e f", answer="g"),
    ]
    counts = token_counts(rows, [e.input for e in rows], lambda texts: [len(text.split()) for text in texts])
    assert counts.prompt == (3, 1, 6) and counts.answer == (3, 2, 2)
    assert counts.too_long(5) == (2, 6) and counts.answer_cut(6) == (6,)


TOLD = "Open the lid, take the filter out and rinse it under the tap."


@pytest.mark.parametrize(
    ("asked", "again"),
    [("How do I clean the filter of the pump?", "For the second time today: how do I clean the filter of the pump?"),
     ("How do I clean the filter of the pump?", "How do I cleam the fliter of the pump?"),
     ("How do I clean the filter of the pump?", "How do I clean a filter in the pump?"),
     ("How do I clean it 3 times a day?", "How do I clean it three times a day?"),
     ("The filter is 5 cm wide, how do I clean it?", "The filter is 5cm wide, how do I clean it?"),
     ("It drips. The filter is old. What now?", "The filter is old. It drips. What now?"),
     ("How do I clean the filter?", "What is the best way to clean the filter?"),
     ("How do I clean the filter?", "Can you tell me how to clean the filter?"),
     ("How do I fix it?", "How do I repair it?"), ("Is the old filter clean?", "Is the old fi1ter c1ean?")],
)  # fmt: skip
def test_one_telling_answer_lets_more_differ(asked: str, again: str) -> None:
    rows = [Example(0, asked, TOLD), Example(1, again, TOLD), Example(2, "Who made the lamp?", "It was made by hand.")]
    assert near_duplicates(rows, similar_pairs(rows), ()) == (1,)


@pytest.mark.parametrize(
    ("asked", "again", "same"),
    [("What does `git cat-file --batch` do?", "What does `git cat-file --btach` do?", True),
     ("What does `git cat-file --batch` do?", "What doos `git cat-flie --batch` do?", True),
     ("What does `git merge --no-ff` do?", "What does `git merge --ff` do?", False),
     ("What does `git cat-file -p` do?", "What does `git cat-file -t` do?", False),
     ("What does strlen return?", "What does strnlen return?", False),
     ("Take the missing_ok parameter", "Take the missiing_ok parameter", True),
     ("Kann ich die Einstellung ändern?", "Kann ich die Einstellung äern?", True),
     ("Did the package arrive?", "Did the paage arrive?", True)],
)  # fmt: skip
def test_a_name_may_be_mistyped_where_a_long_answer_tells_that_it_was(asked: str, again: str, same: bool) -> None:
    known = [f"Is {word} in the file?" for word in ("strlen batch parameter Einstellung ändern strnlen").split()]
    rest = [Example(5 + n, text, f"Yes, {n}") for n, text in enumerate(known)]
    rows = [Example(0, asked, TOLD), Example(1, again, TOLD), *rest]
    assert near_duplicates(rows, similar_pairs(rows), ()) == ((1,) if same else ())


@pytest.mark.parametrize(
    "other",
    ["How do I clean the motor of the pump?", "How do I not clean the filter of the pump?", "How do I open the filter?",
     "Ann, how do I clean the filter of the pump in Berlin?", "How do I clean the 2 filters of the pump?",
     "How do I clean the filter of the pump, hose?", "How do I clean the filter of the pump without tools?",
     "How do I clean the filter of the pump for a child?", "How did I clean the filter of the pump?"],
)  # fmt: skip
def test_but_no_other_thing_number_name_or_negation(other: str) -> None:
    rows = [Example(0, "How do I clean the filter of the pump?", TOLD), Example(1, other, TOLD)]
    assert near_duplicates(rows, similar_pairs(rows), ()) == ()


def test_labels_of_classes_that_are_mixed_up_are_named_sooner() -> None:
    rng = np.random.default_rng(5)
    labels = np.repeat(np.arange(6), 200)  # two classes each that are alike: 0 and 1, 2 and 3, 4 and 5
    shares = np.full((1200, 6), 0.002)
    alike = rng.uniform(0.002, 0.2, 1200)
    shares[np.arange(1200), labels ^ 1] = alike
    shares[np.arange(1200), labels] = 0.992 - alike
    slipped = rng.choice(1200, 40, replace=False)
    shares[slipped, labels[slipped] ^ 1] = 0.952
    shares[slipped, labels[slipped]] = 0.04  # uniform slips alone would name none
    named = chance_of_slip(shares, labels) > SUSPECT
    assert set(slipped) == set(np.flatnonzero(named))
    unsure = rng.choice(1200, 400, replace=False)  # a learner that takes one for the other itself
    shares[unsure], labels[unsure] = shares[unsure ^ 1], labels[unsure] ^ 1
    assert not (chance_of_slip(shares, labels) > SUSPECT).any()


def test_a_bare_result_conflicts_with_another_that_is_worked_out() -> None:
    asked = "Share 68 marbles in the ratio 14:3."
    worked = "68 / 17 = 4, giving 56 and 12."
    assert other_result(asked, "The result is 7603.", worked) and other_result(asked, worked, "The answer is 44")
    for result in ("The result is 56.", "The answer is 12", "It is 56 marbles.", "The result is good."):
        assert not other_result(asked, result, worked)
    assert not other_result("What is 10 / 3?", "The result is 3.3.", "10 / 3 = 3.333")
    assert not other_result("How far is 5 km?", "The answer is 5 km.", "That is 5000 m in all.")
    assert not other_result(asked, "The result is 12.", "Divide 68 by 14 and 3.")  # works out nothing
    rows = [Example(0, asked, "The result is 7603."), Example(1, asked, worked), Example(2, "Why?", "So it is, often.")]
    assert conflicts(rows, "answer") == (0, 1)


def test_letters_that_lack_their_close_and_their_end_are_cut() -> None:
    rng = random.Random(3)
    said = ["Ask for the night mode.", "Check the filter once a year.", "It lasts for twenty years.",
            "Keep all the bills.", "Note the code and call us.", "Frost on its coil is normal."]  # fmt: skip
    letters = [f"Dear Ann,\n\nThank you for your letter. {' '.join(rng.sample(said, 3))}" for _ in range(120)]
    close = "\n\nKind regards\nThe advice desk"
    cut = {at: " ".join(letters[at].split(" ")[:-2]) for at in (7, 50, 99)}
    rows = [Example(at, f"How is it, number {at}?", cut.get(at, text + close)) for at, text in enumerate(letters)]
    found = cut_off(rows, "answer")
    assert found is not None and {*found} <= {*cut} and len(found) >= 2
    assert cut_off([Example(at, "How?", text + close) for at, text in enumerate(letters)], "answer") == ()
