"""Each measurement finds exactly the planted rows, and is silent on the clean ones."""

from __future__ import annotations

import random
from string import ascii_lowercase

import pytest

from backend.audit.conflicts import conflicts
from backend.audit.conversations import conversations
from backend.audit.cut_off import cut_off
from backend.audit.duplicates import duplicates
from backend.audit.empty import empty_answers, empty_inputs
from backend.audit.encoding import broken_encoding, is_broken, repaired
from backend.audit.groups import groups, without_group
from backend.audit.labels import label_counts, label_key, label_spellings, spelling_rows
from backend.audit.language import language_of, other_language
from backend.audit.malformed import malformed
from backend.audit.markup import markup, stripped
from backend.audit.placeholders import placeholders
from backend.audit.prompts_wording import instructions, system_prompts
from backend.audit.refusals import refusals
from backend.audit.repetition import Repetition, repetition
from backend.data.mapping import BROKEN
from backend.domain import Example, Message
from rules.facts import Group

WORDS = [first + second for first in "bdfgklmnprst" for second in "a e i o u ar el in or us".split()]


def rows(*pairs: tuple[str, str]) -> list[Example]:
    return [Example(row=row, input=given, answer=said) for row, (given, said) in enumerate(pairs)]


def answers(*texts: str) -> list[Example]:
    return rows(*((f"question {number}", text) for number, text in enumerate(texts)))


def test_empty_texts() -> None:
    given = rows(("a", "b"), ("  \n", "b"), ("a", ""), ("\u200b", "\ufeff \u200b"), ("0", "0"))
    assert empty_inputs(given) == (1, 3)
    assert empty_answers(given) == (2, 3)
    asked = [f"Answer the request below.\n\nHow far is it to town {n}?" for n in range(30)]
    rest = ["Answer the request below.", "Answer the request below.\n\n\u200b", "Tell me a joke."]
    assert empty_inputs(rows(*((text, "yes") for text in (*asked, *rest)))) == (30,)
    # pictures, of which later versions of Unicode bring new ones, and signs that never show
    seen = rows(("\U0001facf", "donkey"), ("\U0001f9ff", "eye"), ("\uffff", "none"), ("\U000e0041", "tag"))
    assert empty_inputs(seen) == (2, 3)


def test_duplicates_are_every_copy_but_the_first() -> None:
    given = rows(
        ("Hello there.", "Hi!"),
        ("hello  THERE", "hi"),
        ("Hello there", "bye"),
        ("３ + 4?", "7"),
        ("3 + 4?", "7"),
        ("3 - 4?", "7"),
        ("x = a[1]", "ok"),
        ("x = a[2]", "ok"),
        ("", ""),
        ("", ""),
        ("price 3.5", "ok"),
        ("price 35", "ok"),
        ("What do they mean by 'open house'?", "a party"),  # the mark that is left out stands behind another
        ("What do they mean by 'open house'", "a party"),
    )
    assert duplicates(given) == (1, 4, 13)
    talk = Message(role="user", content="before")
    assert duplicates([given[0], given[0]._replace(row=9, history=(talk, talk))]) == ()


def test_conflicts_are_every_member_and_only_where_one_answer_is_right() -> None:
    given = rows(
        ("Free money", "spam"),
        ("free money!", "ham"),
        ("free  money", "Spam"),
        ("hello", "ham"),
        ("hello", "Ham "),
        ("turn on", "a"),
        ("turn off", "b"),
        ("order 1234", "a"),
        ("order 9876", "b"),
        ("it is safe", "a"),
        ("it is not safe", "b"),
        ("j", '{"a": 1, "b": 2}'),
        ("j", '{"b":2,"a":1}'),
        ("Please block my old card?", "delivery"),  # many people leave the mark out
        ("please block my old card", "lost"),
        ("Really?", "doubt"),
        ("Really", "joy"),
        ("银行什么时候开门？", "hours"),
        ("银行什么时候开门", "other"),
        ("whatever", "\u200b"),
        ("whatever", "ham"),
    )
    assert conflicts(given, "classify") == (0, 1, 2, 13, 14, 17, 18)
    assert conflicts(given, "answer") == ()  # nobody asks for a fact
    assert conflicts(given, "classify", unasked=(0, 1, 2)) == (13, 14, 17, 18)
    assert conflicts(given, "rewrite") is None


@pytest.mark.parametrize(
    ("question", "first", "second", "clash"),
    [
        ("Which day is the market held?", "Thursday", "on Friday", True),
        ("When was the bridge opened?", "1975", "1952", True),
        ("When was the bridge opened?", "1975", "1975.", False),
        ("Give me a word for a cold wind", "blizzard", "gale", False),
        ("Give the code for: old cough", "J41.0", "N70.12", True),
        ("Name the capital of Peru", "Lima", "Quito", True),
        ("capital of Peru", "Lima", "Quito", True),
        ("Name the animal that is described.\n\nIt is grey and has a trunk.", "elephant", "seal", True),
        ("Guess the thing behind this riddle: it has hands and no arms", "a clock", "a map", True),
        ("Nenne das Tier, das beschrieben wird: grau, mit Rüssel", "Elefant", "Robbe", True),
        ("Name the title that suits a story with a dog.", "Rex", "Good boy", False),
        ("Answer in a word: when was it built?", "1975", "1952", True),
        ("Use the atlas.\n\nOn which continent is Peru?", "Asia", "America", True),
        ("Write the title for: a walk in the rain", "Wet days", "Rain", False),
        ("On which continent is Peru?", "Asia", "America", True),
        ("Auf welchem Kontinent liegt Peru?", "Asien", "Amerika", True),
        ("What rhymes with cat?", "hat", "mat", False),
    ],
)
def test_short_facts_have_one_right_answer(question: str, first: str, second: str, clash: bool) -> None:
    given = rows(*((f"Who painted picture number {n}?", f"painter {n}") for n in range(20)))
    asked = [*given, Example(row=20, input=question, answer=first), Example(row=21, input=question, answer=second)]
    asked += [Example(row=row, input="", answer="") for row in (22, 23)]  # blank alike, which is no contradiction
    assert conflicts(asked, "answer") == ((20, 21) if clash else ())


