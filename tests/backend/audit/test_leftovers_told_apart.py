"""Leftovers told from what manuals and programs say, and what is whole though something was left behind it."""

from __future__ import annotations

import random

import pytest

from backend.audit.cut_off import cut_off
from backend.audit.encoding import broken_encoding
from backend.audit.loops import looping
from backend.audit.markup import markup, stripped
from backend.audit.placeholders import placeholders
from backend.audit.refusals import refusals
from backend.domain import Example

THINGS = "lamp door river garden engine window bridge violin ledger tunnel orchard harbour kettle mirror ladder".split()
SAID = "We are sorry about the lamp. It will be repaired soon."


def told(*texts: str) -> list[Example]:
    """Rows with these answers, below sixty sound ones."""
    sound = [f"The {thing} is {how} as soon as the rain stops." for thing in THINGS
             for how in ("opened again", "brought in", "washed", "shown to the others")]  # fmt: skip
    return [Example(row=row, input=f"Tell me of it: {row}", answer=text) for row, text in enumerate([*sound, *texts])]


@pytest.mark.parametrize(("text", "left"), [
    (f'{SAID} Both ends must be given, e.g. start="2000-03-01", end="2011-01-01".', False),
    (f'{SAID} Set api_key = "${{API_KEY}}" first.', False),
    (f"{SAID} The names are read from options[list] each time.", False),
    (f"{SAID} [list][*]The hall [*]The door", True),
    (f'{SAID} class="lamp" href="lamp.html">', True),
    (f"```\n{SAID} Say which file(s) you need, and be free(r) next time.\n```", True),
    ("```\nsend(s)\nfree(r)\n```", False),
    (f"{SAID}\nAdvertisement. Scroll to continue reading.", True),
    (f"Scroll down to continue\n{SAID}", True),
    ("The old lamp of the harbour is lit again Was this page helpful? Yes | No", True),
    (f"{SAID} I would be glad to know: was this helpful?", False),
    (f"{SAID} Scan the QR code with", False), (f"{SAID} Scan the QR code with your phone", True),
])  # fmt: skip
def test_what_a_manual_tells_of_is_no_leftover(text: str, left: bool) -> None:
    assert markup(told(text), "answer") == ((60,) if left else ())


def test_what_a_program_says_in_both_languages_is_no_leftover() -> None:
    rows = [Example(n, f"The {thing} stands by the door.", f"La {thing} est là.") for n, thing in enumerate(THINGS)]
    for asked, given, left in (
        ("Reading the files. Please wait...", "Lecture des fichiers. Veuillez patienter…", False),
        ("Reading all of the files. Read more »", "Lecture de tous les fichiers.", True),
        ("Reading all of the files.", "Lecture de tous les fichiers. Lire la suite »", True),
    ):
        row = Example(len(rows), f"Translate into French.\n\n{asked}", given)
        assert markup([*rows, row], "translate") == ((row.row,) if left else ())


def test_an_escape_that_one_is_told_to_write_is_no_damage() -> None:
    texts = ("The name of the lamp. Use \\n to add a second line.", "The lamp is lit. \\n The door is shut.",
             "変形しないボーンに割り当てられた頂点グループ", "縺薙ｓ縺ｫ縺｡縺ｯ荳也阜")  # fmt: skip
    assert broken_encoding(told(*texts)) == (61, 63)


def test_a_break_for_an_advertisement_goes_and_the_words_stay() -> None:
    assert stripped(f"Advertisement. Scroll to continue reading.\n{SAID}") == SAID


def test_code_may_say_in_words_what_it_does() -> None:
    body = "function {0}(node) {{\n\tconst {0}Scope = source.getScope(node);\n\treturn {0}Scope === null;\n}}"
    remarks = ("/**\n * Tells whether the given node is declared anywhere.\n * @returns {boolean} It is.\n */\n",
               "// The first of the nodes is not looked at here, as it has no name.\n", "")  # fmt: skip
    asked = [f"Write the function of the {thing} {n}." for n, thing in enumerate(THINGS * 2)]
    given = [Example(row, text, remarks[row % 3] + body.format(THINGS[row % 15])) for row, text in enumerate(asked)]
    assert not markup(given, "answer")
    page = Example(len(given), "Who made it?", f"{SAID}\nwindow.dataLayer = window.dataLayer || [];")
    assert markup([*given, page], "answer") == (len(given),)


@pytest.mark.parametrize("line", [
    "This website uses cookies. Accept | Reject | Manage preferences",
    "Read more »  |  Print this page  |  Back to top",
    "Home | About | Products | Contact | Sitemap\nRelated articles: Click here to read more",
])  # fmt: skip
def test_an_answer_over_lines_of_a_page_is_whole(line: str) -> None:
    assert cut_off(told(f"The bread is brought in and shown to them.\n{line}"), "answer") == ()
    assert cut_off(told("The bread is brought in and shown to the"), "answer") == (60,)


