"""What looks like a flaw and is how a file says things: silent there, and named where it is none of its habits."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from backend.audit.cut_off import cut_off
from backend.audit.language import other_language
from backend.audit.markup import markup
from backend.audit.placeholders import placeholders
from backend.domain import Example, Task

THINGS = "lamp door river garden engine window bridge violin ledger tunnel orchard harbour kettle mirror ladder".split()


def rows(pairs: Sequence[tuple[str, str]]) -> list[Example]:
    return [Example(row=row, input=given, answer=said) for row, (given, said) in enumerate(pairs)]


@pytest.mark.parametrize("below", [False, True])
def test_what_an_instruction_is_about_may_be_the_name_of_a_button(below: bool) -> None:
    task = "Explain what this part of the program does."

    def asked(text: str) -> str:
        return f"{text}\n\n{task}" if below else f"{task}\n\n{text}"

    told = "It stops the messages that the program sends you each day."
    sound = [(asked(thing), f"{told} There is a {thing} beside it.") for thing in THINGS]
    sound += [(asked(button), told) for button in ("Unsubscribe", "Comments", "Show images on a map")]
    left = [(asked("The lamp is in the hall and it is old.\nRead more »"), told)]
    assert markup(rows([*sound, *left]), "answer") == (len(sound),)


def test_a_line_of_a_page_over_many_texts_is_no_instruction() -> None:
    pages = [(f"Read more comments here\nThe old {thing} is in the hall.", "It is old.") for thing in THINGS[:5]]
    sound = [(f"Where is the {thing} today?", "In the hall.") for thing in THINGS for _ in range(3)]
    assert markup(rows([*sound, *pages]), "answer") == tuple(range(len(sound), len(sound) + 5))


@pytest.mark.parametrize(("source", "target", "left"), [
    ("A mass of m[sub]e[/sub] and [i]no[/i] charge", "Una massa m[sub]e[/sub] e carica [i]nulla[/i]", False),
    ("Press <b>Save</b> to go on", "Premi <b>Salva</b> per continuare", False),
    ("Press Save to go on", "Premi <b>Salva</b> per continuare", True),
    ("A mass of m[sub]e[/sub]", "Una massa me", True),
])  # fmt: skip
def test_a_translation_keeps_the_tags_of_its_source(source: str, target: str, left: bool) -> None:
    pairs = [(f"The {thing} is heavy and old", f"Questo è un oggetto: {thing}") for thing in THINGS]
    given = rows([*pairs, (source, target)])
    assert markup(given, "translate") == ((len(pairs),) if left else ())
    assert markup(given, "answer") == (len(pairs),)


def test_a_sentence_may_say_what_code_shows_and_a_fenced_one_may_name_a_function() -> None:
    sound = [(f"Continue the passage about the {thing}.", f"The {thing} is made first.") for thing in THINGS]
    shown = ('This code will print {"world": 2, "hello": 1, "you": 1}.', "The order may be another one each time.")
    script = (
        "The lamp is old and it is in the hall. var a = {'b': 1, 'c': 2}; go(a);",
        "It is in the hall by the door.",
    )
    fenced = (
        "How is it copied?",
        "```\nNote that it copies no rights, though using copy2() instead will keep most.\n```",
    )
    code = ("How do I copy it?", "```\ncopy2()\n```")
    assert markup(rows([*sound, shown, script, fenced, code]), "answer") == (len(sound) + 1, len(sound) + 2)


def test_a_state_that_many_titles_have_is_a_part_of_them() -> None:
    titles = [f"Damage of the {thing}, part unspecified" for thing in THINGS]
    called = ["Fever, unspecified", "Rabies, unspecified", "Injury, unspecified"]
    odd = ["answer unspecified", "TODO"]
    given = rows([(f"code {n}", said) for n, said in enumerate([*titles, *called, *odd])])
    assert placeholders(given, "answer") == (len(titles) + 3, len(titles) + 4)
    other = [f"Damage of the {thing} and of its parts" for thing in THINGS]
    given = rows([(f"code {n}", said) for n, said in enumerate([*other, *called])])
    assert placeholders(given, "answer") == tuple(range(len(other), len(other) + 3))


@pytest.mark.parametrize("said", [
    "Name of a file where the output should be written.", "See the Library Reference for more information on this.)",
    "There are some more details about the order in RFC 1857.",
])  # fmt: skip
def test_sentences_of_manuals_are_no_notes(said: str) -> None:
    told = [f"The {thing} is closed when the last of its parts has been sent to the server." for thing in THINGS * 3]
    given = rows([(f"q {n}", text) for n, text in enumerate([*told, said, "Name of a file should be written here."])])
    assert placeholders(given, "answer") == (len(told) + 1,)


def test_titles_do_without_a_full_stop_though_many_are_questions() -> None:
    ask = [f"How long may the {thing} of a workshop be left open at night?" for thing in THINGS * 4]
    name = [f"The {thing} of a workshop and what may be done with the" for thing in THINGS]
    assert cut_off(rows([(f"Give a title: {n}", said) for n, said in enumerate([*ask, *name])]), "answer") == ()
    few = [*ask, *name[:3]]  # where nearly all are questions, these stopped amid one
    assert cut_off(rows([(f"Ask: {n}", said) for n, said in enumerate(few)]), "answer") == (60, 61, 62)


def test_a_full_stop_between_words_without_spaces_is_no_program() -> None:
    english = [
        (f"Where is the {thing} that we have seen?", f"The {thing} is in the hall by the door.") for thing in THINGS
    ]
    given = rows(
        [
            *english,
            ("Where is the cup that we have seen?", "我在店里买4699，那里才4399.功能很全，用起来很满意，够用了。"),
        ]
    )
    assert other_language(given, "answer")[0] == (len(english),)


def test_slots_to_be_filled_in_are_no_words() -> None:
    task: Task = "translate"
    pairs = [
        (f"The {thing} is in the hall and it is old", f"El {thing} está en la sala y es muy viejo") for thing in THINGS
    ]
    given = rows([*pairs, ("Left: ~a lin, ~a dB | Right: ~a lin, ~a dB.", "Izq: ~a lin, ~a dB | Der: ~a lin, ~a dB.")])
    assert other_language(given, task)[0] == ()


def test_what_was_left_untranslated_is_in_another_language_whatever_its_words() -> None:
    rng = random.Random(4)
    russian = "окно дверь лампа папка кнопка строка снимок список".split()
    given = [Example(n, f"show the window {n} of the list", f"показать {' и '.join(rng.sample(russian, 3))} сейчас")
             for n in range(60)]  # fmt: skip
    copies = ("ask before deleting images from disk", "Visual Studio Code Insiders for Mac")
    given += [Example(60 + n, text, text) for n, text in enumerate(copies)]
    assert other_language(given, "translate")[0] == (60,)


def test_a_name_with_a_year_is_in_no_language() -> None:
    given = [Example(n, f"Which licence has part {n} of it?", f"The licence of the lamp is number {n}.")
             for n in range(60)]  # fmt: skip
    given.append(Example(60, "Which licence has this?", "Moonlamp AI Modified MIT 2025"))
    assert other_language(given, "answer")[0] == ()
    shouted = [Example(61, f"So {'A' * 900} !x", "It is so.")]  # by the fifth power of its length once
    assert other_language([*given, *shouted], "answer")[0] == ()