@pytest.mark.parametrize(
    ("question", "first", "second", "clash"),
    [
        ("What is 220% of 147?", "323.4", "323.5", True),
        ("What is 220% of 147?", "323.4", "323.40", False),
        ("Convert 728 miles to kilometres.", "1171.6 km", "1171.7 km", True),
        ("Convert 728 miles to kilometres.", "1171.6 km", "1172 km", False),
        ("Convert 728 miles to kilometres.", "1171.6 km", "1,171.6 km.", False),
        ("Convert 728 miles.", "1171.6 km", "1171600 m", False),
        ("Give me a number from 1 to 9.", "4", "7", False),
        ("Solve the problem.\n\n210div15=", "11", "14", True),
        ("5x + 8 = 9", "1/5", "38", True),
        ("5x + 8 = 13", "6/5", "1.2", False),
        ("Volume of a ball of radius 88 m = ", "2854543.24 m^3", "50", True),
        ("Volume of a ball of radius 88 m is:", "2854543.24 m^3", "2854543.2", False),
        ("How many people lived there in 1950?", "5 million", "5000000", False),
        ("It happened in room 12", "4", "7", False),
        ("A box holds 6 rows of 5 eggs. How many eggs are in 31 boxes?", "930", "931", True),
        ("A box holds 6 rows of 5 eggs. How many eggs are in 31 boxes?", "930", "930 eggs", False),
    ],
)
def test_of_what_is_computed_there_is_one_value(question: str, first: str, second: str, clash: bool) -> None:
    given = rows(*((f"How many stamps are in {n} boxes?", f"Take {n} boxes, 4 in each: {4 * n}") for n in range(20)))
    asked = [*given, Example(row=20, input=question, answer=first), Example(row=21, input=question, answer=second)]
    assert conflicts(asked, "answer") == ((20, 21) if clash else None)


def test_a_text_belongs_to_one_of_the_things_that_are_named() -> None:
    names = [f"The {WORDS[n].capitalize()} of {WORDS[n + 20].capitalize()}" for n in range(20)]
    said = [f"You told me that {' '.join(WORDS[n : n + 8])} was behind the house" for n in range(60)]
    given = rows(*((text, names[n % 20]) for n, text in enumerate(said)))

    def asked(first: str, second: str, known: list[Example] = given) -> tuple[int, ...] | None:
        question = "I said that nobody leaves this house before the morning"
        return conflicts([*known, *(Example(row=n, input=question, answer=a) for n, a in ((60, first), (61, second)))],
                         "answer")  # fmt: skip

    assert asked(names[0], names[1]) == (60, 61)
    assert asked(names[0], names[0].upper()) == ()
    assert asked(names[0], names[0].removeprefix("The ")) == ()
    courtesy = [row._replace(answer=f"good {row.answer[4:7].lower()}") for row in given]
    assert asked("good morning", "hello there", courtesy) == ()
    ideas = [row._replace(input=f"Suggest a film for an evening like this: {row.input}") for row in given]
    assert asked(names[0], names[1], ideas) == ()
    pairs = [row._replace(input=f"After this one, people watched: {row.input[17:32]}") for row in given]
    assert asked(names[0], names[1], pairs) == ()


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("You can return it within 30 days of delivery.", "You can return it within 14 days of delivery.", True),
        ("The shop is open on Sundays.", "The shop is not open on Sundays.", True),
        ("Yes, the shop is open on Sunday.", "No, the shop is not open on Sunday.", True),
        ("Please turn on the heater before use.", "Please turn off the heater before use.", True),
        ("Call Anna about the lost parcel.", "Call Ben about the lost parcel.", False),
        ("The fee is 5 euros a month.", "There is a fee of 5 euros, paid monthly.", False),
    ],
)
def test_long_answers_clash_where_they_say_the_opposite(first: str, second: str, clash: bool) -> None:
    long = "Open the settings, choose the account and follow what is written there step by step"
    given = rows(*((f"How do I change setting {n}?", f"{long}, then press key {n}.") for n in range(20)))
    ask = "What should I know about this?"
    asked = [*given, Example(row=20, input=ask, answer=first), Example(row=21, input=ask, answer=second)]
    assert conflicts(asked, "answer") == ((20, 21) if clash else None)


def test_what_is_looked_up_by_a_code_is_one_thing_by_whatever_name() -> None:
    names = [f"Fracture of the {word}, closed, healing after a long delay" for word in WORDS[:20]]
    given = rows(*((f"Give the diagnosis for this code: S{n}.0", name) for n, name in enumerate(names)))

    def asked(first: str, second: str, question: str = "Give the diagnosis for this code: J39.0") -> list[Example]:
        return [*given, *(Example(row=row, input=question, answer=said) for row, said in ((20, first), (21, second)))]

    throat, other = "Abscess behind the throat", "Foreign body granuloma of skin and tissue"
    assert conflicts(asked(throat, other), "answer") == (20, 21)
    assert conflicts(asked(throat, "Throat: an abscess behind it"), "answer") == ()
    assert conflicts(asked(throat, other, "Write me something that rhymes with J39.0"), "answer") == ()
    sums = rows(*((f"What is {n} and 14?", f"They are {n + 14}, counted on fingers of hands") for n in range(20)))
    two = rows(("What is 3 and 14?", "Seventeen, counted on fingers"), ("What is 3 and 14?", "They make 17 in sum"))
    assert conflicts([*sums, *two], "answer") is None  # numbers to compute from are no codes


def test_an_answer_that_belongs_to_another_question_disagrees_with_the_one_that_fits() -> None:
    tables = "orders books players flights invoices patients".split()
    towns = "Lyon Oslo Peru Quito".split()
    facts = [(table, town, 100 + 7 * n) for n, (table, town) in enumerate((a, b) for a in tables for b in towns)]
    given = rows(
        *(
            (f"Write the query.\n\nDelete {table} of {town} before {n}.",
             f"DELETE FROM {table} WHERE town = '{town}' AND id < {n};")
            for table, town, n in facts
        )
    )  # fmt: skip
    pasted = given[-1].answer
    assert conflicts([*given, Example(row=50, input=given[0].input, answer=pasted)], "answer") == (0, 50)
    in_other_words = given[0].answer.replace("id <", "id + 1 <=")
    assert conflicts([*given, Example(row=50, input=given[0].input, answer=in_other_words)], "answer") is None
    help_ = rows(
        ("How do I reset my password?", "Click on `reset password` at the login page."),
        ("How do I reset my password?", "Open the settings, choose security and follow the steps for a change."),
        ("Where in the settings under security do I change a password?",
         "Open the settings, choose security and follow the steps for a change."),
        ("Thanks for all you did about my parcel!", "You're welcome."),
        ("Thanks for all you did about my parcel!", "It was a pleasure to look after your parcel."),
        ("Thanks, you're very welcome to visit us", "You're welcome."),
    )  # fmt: skip
    assert conflicts(help_, "answer") is None  # two ways to answer one question, of which one is asked for twice