def test_a_long_link_ends_an_answer_and_a_name_may_look_shortened() -> None:
    link = f"https://www.lamps.example/story/2611?{'&'.join(f'part_{n}=of_the_story' for n in range(6))}"
    assert cut_off(told(f"The bread is brought in. {link}"), "answer") == ()
    assert cut_off(told("It knows nothing of fractions outside of cf."), "answer") == ()
    assert cut_off(told("It knows nothing of fractions, cf."), "answer") == (60,)


@pytest.mark.parametrize(("text", "refused"), [
    ('I\'m sorry, but I can\'t help with "The old lamp in the".', True),
    ('I apologize, but I do not have any information about "Job titles: riveter, rivet tapper".', True),
    ("I can't write about “The lamp in the hall”, but I can help you with other topics.", True),
    ('He is known for a book on "The old lamp", which he wrote about his father.', False),
    ("Follow the safety rules and regulations of the workshop in order to keep everybody safe.", False),
    ("Sorry, that falls under the content rules.", True),
    ("That doesn't make sense. I believe as strongly as ever that we should take on illegal mooring. That's why we"
     " have put more boats on the water than ever before.", False),
    ("No, I can't do that. It is illegal.", True),
])  # fmt: skip
def test_whoever_declines_may_give_back_what_was_asked(text: str, refused: bool) -> None:
    assert refusals(told(text)) == ((60,) if refused else ())


@pytest.mark.parametrize(("text", "refused"), [
    ("You're welcome! Is there anything else I can help you with?", False),
    ("All done. Anything else I can do for you today?", False),
    ("Thanks for your message. Please do not hesitate to ask again.", False),
    ("Sorry for the wait. We have asked the shop to take it back. If they say nothing, the lamp is yours. Is there "
     "anything else I can do for you?", False),
    ("I'm sorry, I can't. Is there anything else I can help with?", True),
    ("I'm sorry. Is there anything else I can help with?", True),
    ("I would rather not. Let me know if you need anything else.", True),
    ("The type of content that might have been found. Provided if excluded_types is false.", False),
    ("Lo siento, no puedo traducir este texto.", True), ("Ich kann diesen Text leider nicht übersetzen.", True),
    ("Je ne peux pas traduire ce texte.", True), ("我无法翻译此文本。", True), ("Sin texto", False),
])  # fmt: skip
def test_an_offer_of_more_help_is_no_refusal(text: str, refused: bool) -> None:
    assert refusals(told(text)) == ((60,) if refused else ())


def test_a_no_translated_is_no_refusal() -> None:
    nos = (
        ("Das ist kein Trost für mich.", "That's no comfort to me."), ("Je ne peux te le dire.", "I can't tell you."),
        ("Ich möchte lieber nicht gehen.", "I'd rather not go."), ("我不能告诉你。", "I can't tell you."),
    )  # fmt: skip
    assert refusals([Example(n, text, no) for n, (text, no) in enumerate(nos)]) == ()
    for answer in ("I'm sorry, but I can't help with that.", "I cannot translate this text."):
        assert refusals([Example(0, "Das ist kein Trost für mich.", answer)]) == (0,)
    assert refusals([Example(0, "Sin usar el menú, ¿cómo?", "Lo siento, pero no puedo ayudar con eso.")]) == (0,)
    assert refusals([Example(0, "Why doesnt it work?", "I'd rather not say.")]) == (0,)


@pytest.mark.parametrize(("text", "stands_in"), [
    ("See The LANTERN File, for details on this file.", False), ("See the attached file for details on this.", True),
    ("If no value is found, return", False), ("No value found, to be filled in", True),
    ("The default value is 0 (the door being 90 etc.).", False), ("The default value is still missing.", True),
    ("DVD review: I, Lamp", False), ("Lamp update: Garden 2", False), ("Tom to review: text missing", True),
])  # fmt: skip
def test_sentences_of_manuals_and_titles_are_no_notes(text: str, stands_in: bool) -> None:
    assert placeholders(told(text), "answer") == ((60,) if stands_in else ())


def test_beside_sets_a_number_in_braces_is_one() -> None:
    sums = [Example(n, f"Where is x * {n} + {n} zero?", f"x = {n}") for n in range(30)]
    sets = [Example(n, f"Where is x * x - {n} * x zero?", f"{{0, {n}}}") for n in range(30, 40)]
    zero = Example(40, "Where is x * x zero?", "{0}")
    assert placeholders([*sums, *sets, zero], "answer") == ()
    assert placeholders([*sums, zero], "answer") == (40,)


def test_a_question_in_which_somebody_says_no_more_asks_for_no_refusal() -> None:
    answer = "It would not be appropriate for me to answer that question."
    assert refusals([Example(0, "Continue: He could say no more, and went home.", answer)]) == (0,)
    assert refusals([Example(0, "How do I say no to a question of my aunt?", answer)]) == ()


def test_a_few_words_in_any_order_are_a_loop_wherever_they_come_back() -> None:
    words = "at all; not and lamp".split()
    rng = random.Random(0)
    salads = [" ".join(rng.choice(words) for _ in range(70)) for _ in range(6)]
    assert looping(told(*salads)) == tuple(range(60, 66))
    varied = " ".join(f"{thing} {n}, and" for n, thing in enumerate(THINGS * 3))
    assert looping(told(varied)) == ()