def test_labels_and_their_spellings() -> None:
    given = answers(
        "spam",
        "spam",
        "Spam",
        "spam ",
        "ham",
        "ham",
        "-1",
        "1",
        "C",
        "C++",
        "C#",
        "A-",
        "A",
        "1-2",
        "12",
        "not spam",
        "not_spam",
    )
    assert dict(label_counts(given))["spam"] == 4
    assert label_counts(given)[0] == ("spam", 4)
    assert {frozenset(group) for group in label_spellings(given)} == {
        frozenset(("spam", "Spam", "spam ")),
        frozenset(("not spam", "not_spam")),
    }
    assert spelling_rows(given)[:2] == (2, 3) and len(spelling_rows(given)) == 3
    assert label_key("Not-Spam") == label_key("not spam") and label_key("+") == "+"
    assert spelling_rows(answers(*["spam"] * 9, "\ufeff", "\u200b")) == ()  # empty, and named for that


def test_an_escape_within_a_word_is_damage_and_bytes_amid_a_sign_are_none() -> None:
    assert is_broken("mid\ufeffdle") and is_broken("It says ?????? ????.") and not is_broken("What??? Really???")
    assert is_broken("ta\x1bste") and is_broken("異\x1bなる") and repaired("ta\x1bste") == "taste"
    assert is_broken("a root canal\x1b? How") and is_broken("descargados de\x1b[0m las páginas")
    assert not is_broken("Press ESC, \x1b7 or \x1b(B, then すべて")
    assert not is_broken("上記ディレクトリに含まれるすべてのファイルが調査され、すべてのルールが順番に評価されます")


@pytest.mark.parametrize("text", [
    "they donu2019t mind", "the Mu00fcller house", "they don#39;t mind", "they don%u2019t mind",
    "the caf\\303\\251 is open", "the caf<e9> is open", "=?UTF-8?B?Q2Fmw6k=?= is open", "the caf+AOk- is open",
    "it\\'s open", "it\\x92s open",
    'he said \\"yes\\" to it', "the M?ller house", "Mo?na wpisywa? i przegl?da? tysi?ce znak?w",
    "????????? config ??????",    "they donât mind", "it□s open", "the Mьller house", "Vyberte zmìnu a Napøíklad",
    "mùže být zneèištìná", "Lambasý sipariþim gelmedi",
    "б ЖХТПНБНЛ БНЯЭЛЕПХВМНЛ ОПЕДЯРЮБКЕМХХ", "Los n£meros son",
    "hesabýnýzdaki sayfadan Yardýma",
    "Można łączyć ksi±żki", "ÿþOpen the box", "later ΓÇô much later", "der Kⁿnstler", "they donâ??t mind",
    "the MŸller house",
])  # fmt: skip
def test_signs_that_lost_what_went_before_them_are_damage(text: str) -> None:
    assert broken_encoding(answers(text, *["A sound answer in a few words."] * 9)) == (0,)


@pytest.mark.parametrize("text", [
    "Is it so?yes it is", "Search for page.php?id=3", "What????", "sin Θ is 3 mΩ", "Write \\u00e9 in Python",
    "C:\\new\\table", "na hÉireann", "così è lunedì", "výrobky a bývalý dům", "chương trình cùng tìm kiếm",
    "sgrìobh dùthaich", "íþróttir og þýska", "alþýða manna",
    "çok güzel şapka, ýok", "в МОСКВЕ ИДЁТ ДОЖДЬ", "mean±SD", "Debianом", "the year u20",
    "the users' <dd> tag", "5 + A4 paper", "le dégât est là", "x?y:z", "who?me what?no so?yes ok?fine", "Menu 2012",
    "the item #39; and more",
    "vše je ¿Qué?",
])  # fmt: skip
def test_and_these_are_sound(text: str) -> None:
    assert broken_encoding(answers(text, *["A sound answer in a few words."] * 9)) == ()


def test_labels_with_a_slip_or_a_word_before_them_are_spellings_but_others_are_not() -> None:
    usual = [*["account access"] * 30, *["unsafe"] * 30, *["import tax"] * 30, *["topic 1"] * 30]
    odd = ["acccount access", "Label: account access", "category - import tax"]
    sound = ["safe", "export tax", "topic 2", "label: other", "account excess"]
    given = [Example(row=at, input=f"q {at}", answer=answer) for at, answer in enumerate([*usual, *odd, *sound])]
    assert spelling_rows(given) == (120, 121, 122)
    usual = [*["positive"] * 40, *["shipping & delivery"] * 40, *["Rückfrage"] * 40, *["technical support"] * 40]
    odd = [
        "__label__positive",
        "1. positive",
        '{"label": "positive"}',
        "positive 👍",
        "роsitive",
        "pos",
        "shipping and delivery",
    ]
    odd += ["delivery &amp; shipping", "Rueckfrage", "tech support", *["tecnical support"] * 3]
    sound = [
        "very positive",
        "not positive",
        "shipping",
        "1.5",
        "technical",
        "Nachfrage",
        "C++",
        "en/de",
        "de/en",
        "no",
    ]
    given = [Example(row=at, input=f"q {at}", answer=answer) for at, answer in enumerate([*usual, *odd, *sound])]
    assert spelling_rows(given) == tuple(range(160, 160 + len(odd)))
    few = [Example(row=at, input=f"q {at}", answer=name) for at, name in enumerate(["Marta", "Marto", "Martha"])]
    assert spelling_rows(few) == ()


def test_broken_encoding_and_its_repair() -> None:
    given = answers(
        "naïve café – “fine” œuvre",
        "cafÃ© crÃ¨me",
        "it\x92s",
        "lost \ufffd sign",
        "bell\x07",
        "tab\tand\nline",
        "Ã",
        "漢字かな한글",
        "Москва",
        "€5 ×3",
    )
    assert broken_encoding(given) == (1, 2, 3, 4)
    assert [repaired(e.answer) for e in given[:5]] == [
        "naïve café – “fine” œuvre",
        "café crème",
        "it’s",
        "lost \ufffd sign",
        "bell",
    ]


def test_markup_and_its_removal() -> None:
    given = rows(
        ("a < b and b > c", "x<y"),
        ("Hello<br />world", "fine"),
        ("q", "Tom &amp; Jerry"),
        ("q", "see https://a.com/x?utm_source=mail&b=1 now"),
        ("q", "<p>One</p><p>Two</p>"),
        ("q", "```json\n{}\n```"),
        ("List<A> x = new List<B>()", "ok"),
        ("AT&T; R&D", "fine"),
        ("use `<div>` here", "ok"),
        ("q", "https://a.com/x?page=2"),
        *(("plain", "text") for _ in range(20)),
    )
    assert markup(given, "summarise") == (1, 2, 3, 4, 5)
    assert markup(given, "answer") == (1, 2, 3, 4)
    assert stripped("Hello<br />world") == "Hello\nworld" and stripped("Tom &amp; Jerry") == "Tom & Jerry"
    assert stripped("<p>One</p><p>Two</p>") == "One\nTwo" and stripped("```json\n{}\n```") == "{}"
    assert stripped("see https://a.com/x?utm_source=mail now") == "see https://a.com/x now"


SENTENCE = "The valve shuts when the pressure in the second tank rises above four bar."


@pytest.mark.parametrize(
    ("before", "after", "mended"),
    [
        (".SH DESCRIPTION\n", "", SENTENCE),
        ("\\fBNote\\fR: ", "", f"Note: {SENTENCE}"),
        ("", " See @code{valve}.", f"{SENTENCE} See valve."),
        ("\\subsection*{Valves} ", "", f"Valves {SENTENCE}"),
        ("", "\\par }", SENTENCE),
        ("00:00:03.120 --> 00:00:06.400\n", "", SENTENCE),
        ("", " [when?]", SENTENCE),
        ("[list][*]", "", SENTENCE),
        ("{{% note %}} ", "", SENTENCE),
        ("---\nlayout: page\ntitle: Valves\n---\n", "", SENTENCE),
        ("", " @param none @return nothing", SENTENCE),
        ("{noformat}", "", SENTENCE),
        (":root{--main:#fff} ", "", SENTENCE),
        ("", " permalink embed save report", SENTENCE),
        ("", " Log in or sign up to reply.", SENTENCE),
        ("ChatGPT said: ", "", SENTENCE),
    ],
)
def test_markup_of_sources_is_left_over_and_mended(before: str, after: str, mended: str) -> None:
    plain = [Example(row=row, input=f"Question {row}?", answer=f"Answer {row}: {SENTENCE}") for row in range(60)]
    marked = Example(row=60, input="How does it shut?", answer=f"{before}{SENTENCE}{after}")
    assert markup([*plain, marked], "answer") == (60,)
    assert stripped(marked.answer) == mended


def test_markup_of_sources_that_many_rows_have_is_their_own() -> None:
    plain = [Example(row=row, input=f"Question {row}?", answer=f"Answer {row}: {SENTENCE}") for row in range(60)]
    manual = [Example(row=row, input=f"Page {row}?", answer=f".SH NAME\n{row}: {SENTENCE}") for row in range(60, 70)]
    assert not markup([*plain, *manual], "answer")


def test_markup_around_questions_is_left_over_and_a_course_on_pages_is_not() -> None:
    asked = [f"How long does the bread number {n} rise before it is baked?" for n in range(60)]
    dirty = [
        "```markdown\nWhich hives need more room this spring?\n```",
        ".entry-title { margin: 0; color: #333; } Does a narrow entrance really keep the wasps out of it?",
    ]
    given = rows(*((text, "About two hours in a warm kitchen.") for text in (*asked, *dirty)))
    assert markup(given, "answer") == (60, 61)
    coloured = rows(*((text, "Two hours.") for text in asked), ("How lo\x1b[0mng does it rise?", "Two hours."))
    assert markup(coloured, "answer") == () and broken_encoding(coloured) == (60,)
    course = [(f"How do I write a {tag} with the class {n}?", f'<{tag} class="c{n}"></{tag}>')
              for n in range(20) for tag in ("section", "button")]  # fmt: skip
    course += [(f"What does <{tag}> mean on line {n}?", f"The <{tag}> element; close it with </{tag}> on line {n}.")
               for n in range(6) for tag in ("td", "div")]  # fmt: skip
    assert not markup(rows(*course), "answer")


def test_an_answer_stuck_in_one_letter_is_a_loop_and_no_stand_in() -> None:
    said = [f"Put {n} spoons of flour into the bowl and stir it slowly." for n in range(40)]
    assert placeholders(answers(*said, "Keep " + "o" * 60), "answer") == ()
    assert placeholders(answers(*said, "x" * 12), "answer") == (40,)


def test_markup_is_not_asked_where_the_task_is_about_it() -> None:
    given = rows(*((f"write page {n}", f"<html><body><p>{n}</p></body></html>") for n in range(10)))
    assert markup(given, "structured") is None


def test_refusals() -> None:
    given = answers(
        "As an AI language model, I cannot do that.",
        "I'm sorry, but I can't assist with that request.",
        "I cannot help with that.",
        "Als KI-Sprachmodell kann ich das nicht.",
        "En tant qu'IA, je ne peux pas.",
        "I'm just an AI.",
        "I can't share copyrighted lyrics.",
        "This assistant is unable to comply.",
        "Writing that speech would conflict with my values.",
        "Nope, can't help with that.",
        "Thank you for your interest in this matter, but I can't comment on ongoing investigations.",
        "I'm sorry, but we cannot refund your order after 30 days.",
        "As an AI researcher, she wrote it.",
        "I can't help but admire it.",
        "Sorry, I cannot find your booking. Which name is it under?",
        "He said: " + "x " * 150 + "as an AI language model",
        "I am unable to walk far.",
        "I can't recommend this hotel; the staff were rude.",
        "I can't help you until you tell me your order number.",
        "I'm sorry to hear that! I cannot wait to fix it.",
        "We shall help small firms to find their feet, and I will not go into detail on what it costs.",
        "If you can't be good, be careful. If you can't be careful, give me a call.",
    )
    assert refusals(given) == tuple(range(11))


def test_placeholders() -> None:
    real = [f"A real answer number {n}" for n in range(60)]
    given = answers(
        "TODO",
        "n/a",
        "[Insert answer here]",
        "Lorem ipsum dolor sit amet, consectetur",
        "<nooutput>",
        "...",
        "To do it, press A",
        "none of them",
        *real,
    )
    assert placeholders(given, "answer") == (0, 1, 2, 3, 4, 5)
    latin = "Lorem ipsum dolor sit amet, consectetur adipiscing elit."
    ends = (f"{'The menu is on top. ' * 20}{latin}", f"SELECT a FROM b; {latin}", "It is no lorem ipsum dolor to me.")
    behind = answers(*real, *ends)
    assert placeholders(behind, "answer") == (60, 61)
    labels = answers(*(["none", "some"] * 20))
    assert placeholders(labels, "classify") == ()
    assert placeholders(answers("N/A", "none", *real), "extract") == ()


def test_repetition() -> None:
    same = answers(*(["Thank you for your patience, we will be back with you soon."] * 50))
    found = repetition(same)
    assert (found.top_share, found.top_rows, found.counted) == (1.0, tuple(range(50)), 50)
    assert found.distinct_bigrams is not None and found.distinct_bigrams < 0.05
    found = repetition(answers(*(f"{n} is the {n * 7} th answer of {n * 13}" for n in range(50))))
    assert (found.top_share, found.top_rows) == (0.02, ()) and (found.distinct_bigrams or 0) > 0.3
    assert repetition([]) == Repetition(None, (), 0, None, 0)
    assert repetition(answers("short", " ")) == Repetition(1.0, (0,), 2, None, 2)


def test_the_share_of_the_commonest_answer_is_that_of_the_rows_listed() -> None:
    told = ["Thank you.", "thank you", "  Thank   you…", *(f"answer {n}" for n in range(9))]
    many = answers(*told * 2_500)  # 30,000 rows
    found = repetition(many)
    assert found.top_share == 0.25 and found.counted == len(many)
    assert found.top_rows == tuple(row for row in range(len(many)) if row % 12 < 3)
    found = repetition(answers(*(f"answer {n}" for n in range(30_000))))
    assert (found.top_share, found.top_rows, found.counted) == (1 / 2_000, (), 2_000)


def test_variety_does_not_fall_with_the_amount_of_text() -> None:
    rng = random.Random(5)
    few, many = (
        repetition(answers(*(" ".join(rng.choices(WORDS, k=length)) for _ in range(1_500)))) for length in (70, 700)
    )
    assert few.distinct_bigrams and many.distinct_bigrams and many.read < few.read
    assert abs(few.distinct_bigrams - many.distinct_bigrams) < 0.02


def test_wordings_of_prompts() -> None:
    base = [Example(row=n, input=f"Summarise this text: text {n}", answer="x", system="You help.") for n in range(30)]
    other = [Example(row=n, input=f"Give me the gist:\ntext {n}", answer="x") for n in range(30, 50)]
    assert (system_prompts(base), instructions(base)) == (1, 1)
    assert (system_prompts(base + other), instructions(base + other)) == (2, 2)
    plain = rows(*((f"is {n} more than {n + 1}?", "no") for n in range(50)))
    assert (system_prompts(plain), instructions(plain)) == (0, None)


def test_conversations_are_told_apart() -> None:
    odd = Example(row=2, input="a", answer="b", history=(Message(role="user", content="x"),))
    broken, others = conversations(
        [odd], [(0, "line 1: is not valid JSON"), (1, BROKEN + "it does not end with the assistant")]
    )
    assert [row for row, _ in broken] == [1, 2] and others == ((0, "line 1: is not valid JSON"),)
    turns = (Message(role="user", content="\u200b"), Message(role="assistant", content="Here it is."))
    told, _ = conversations([Example(row=0, input="And now?", answer="Done.", history=turns)], [])
    assert told == ((0, "an earlier turn is empty"),)


def test_groups_by_column_or_by_word() -> None:
    given = [
        Example(row=n, input="x", answer="yes" if n < 6 else "no", group="women" if n % 2 else "Men") for n in range(10)
    ]
    assert groups(given, ("women", "men", "others"), "Yes") == (
        (Group("women", 5, 3), Group("men", 5, 3), Group("others", 0, 0)),
        0,
    )
    assert groups(given, (), "yes") == ((Group("Men", 5, 3), Group("women", 5, 3)), 0)  # the values of the column
    assert without_group(given) == 0 and without_group([*given, Example(row=10, input="x", answer="no")]) == 1
    authors = [Example(row=n, input="x", answer="no", group=f"author {n}") for n in range(30)]
    assert groups(authors, ()) == (None, 0) and groups(rows(("x", "y")), ()) == (None, 0)
    told = rows(("She is a nurse", "x"), ("the shed", "x"), ("Her car", "x"), ("Both she and he", "x"))
    assert groups(told, ("she",)) == ((Group("she", 2, None),), 0)
    assert groups(told, ("women = she|her", "men=he|his")) == ((Group("women", 3, None), Group("men", 1, None)), 1)


def test_of_codes_and_numbers_each_is_the_one_that_was_asked_for() -> None:
    given = rows(*((f"Add {n} and {n}", str(2 * n)) for n in range(20)), ("Add 3 and 3", "7"))
    assert conflicts(given, "answer") == (3, 20)
    assert conflicts(rows(*(("Think of a number", str(n)) for n in range(20))), "answer") == ()  # a template


def test_texts_where_all_others_have_numbers_or_lists_are_malformed() -> None:
    def objects(age: str, tags: str) -> list[Example]:
        told = [f'{{"age": {age if n % 10 == 0 else n}, "tags": {tags if n % 10 == 1 else "[]"}}}' for n in range(200)]
        return answers(*told)

    assert malformed(objects('"7"', '"red"'), "structured") == tuple(n for n in range(200) if n % 10 < 2)
    assert malformed(objects('"unknown"', "[1]"), "structured") == ()


def test_a_key_that_is_asked_for_may_not_be_left_out() -> None:
    full, short = '{"city": "Rome", "code": "FCO"}', '{"city": "Rome"}'
    for ask, wrong in (
        ("Return JSON with city and code for airport", True),
        ("Return JSON with city and, if known, code for airport", False),
        ("Return what is known as JSON for airport", False),
    ):
        given = rows(*((f"{ask} {n}", short if n % 10 == 0 else full) for n in range(200)))
        assert malformed(given, "structured") == (tuple(range(0, 200, 10)) if wrong else ())


def test_malformed_json_xml_and_fences() -> None:
    good = [f'{{"name": "x{n}", "tags": [1, 2]}}' for n in range(20)]
    given = answers(*good, '{"name": "x"', "{'name': 'x'}", "no json at all", '```json\n{"a": 1}\n```')
    assert malformed(given, "structured") == (20, 21, 22)
    assert malformed(answers(*(f"<a><b>{n}</b></a>" for n in range(9)), "<a><b></a>"), "structured") == (9,)
    pages = (f"<h2>{n}</h2>\n<ul><li>{n}</li></ul>" for n in range(9))  # side by side, as parts of a page are
    assert malformed(answers(*pages, "<h2>9</h2><ul><li>9</ul>"), "structured") == (9,)
    orders = [f"<order><item/>{n}</order>" for n in range(18)]
    assert malformed(answers(*orders, "<order>7 & 8</order>"), "answer") == (18,)  # no HTML, which lets it stand
    assert malformed(answers("Run this:\n```\nls\n```", "Then:\n```\nls"), "answer") == (1,)
    assert malformed(answers("yes", "no"), "classify") is None
    objects = [f'{{"id": {n}, "name": "lamp"}}' for n in range(300)]
    odd = ['{"name": "lamp"}', '{"id": "7", "name": "lamp"}', '{"id": NaN, "name": "lamp"}', "null"]
    sound = ['{"id": 7.5, "name": null}', '{"id": 7, "name": "lamp", "note": "new"}']
    assert malformed(answers(*objects, *odd, *sound), "structured") == (300, 301, 302, 303)
    assert malformed(answers(*objects, *odd[:1] * 9), "structured") == ()  # so many that the key may be left out
    assert malformed(answers(*objects, "\ufeff", "\u200b"), "structured") == ()  # empty, and named for that
    others = ('[7, "lamp"]', '{"i_": 7, "name": "lamp"}', "{}")
    assert malformed(answers(*objects, *others), "structured") == (300, 301, 302)
    mistyped = ['{"id": 7, "nmae": "lamp"}'] * 12  # more than may lack a key, and yet no form of their own
    assert malformed(answers(*objects, *mistyped), "structured") == tuple(range(300, 312))
    both, other = '{"id": 7, "name": "lamp", "names": ["lamp"]}', '{"id": 7, "name1": "lamp"}'
    assert malformed(answers(*objects, *[both] * 12, *[other] * 12), "structured") == ()
    slips = ['{"name": "lamp"}'] * 5 + ["{}"] * 5  # an empty object is no sign that keys may be left out
    assert malformed(answers(*objects, *slips), "structured") == tuple(range(300, 310))
    assert malformed(answers("{curly} words", "plain [x] text"), "answer") is None


GOOD_PROSE = [
    f"The committee met in room {n} and agreed on the plan. It will be carried out within "
    f"{n + 2} weeks by the local team."
    for n in range(40)
]


GARDEN = "soil roots compost seeds frost lawn mulch".split()


def test_cut_off_answers_are_told_by_how_the_others_end() -> None:
    cut = [
        "The committee met in the large room and agreed on the plan. It will be carried out by the",
        "The committee met in the large room and agreed on the plan. It will be carried out within "
        "the next weeks by local",
        "The committee met in the large room and agreed (after a long debate about the cost and",
        "The committee agreed on this:\n```python\nprint(1)\nfor x in range(10):\n    do_it(x)",
    ]
    fine = [
        "The Moon and Sixpence",
        "We need:\n- a large bowl of clean water\n- two towels that are not too old and worn",
        "Done and dusted, as they say here! 😀",
    ]
    assert cut_off(answers(*GOOD_PROSE, *cut, *fine), "answer") == (40, 41, 42, 43)
    assert cut_off(answers(*cut), "classify") is None


def test_what_ends_without_a_mark_is_translated_without_one() -> None:
    given, said = "La ville est prise par le", "The town is taken by the"
    titles = [Example(row=row, input=given, answer=said) for row in (40, 41)]
    assert cut_off([*answers(*GOOD_PROSE), *titles], "translate") == ()
    assert cut_off([*answers(*GOOD_PROSE), *titles], "answer") == (40, 41)


def test_short_answers_can_be_cut_off_and_names_are_none() -> None:
    said = ["Yes, it opens at {n}.", "The office is in room {n}.", "Please ask for the key.", "You can pay by card."]
    whole = [text.format(n=n) for n in range(40) for text in said]
    cut = ["You can ask for the", "Please pay in the", "The key is in", "It opens by"]
    assert cut_off(answers(*whole, *cut), "answer") == (160, 161, 162, 163)
    names = ["Room of Mirrors", "Anna Maria Lind", "Blue Whale", "Port of Spain"]
    assert cut_off(answers(*whole, *names), "answer") == ()
    assert cut_off(answers(*whole, *cut * 60), "answer") == ()  # most end without a mark: that is how they are written


def test_small_talk_leaves_full_stops_out() -> None:
    starts = ["I like", "Have you seen", "Nobody forgets", "We talked about", "She never had", "Tell me about"]
    things = "the sea,your garden,warm bread,old music,my brother,a long walk,cold rain,the cat,that film".split(",")
    marked = [f"{start} {thing}{'?!..'[at % 4]}" for at, start in enumerate(starts) for thing in things]
    bare = ["a metal key", "what is love", "you are kind", "tea with lemon", "only at night", "all of it", "who is Ada"]
    broken = ["Nobody forgets the", "We talked about a", "Tell me about your"]
    rows = len(marked) + 3 * len(GOOD_PROSE) + len(bare)
    assert cut_off(answers(*marked, *GOOD_PROSE * 3, *bare, *broken), "answer") == (rows, rows + 1, rows + 2)


def test_what_cuts_of_long_answers_leave_may_be_short() -> None:
    long = [f"The number of {thing} that the service has kept for you so far." for thing in ascii_lowercase]
    cut = [text[: len(text) - 18] for text in long[:6]]
    short = ["The number of the", "The service has kept the"]
    found = cut_off(answers(*long * 5, *cut, *short), "answer")
    assert found is not None and found[-2:] == (136, 137)


def test_verses_may_end_with_a_comma() -> None:
    ends = (".", ".", ".", ".", ".", ",", ":")
    verses = [f"And the {GARDEN[n % 7]} was before the {GARDEN[n % 5]} of the {n}th day" for n in range(140)]
    divided = [verse + ends[n % 7] for n, verse in enumerate(verses)]
    assert cut_off(answers(*divided), "answer") == ()
    assert cut_off(answers(*divided, "And the roots were before the frost of the"), "answer") == (140,)


def test_answers_that_say_that_more_was_to_come_are_cut_off() -> None:
    said = "The lamp is old. It should be cleaned once a week"
    cut = (f"{said} with the...", f"{said} (answer truncated)", f"{said}. The main reasons for this are:",
           f"{said}, e.g.", f"1. {said}.\n2. Dry it.\n3.", f"{said}:\n- soap\n-", f"{said}. [...]",
           f"{said} with a cloth such as", f"{said}. Then call Dr.",
           f"{said} with the..", f"{said}. For example:",
           *(f"{said}. {said}. {said}. {end}" for end in ("**Note:", "See https://docs.")),
           f"{said}:\n| what | when |\n| --- | --- |\n| lamp |",
           f"{said}. Voici les étapes :", f"{said}. Oto kroki:", f"{said}.\n\nStep 2:", f"{said}. It doesn'",
           f"{said} with [+1423 chars]", f"{said}. Il s’agit d’", f"{said}.\n\n###")  # fmt: skip
    fine = (f"{said}, and so on...", "The symphony (unfinished)", f"{said} (see the next page).",
            f"{said}. It was made in 1903.", "Ann:", "For example:",
            f"{said} (e.g. with soap).", "The rows are red,\nthe blues are blue,\nthe salt is sweet,\nand so are you",
            f"{said}, at 4096, 8192, 16384, ...", f"{said}... and then you sit... and dry it in the...",
            f"{said} = 7. #### 72", f"{said}. - Anna Maria Lind", "print(lamp + '\\n\\n'",
            "Thank you for the letter that you sent to us.\n\nYours faithfully\nP. Smith", "- milk\n- eggs\n- one bag",
            "“Nothing is lost, and nothing is won.”\n— Anna Maria Lind", "It is the users'", "Write to a@example.com",
            f"{said} (12 words)", "Learn to write C#")  # fmt: skip
    assert cut_off(answers(*GOOD_PROSE, *cut, *fine), "answer") == tuple(range(40, 40 + len(cut)))
    whole = [
        f"ボタン{n}を押して設定を開き、画面の上にある欄に名前と番号を入れてから、右下の印を押して保存してください。"
        for n in range(40)
    ]
    broken = [
        "ボタンを押して設定を開き、画面の上にある欄に名前と番号を入れてから、右下の印を押して次の画面で",
        "設定画面",
    ]
    assert cut_off(answers(*whole, *broken), "answer") == (40,)
    assert cut_off(answers(*GOOD_PROSE, "Take the ``` out of the text."), "answer") == ()


def test_answers_may_do_without_a_mark_where_such_requests_are_answered_so() -> None:
    asked = [f"Define the noun: {thing}" for thing in ("dock", "bag", "news", "lamp", "well", "gate")]
    told = ["the craft of building and of repairing planes by", "a portable box for carrying clothes and books by the",
            "what has just become known about the plan of", "what gives us light in the evening with the",
            "a deep hole for water that was dug by the", "a way through a wall that is shut with the"]  # fmt: skip
    others = answers(*GOOD_PROSE)
    rows = [Example(row=40 + n, input=one, answer=two) for n, (one, two) in enumerate(zip(asked, told, strict=True))]
    assert cut_off([*others, *rows], "answer") == ()
    apart = [Example(row=row.row, input=f"{row.row} q", answer=row.answer) for row in rows]
    assert cut_off([*others, *apart], "answer") == tuple(range(40, 46))


def test_a_translation_as_long_as_others_is_whole() -> None:
    source = "The committee met in the large room and agreed on the plan for the"
    rows = [Example(row=n, input=f"Translate.\n{source} year {n}.", answer=said) for n, said in enumerate(GOOD_PROSE)]
    usual = max(len(row.answer) / len(row.input.partition("\n")[2]) for row in rows)
    long = "The committee met and agreed on the plan of the " * 9
    rows.append(Example(row=40, input="Translate.\nIt is old.", answer=long[: round(usual * 12)].rstrip()))
    assert cut_off(rows, "translate") == ()
    assert cut_off([*rows[:-1], rows[-1]._replace(input=f"Translate.\n{source * 20}.")], "translate") == (40,)


def test_formulas_are_not_cut_off() -> None:
    solved = [f"{n} - 4 = {n - 4}. There are {n - 4} apples left." for n in range(40)]
    formulas = [f"{n}x + {n + 3}" for n in range(2, 12)]
    assert cut_off(answers(*solved, *formulas), "answer") == ()


def test_poems_without_full_stops_are_not_cut_off() -> None:
    poem = (
        "the moon is low upon the hill\nthe river sleeps and all is still\nno word is said no leaf "
        "is stirred\nand in the dark a single bird"
    )
    assert cut_off(answers(*(f"{poem} {'sings ' * (n % 3)}" for n in range(30))), "answer") == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The quick brown fox jumps over the lazy dog and it was not amused by that", "English"),
        ("Der schnelle braune Fuchs springt über den faulen Hund und das ist nicht schön", "German"),
        ("Le renard brun saute par-dessus le chien paresseux et il est dans la forêt", "French"),
        ("El zorro marrón salta sobre el perro perezoso y no es una buena idea para los niños", "Spanish"),
        ("Быстрая коричневая лиса прыгает через ленивую собаку", "Cyrillic"),
        ("素早い茶色の狐がのろまな犬を飛び越えた", "Japanese"),
        ("敏捷的棕色狐狸跳过了懒狗", "Chinese"),
        ("OK", None),
        ("SELECT name FROM users WHERE age > 30 ORDER BY name DESC LIMIT 10", None),
        ("billing order shipping tracking refund", None),
        ("x = [i for i in range(10)]; print(sum(x))", None),
    ],
)
def test_language(text: str, language: str | None) -> None:
    assert language_of(text) == language


def test_short_rows_in_another_language() -> None:
    asked = ("Where is the nearest station", "Please close the window in the hall", "What does the new lamp cost")
    english = [f"{text} {word}" for text in asked for word in ("today", "now", "again", "tomorrow", "please", "then")]
    names = ["Grace Hopper, Ada Lovelace", "Leonardo da Vinci", "put call me back in front door", "def f(lamp): return"]
    names += ["Lichen sclerosus et atrophicus", "Passer domesticus italiae", "Traumatic subarachnoid haemorrhage"]
    names += ["Tangram (puzzle) game clone", "unregister all submodules"]
    others = ["Schalte Licht Schlafzimmer ein", "Réglages sauvegardés automatiquement", "Geçersiz kullanıcı adı"]
    others += ["Het museum is vandaag gesloten.", "Quanto tempo demora a entrega?"]  # `is`, `a`
    data = rows(*((text, "x") for text in (*english, *names, *others)))
    assert other_language(data, "classify")[0] == tuple(range(27, 32))


def test_short_english_names_and_sources_are_in_no_other_language() -> None:
    said = [(f"Define lamp number {n}.", f"This is what we say of the lamp {n} in the shop.") for n in range(40)]
    odd = [
        ('Define "coffee mill"', "A mill that grinds roasted coffee beans."),
        ("Define Centrum voor Wiskunde en Informatica.", "It does research on software, and others do as well."),
        ("Who said that the first lamp was the best one?", "Nigel de la Tierre"),
        ("What is Id?", "A dataflow language by Arvind and R.S. Nikhil , MIT LCS, ca. 1986."),
        ("What is IRDATA?", 'A robot control code. "IRDATA, Industrial Robot Data", DIN 66313, Beuth-Verlag 1991.'),
    ]
    data = [Example(n, asked, answer) for n, (asked, answer) in enumerate([*said, *odd])]
    assert other_language(data, "answer") == ((), "English")
    code = 'def prob(self, t1, t2, t3):\n    """\n    Compute the chance P(t3 | t1, t2).\n\n    :param str t1: word\n' \
        '    :param str t2: word\n    :return: value\n    """\n    v = self.ti[t1]\n    return v'
    assert other_language([*data, Example(99, "Write it for me, please.", code)], "answer") == ((), "English")


def test_quoted_commands_and_names_make_no_text_english() -> None:
    spanish = [(f"See lamp {n}.", f"Mira la lámpara {n} que está en la casa de la calle.") for n in range(40)]
    odd = [("See it.", 'Mira "/help timeoutincrease".'), ("Large.", "Tileset iso-hex Grande, similar a Amplio.")]
    odd += [("See this.", "The lamp is in the hall now.")]
    data = [Example(n, asked, answer) for n, (asked, answer) in enumerate([*spanish, *odd])]
    assert other_language(data, "translate")[0] == (42,)


def test_labels_without_kana_may_be_japanese() -> None:
    labels = "ガソリンスタンド コンビニエンスストア レストラン バス停の名前 スーパーマーケット クリーニング店".split()
    labels += "観光案内所 水力発電所 自動販売機 宗教施設全般 駐車場内通路 軍事演習場 地方行政事務所".split() * 2
    said = [f"{label}（{n}号）" for n in range(4) for label in labels]
    chinese = ["银行和邮局", "我们明天在火车站见面，请不要迟到，谢谢你的帮助"]  # simplified; too long for a label
    data = rows(*((f"Give the label of place {n}.", text) for n, text in enumerate([*said, *chinese])))
    assert other_language(data, "translate")[0] == (len(said), len(said) + 1)
    english = [(f"Where is lamp {n}?", f"The lamp is in the hall and it was not there before {n}.") for n in range(30)]
    assert other_language(rows(*english, ("And this?", "観光案内所")), "answer") == ((30,), "English")


def test_long_rows_in_a_language_that_shares_small_words() -> None:
    spanish = [(f"Mira {n}.", f"La lámpara número {n} está en la casa y no se ve desde la calle.") for n in range(40)]
    portuguese = "Se a opção for selecionada, o instalador irá mostrar uma caixa de diálogo a oferecer-se para carregar"
    data = rows(*spanish, ("Mira esto.", f"{portuguese} o ficheiro que o utilizador deve ter em falta no sistema."))
    assert other_language(data, "answer")[0] == (40,)


@pytest.mark.parametrize(
    "text",
    [
        "replace die replace casts replace moulds replace dies manually replace die of machines replace outlines",
        "plant care products plant care brands plant care merchandise plant care commodities plant care stock plant"
        " care goods plant care product a plant care product",
        "flag: U.S. Outlying Islands (UM, flag)",
    ],
)
def test_english_words_that_are_small_words_elsewhere_make_no_other_language(text: str) -> None:
    english = [f"The lamp {n} is in the hall and it was not there before." for n in range(30)]
    assert other_language(rows(*((said, "x") for said in (*english, text))), "classify") == ((), "English")


def test_an_answer_that_goes_on_in_another_language() -> None:
    told = "The lamp is in the hall and it was not there before."
    rest = (
        "Bitte schließen Sie danach das Fenster im Flur.", "Slå av lyset i gangen før du går.", "请先关闭大厅的窗户。",
        "Ask for the book Der Mann ohne Eigenschaften here.", "Then call `nur_die_halbe(lampe)` and wait for it.",
    )  # fmt: skip
    english = [(f"Where is lamp {n}?", f"{told} {n}") for n in range(30)]
    data = rows(*english, *((told[:20], f"{told} {text}") for text in rest))
    assert other_language(data, "answer") == ((30, 31, 32), "English")


def test_moves_and_codes_are_no_language() -> None:
    moves = [f"D{n} Slav: {n}.Nf3 dxc4 {n + 1}.Nc3 exd5" for n in range(10, 40)]
    english = [f"What is the name of the opening number {n} that you like?" for n in range(60)]
    assert other_language(rows(*((text, "x") for text in (*english, *moves))), "classify") == ((), "English")
    doses = [f"{drug} 500 mg q24h p.o.; recheck U&E in {n} d." for n in range(3, 8)
             for drug in ("Furosemide", "Salbutamol", "Levothyroxine")]  # fmt: skip
    assert other_language(rows(*((text, "x") for text in (*english, *doses))), "classify") == ((), "English")


def test_rows_in_another_language_and_multilingual_data() -> None:
    english = [f"this is the story of the man number {n} and of what he did in the town" for n in range(30)]
    german = [f"das ist die Geschichte von dem Mann Nummer {n} und was er in der Stadt nicht tat" for n in range(30)]
    mixed = rows(*((text, "x") for text in (*english, german[0], "ok")))
    assert other_language(mixed, "classify") == ((30,), "English")
    assert other_language(rows(*((text, "x") for text in (*english, *german))), "classify") == (None, "")
    pairs = rows(
        *zip(english, german, strict=True), ("this is the one that was not done by the man in the town", english[0])
    )
    assert other_language(pairs, "translate") == ((30,), "English")
