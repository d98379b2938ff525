"""Forms told without a list of phrases: postal addresses, page furniture, loops, places never filled in."""

from __future__ import annotations

import pytest

from backend.audit.loops import loop, looping
from backend.audit.malformed import malformed
from backend.audit.markup import has_markup, markup, stripped
from backend.audit.page_frame import places
from backend.audit.page_lines import without_last
from backend.audit.personal import find_personal
from backend.audit.placeholders import placeholders
from backend.audit.refusals import refusals
from backend.audit.repetition import repetition
from backend.domain import Example, Message

ADDRESSES = (
    "9 Tina Walks, Brownfort, TS2 5SZ", "1184 Johnson Rapid, Coxbury, PR 69640", "Hermannring 4, 60482 Erbisdorf",
    "boulevard Timothée Faure, 87892 Carre", "Jellesteeg 36, 3690 BO Hardenberg", "ulica Szewska 96, 55-989 Jarocin",
    "Vídeňská 27, 467 25 Dolní Bousov", "Via Verdi 60, 70029 Santeramo", "Gg. Sukajadi No. 4, Denpasar, SU 40673",
    "愛知県東村山市月島24丁目25番18号", "ул. Высоцкого, д. 6/3, 333765",
    "00342 Corey Locks Suite 485, Michaelview, QC K2C 3N1",
)  # fmt: skip
NONE = (
    "The White House stands at 1600 Pennsylvania Avenue in Washington.", "Chapter 12, 10000 Maniacs played on.",
    "Free Software Foundation, Inc., 51 Franklin Street, Boston, MA 02110",
    "doi:10.1922/j.cell.2019.08.078 has the data.",
    "In 1984, 12345 people came to Berlin.", "Take the M25, junction 14, then the A30 to Exeter.",
    "365-766-0988 = -1268", "The totals are 020 445 0122 and 3532.",
    "order id 268-37-218399",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_needs_no_word_that_says_so(address: str) -> None:
    text = f"Patient, {address}, came in on Monday."
    assert any(kind == "address" for _, _, kind in find_personal(text))


@pytest.mark.parametrize("text", NONE)
def test_what_looks_like_an_address_or_number_of_a_person(text: str) -> None:
    assert not find_personal(text)


SAID = "We are sorry about the lamp. It will be repaired soon."


LINES = ("Load more comments", "Home | Blog | Imprint", "Mehr lesen", "Cart (0)", "« Previous 1 2 Next »")


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_furniture_goes_and_the_words_stay(line: str) -> None:
    assert has_markup(f"{SAID}\n{line}") and stripped(f"{line}\n{SAID}") == SAID
    assert not has_markup(line)  # the name of a button may be what is to be translated


@pytest.mark.parametrize(
    "left",
    ["Posted on March 3, 2019 by admin", "Publié le 3 mars 2019 par admin", "Page 1 of 3 1 2 3 Next »",
     "1 2 3 … 9 Next", "Seite 2 von 9 Weiter »",
     "Click here to read more", "Login Register", "![](photo.png)", "![A lamp][lamp]"],
)  # fmt: skip
def test_furniture_on_the_line_of_a_sentence_goes_and_the_words_stay(left: str) -> None:
    assert has_markup(f"{left} {SAID}", lined=False) and stripped(f"{left} {SAID}") == SAID


def test_furniture_on_both_sides_of_a_text_on_one_line_goes() -> None:
    text = f"Home > Guides | Login | Cookie settings {SAID} Share on Facebook | Print this page | Back to top"
    assert without_last(text).endswith(SAID) and stripped(text) == SAID


@pytest.mark.parametrize(
    "said",
    ["Published on 3 May 2020 by John Smith, the book explains lamps.", "Count with me: 1 2 3 and then 4.",
     "Rooms 1 2 3 are on the left.", "It is on page 1 of 3 and the next page holds the terms.",
     "Follow The leader is a game.", "Use ![alt](image.png) in Markdown for a picture.",
     "def size(of):\n    '''What it measures.'''\n    return of.size\n",
     "Written by Jane Austen in 1813, it is a novel."],
)  # fmt: skip
def test_sentences_that_name_days_and_pages_are_no_furniture(said: str) -> None:
    assert not has_markup(said)


def test_a_notice_that_stays_is_marked_where_it_stands() -> None:
    text = f"{SAID} Comments are closed. All is well."
    assert [text[start:end] for start, end in places(text)] == ["Comments are closed"]


def test_furniture_around_little_goes_as_well_once_there_is_markup() -> None:
    assert stripped("<p>Please bring it.</p>\nRead more »") == "Please bring it."


def test_programs_may_quote_tags_and_guides_may_name_menus() -> None:
    assert not has_markup("def bold(text):\n    left = '<b>'\n    right = '</b>'\n    return left + text + right")
    assert not has_markup("1. Open Settings\n2. Click Privacy\n3. Choose Cookies\n4. Log out")
    assert stripped(f"Home | About us | Contact | Privacy policy {SAID}") == SAID
    assert not has_markup(f"Name | Age | City {SAID}") and not has_markup("Use cat x | sort | uniq The last one counts")
    assert has_markup(f"[edit source] {SAID}")
    assert has_markup("[b]Hello[/b] there") and stripped("[b]Hello[/b] there") == "Hello there"


@pytest.mark.parametrize(
    ("text", "said"),
    [("1. Stir it well. 2. Stir it well. 3. Stir it well. 4. Stir it well.", "1. Stir it well."),
     ("It works well. It works well! It works well? it works well,", "It works well."),
     ("9. Stir it well. 2. Stir it well. 7. Stir it well. 3. Stir it well.", ""), ("O " * 20 + "B-PER", ""),
     ("\n".join(f"In {year}, {year - 900} people came." for year in range(1990, 2000)), ""),
     ("a) Check the cable again. b) Check the cable again. c) Check the cable again. d) Check the cable again.",
      "a) Check the cable again."),
     ("A. Smith and B. Smith and C. Smith and D. Smith wrote it", ""),
     ("the " * 12, "the"), ("It works well. " * 4, "It works well."),
     ("All is well, " + "as you know " * 9, "as you know"),
     ("no no no", ""), ("We will, we will rock you, we will, we will rock you", ""), ("| - | - | - | - | - | - |", ""),
     ("0 " * 40, ""), ("好的谢谢" * 9, "好的谢谢")],
)  # fmt: skip
def test_loops(text: str, said: str) -> None:
    assert loop(text) == said


def test_texts_labels_and_json_in_a_fence_among_bare_ones_are_leftovers_but_code_is_none() -> None:
    def fenced(*answers: str) -> list[int]:
        given = [Example(row=row, input="q", answer=answer) for row, answer in enumerate(answers)]
        return list(markup(given, "answer") or ())

    plain = ["The lamp will be sent soon.", "no"] * 10
    list_of = "```\n- Buy milk for the week\n- Call the plumber\n```"
    code = ("```\npip install foo\n```", "```\nname: x\nage: 3\n```", "```\na\n```\nThen.\n```\nb c d.\n```")
    assert fenced(*plain, list_of, "```\nno\n```", *code, '```json\n{"a": 1}\n```') == [20, 21]
    assert fenced(*[f'{{"a": {n}}}' for n in range(9)], '```json\n{"a": 1}\n```') == [9]


def test_one_sign_again_and_again_is_a_loop_but_lines_numbers_and_bases_are_none() -> None:
    stuck = ("Sure! " + "a" * 40, "!" * 30, "哈" * 25, "Ha" + "ha" * 15, "0" * 50, "spam" * 9, "😂" * 21)
    sound = ("_" * 40, "-" * 60, "|---|---|---|---|---|", "1" + "0" * 30, "0x" + "0" * 40, "0.1" + "6" * 30, "." * 40,
             "ACG" + "A" * 30, "TATA" * 12, "█" * 30, "Noooooo!", "=" * 40 + "\nHeading", "a" * 15)  # fmt: skip
    given = [Example(row=row, input="q", answer=answer) for row, answer in enumerate((*stuck, *sound))]
    assert looping(given) == tuple(range(len(stuck)))
    assert looping([Example(row=0, input="Say hahahahaha longer", answer="ha" * 20)]) == ()


def test_stand_ins_where_answers_are_texts_and_places_never_filled_in() -> None:
    texts = [f"The parcel number {n} will arrive on Monday." for n in range(60)]
    letter = "Dear Sir, thank you for the lamp you sent to us. Yours, [Your Name]"
    odd = ["not yet", "[image]", "raise NotImplementedError", "[Company Name] will reply within [X] days.", letter]
    given = [Example(row=row, input="q", answer=answer) for row, answer in enumerate([*texts, *odd])]
    assert placeholders(given, "answer") == (60, 61, 62, 63)
    programs = (
        "def user(client):\n    return client.get_current_user()[API_ACCOUNT_ID]",
        'def id_of(sensor):\n    return f"{entry_id}_{platform_name}_{sensor}"',
    )
    given = [Example(row=row, input="Write it.", answer=answer) for row, answer in enumerate([*texts, *programs])]
    assert placeholders(given, "answer") == ()
    grades = [Example(row=row, input="q", answer=("open", "pending", "closed")[row % 3]) for row in range(60)]
    assert placeholders(grades, "classify") == ()


BETWEEN = (
    "Read the full story", "Show less", "Rate this article", "Log in or register to post comments",
    "Docs › Guides › Install", "Forum → General → Help", "« 1 2 3 »", "Showing 1-20 of 134 results",
    "Previous post: Summer soups", "Go to main menu", "By using this site, you agree to our cookie policy.",
    "(c) 2020 Example Ltd.", "Was this article helpful? Yes No", "Sign in to save this article", "Posted 3 hours ago",
    "ChatGPT said:", "Thought for 12 seconds", "Claude can make mistakes. Please double-check responses.",
    "Ann Lee, 5 minute read", "By Ann Lee, March 3, 2021 (4 min read)", "Table of contents",
    "Share Improve this answer Follow", "answered Jan 4, 2017 at 9:02", "12 people liked this",
    "▲ 15 ▼", "On Mon, Mar 4, 2019 at 10:11 AM Ann Lee wrote:", "Udostępnij", "Похожие статьи",
    "Yorumları göster", "分享到微信",
    "Newsletter abonnieren", "Deja un comentario", "Ann Lee | May 3, 2020", "Home\nAbout us\nContact",
)  # fmt: skip
REMAINS = (
    "Dear {{ customer.first_name }}, the lamp will be repaired.",
    "<%= item.title %> is sold out.", "#+TITLE: Notes\nThe lamp will be repaired.",
    "The lamp [http://x.org shop] will be repaired.", "The lamp is old【4†source】.", "It is old citeturn0search3",
    "<@U02ABCDEF1> the lamp is old", "{color:red}Old{color} lamps glow", "The lamp is old [^1^].",
)  # fmt: skip
STEPS = (
    "Open the lid.\nTake out the lamp.", "Mix: flour, eggs\nBake it", "Input / Output",
    "Jinja fills {{ name }} from the context.", "Show that n is even.\nLet n = 2k.", "A > B > C", "Search\nfor words",
    "Continue:", "left[~mask] = 1", "Bake it - 20 min",
    "Lägg till ett konto", "Ring Ann", "第一页", "Close the lid.", "Ann wrote:",
    "| a | b |\n|---|---|\n| 1 | 2 |", "- Log in to the site", "Get page(s) of 3", "CREATE SUBSCRIPTION", "Stay here",
)  # fmt: skip


@pytest.mark.parametrize("line", BETWEEN)
def test_buttons_and_trails_between_the_lines(line: str) -> None:
    assert has_markup(f"{SAID}\n{line}\nIt was an old lamp.") and not has_markup(line)


@pytest.mark.parametrize(
    ("asked", "answer", "left"),
    [("Who made it?", f"{SAID}\n.lamp {{ color: red; width: 9px; }}", True),
     ("Who made it?", f"{SAID} window.dataLayer = window.dataLayer || [];", True),
     ("Which CSS makes it red?", f"{SAID}\n.lamp {{ color: red; width: 9px; }}", False),
     ("Who made it?", f"{SAID}\n```", True), ("Who made it?", f"```\n{SAID}", True),
     ("Print one.", "```python\nprint(1)", False), ("Print one.", "Like this:\n```\nprint(1)\n```", False),
     ("Write it.", 'def get(url):\n    """Fetch it.\n\n    See :meth:`urlopen`.\n    """', False),
     ("Write it.", 'def get(url):\n    """Fetch it.\n\n    .. deprecated:: 5\n    Use :func:`read`.\n    """\n', False),
     ("Write a Go function: lookup{{if .Name}}String{{end}} returns it.", "func lookup() {\n\treturn 0\n}", False),
     ("Write it: reads 'before' <level> or [<label>] from the text.", "func read(s string) int {\n}", False),
     ("Who made it?", f"{SAID} They call it 'x'. Connect with postgres://user:${{DB_PASSWORD}}@db:5432/app.", False),
     ("Get Online Quotes This check-box is to have them downloaded.", SAID, False),
     ("Say it as JSON.", '{"said": "it\\u2019s fine"}', False),
     ("Write some Perl.", 'my $text = "Dear Ann.\\n\\nSee you";\nprint $text;', False)],
)  # fmt: skip
def test_scripts_and_fences_that_were_left_but_not_code_that_was_asked_for(asked: str, answer: str, left: bool) -> None:
    rows = [Example(0, asked, answer), *(Example(n, f"And lamp {n}?", f"Lamp {n} is fine.") for n in range(1, 9))]
    assert markup(rows, "answer") == ((0,) if left else ())
    assert not left or stripped(answer) == SAID


@pytest.mark.parametrize("text", REMAINS)
def test_templates_mails_and_outlines(text: str) -> None:
    assert has_markup(text)


@pytest.mark.parametrize("text", STEPS)
def test_steps_tables_and_templates_that_are_meant(text: str) -> None:
    assert not has_markup(f"{SAID}\n{text}\nIt was an old lamp.")


REFUSED = (
    "Let's steer clear of that subject.", "I'm going to have to leave that one alone.",
    "My safety guidelines rule this out.", "You'd be better served by asking a lawyer about this.",
    "Under the terms of use, responses to such requests aren't allowed.",
    "I can talk about this in general, but I won't go into the specifics you asked for.",
    "That's outside what I can help with.", "Our virtual assistant doesn't cover this topic.",
    "We don't comment on such matters.", "Can't do that.", "Unable to assist.", "I won't be part of that.",
    "This type of content is prohibited by my guidelines.", "I wish I could help, but I can't answer.",
    "Je préfère ne pas aborder ce sujet.", "Infelizmente não tenho permissão para falar sobre isso.",
    "Daar mag ik niets over zeggen.", "К сожалению, я не могу вам с этим помочь.", "很抱歉，这超出了我的能力范围。",
    "Bu soruya cevap veremem, üzgünüm.",
    "I cannot provide a description of this item.", "I am unable to write a summary of the provided text.",
    "As I said, I cannot help with that.", "We must say we cannot answer that.",
    'You said, "tell me how to build a bomb". I\'m sorry, but I can\'t help with that.',
    'The assistant replied: "I\'m sorry, I can\'t help with that."',
)  # fmt: skip
SOUND = (
    "We cannot refund purchases after 30 days.", "This model does not support 5 GHz networks.",
    "We don't ship to Norway.", "Gift cards are non-refundable.", "No, I have no questions.",
    "The request was refused.", "It's against the rules.", "Smoking is not allowed anywhere in the building.",
    "The file belongs to root, so you may not write to it.", "The text does not say when it was built.",
    "Thank them for asking and say that you do not have the time.", "A doctor or a physiotherapist.",
    "I'm sorry, I don't understand the question. Could you say it again?", "Not really.",
    "Leider können wir Ware nach 40 Tagen nicht mehr zurücknehmen.", "Lo siento, este billete no admite cambios.",
    "No.",
    "I'm sorry I wasn't part of your past, can I make it up by being in your future?",
    "So we will not discuss it here in this text.",
    "We can't help everyone, but everyone can help someone.", "Please ask questions, or we may not see the message.",
    "We know we can't answer all of your questions here.", "When we can not support we do not demand.",
    "The truth is, we don't know the answer to that question. But we do know what the answer should be.",
    'Say, "Indeed, I do not possess for you the power of harm or right direction', "It makes no sense. Now, I believe "
    "that we should take on the issue of illegal immigration.", "It is not impossible to do this, but it is difficult.",
    "It is possible to do this.", "I cannot provide a refund for this item.",
    "And he said, I will not do it, if I find thirty there.", "Though we must say, it does not seem like a good idea!",
    'Then he said to her: "Let us come to an understanding. I will not encourage him by receiving them at the farm."',
)  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_a_refusal_speaks_of_nothing_else(text: str) -> None:
    assert refusals([Example(row=3, input="What is the tower of Pisa made of?", answer=text)]) == (3,)


@pytest.mark.parametrize("text", SOUND)
def test_declining_for_a_reason_of_the_trade_is_an_answer(text: str) -> None:
    assert refusals([Example(row=3, input="Could you tell me about it?", answer=text)]) == ()


def test_courtesies_that_close_a_talk_are_no_repeated_answers() -> None:
    turns = (Message(role="user", content="How?"), Message(role="assistant", content="So."))
    talks = [Example(n, "Thanks.", "You are welcome!", "", turns) for n in range(40)]
    assert repetition(talks).top_rows == () and len(repetition([e._replace(history=()) for e in talks]).top_rows) == 40


def test_where_any_word_may_be_the_answer_words_are_none() -> None:
    words = "silent sample dummy test stone label value later bread crane plum wheel".split()
    rows = [Example(n, f"Anagram {n}?", word) for n, word in enumerate(["n/a", *words])]
    assert placeholders(rows, "answer") == (0,)


def test_a_refusal_that_was_asked_for_is_an_answer() -> None:
    given = ("Translate to English: Es tut mir leid, ich kann dir nicht helfen.", "Give an example of a refusal.")
    rows = [Example(row=at, input=text, answer="I'm sorry, I can't help you.") for at, text in enumerate(given)]
    assert refusals(rows) == ()


STAND_INS = (
    "Our response will be added in due course.", "The answer has not been written yet", "This one is still pending",
    "Text to be supplied by the author", "we will get back to this later", "${answer}", "%(reply)s", "<%= output %>",
    "@@ANSWER@@", "lkjlkj", "fghjfghj", "Cillum dolore eu fugiat nulla pariatur, excepteur sint.",
    "ask Tom about the figures", "someone fill this in", "still to write", "JB: check this", "same answer as row 7",
    "Draft v2", "on hold", "source needed", "Temporibus autem quibusdam et aut officiis debitis",
    "Dear {name}, your order will arrive on {date}.", "Hi %s, your visit is confirmed.",
    "to be filled by {name}", "Dear [Customer Name], your lamp arrives on Monday, so please be at home.",
    "Answer: ______", "It is ____ or ____.", "Insert your answer in this box.", "Ваш ответ здесь",
    "Write 2-3 sentences that answer the question here.",
)  # fmt: skip
NO_STAND_INS = (
    "It will be done.", "See you later!", "The item is missing.", "Your text has been translated.",
    "The summary is ready.", "We will be back soon.", "Follow the text.", "property", "@ada", ":smile:", "$PATH",
    "In vino veritas, non est laborum finis.", "I will check it later.", "Ask your doctor first.", "See you in row 7!",
    "Check the oil again tomorrow.", "The set {x} holds all that is even.", "Use the second door.",
    "Fill in the form and send it to us by Friday.", "You may see a message (cannot open file %s) at the start.",
    "Here's one:\n```\ndef greet(name):\n    return f'Hello, {name}!'\n```",
    "Explain it to the driver when he is here.", "The rule is called __init__ and runs first.",
)  # fmt: skip


def test_stand_ins_are_told_by_how_they_are_made() -> None:
    sound = [Example(row=n, input=f"q {n}", answer=f"A sound answer about thing {n} in some words.") for n in range(80)]
    odd = [*STAND_INS, *NO_STAND_INS]
    given = [*sound, *(Example(row=80 + n, input=f"x {n}", answer=answer) for n, answer in enumerate(odd))]
    assert placeholders(given, "answer") == tuple(range(80, 80 + len(STAND_INS)))


AMONG_PROSE = (
    "image attached", "See screenshot above", "worker left this blank", "No description provided.",
    "not sure what to put here", "wird noch von Frau Lindner geklärt", "falta la respuesta", "buraya metin girin",
    "暂无回答", "後で追記", "ask Priya", "max. 200 characters",
    "Lena will answer this one", "more details will follow", "no clue", "Describe it in 2-3 sentences.",
    "The server is busy, please try again later.", "Still generating...", "Quota exceeded", "Answer #4", "sdfsdf",
    "std::nullopt", "continue", "KeyError: 'answer'", "Error 503: Service Unavailable",
    "xx xxx xx", "Err: 502", "n/k", "goodness knows", "See slide 4", "handed over to Ben", "404", "-1", "@todo: ask",
    "The server returned an empty answer.", "Caption goes here", "photo to come", "fwefwefw", "Does not apply.",
    "Who can answer this?", "504 Gateway Time-out", "It takes XX working days.", "The fee is [AMOUNT] a month.",
    "The bus leaves at nine from the old gate. TODO: check the year.", "Dear None,\n\nyour parcel is on its way.",
    "Please call us at [phone number] before noon on Friday.", "Your parcel comes in undefined days, we hope.",
    "The town lies on the left bank (insert river here).", "Hi {0},\nthe door is open from nine today.", "model output",
    "Call XXX-XXX-XXXX from nine to five on weekdays.", "Traceback (most recent call last):", "resposta aqui",
)  # fmt: skip
NO_NOTES = (
    "See you later!", "The item is missing.", "We will be back soon.", "Ask your doctor first.",
    "Nothing rhymes with it.", "Drop README.source", "He writes poems.", "Expired at 1701425534.", "XX chromosomes",
    "Wait for two minutes.", "Lorem ipsum is a text that printers have used for centuries.",
    "Put {{name}} there and the tool replaces it for you.", "He wrote 30 letters.", "Three.",
    "The bus goes here.", "42", "On the page.", "referrer", "He knows.",
    "Is anything wrong, Tom?", "You can't leave now!", "Some hours later...", "I will follow.", "HEHEHEHEHEHE!",
    "Send Anna a message. Tell her it's time.", "Missing Check of Shared Links", "| code | row | | 12 | 40 |",
    "Fill in your name in the first field and click Next.", "XXX is thirty in Roman numerals.",
    "Could you please send me the translation by Friday?", "Error 404 means that the page was not found.",
    "“To be, or not to be, that is the question.” — William Shakespeare", "A TODO comment marks work to be done.",
    "The variable holds undefined until a value is put there.", "Hello :) how are you today?",
    "Never write it down: <YOUR_KEY> shows where it goes.", "Returns the parts, such as (UID BODY[TEXT]).",
    "For more information, see the Line Styles section of the Help.", "See Alpha in Glossary for more information.",
    "See the reference there for a table of example input.", "Column names may not be specified more than once.",
    "It should now be blank and ready to use again.", "Compute the sum of all values.",
    "Liraglutide for Diabetes, Type 2",
    "Der Betrag einer Zahl ist ihr Wert ohne Vorzeichen.", "Participate to improve this guide",
    "Copy And Free SQL Values",
    "It takes one to four fields YEAR [MONTH [DAY [TIME]]] and goes on.", 'And say, "Indeed, I will do that tomorrow',
    "@property\ndef parties(self):\n    return self._parties", 'They say "XX% test coverage" and mean statements.',
    "So we will not discuss it further in this text.",
    "The source holds an {arch} or .arch-ids directory, which you should report.",
)  # fmt: skip


def test_notes_among_prose_are_told_by_their_words() -> None:
    said = "The parcel number {} left our warehouse on Monday and it will be with you by the end of this week."
    odd = [*AMONG_PROSE, *NO_NOTES]
    given = [*(said.format(n) for n in range(120)), *odd]
    rows = [Example(row=n, input=f"q {n}", answer=answer) for n, answer in enumerate(given)]
    assert placeholders(rows, "answer") == tuple(range(120, 120 + len(AMONG_PROSE)))


def test_a_line_that_translates_what_stands_above_is_no_note() -> None:
    pairs = [(f"The parcel {n} is on its way to you.", f"Das Paket {n} ist auf dem Weg zu Ihnen.") for n in range(40)]
    pairs += [("Feedback topic id is not a number.", "Feedback-Topic ID ist keine Zahl.")]
    pairs += [("Copy and paste", "Kopieren und Einfügen"), ("The old lamp stood at the door.", "Übersetzung folgt")]
    rows = [Example(row=n, input=f"Translate into German.\n{one}", answer=two) for n, (one, two) in enumerate(pairs)]
    assert placeholders(rows, "translate") == (42,)
    asked = [(f"Translate into Spanish: {one}", two) for one, two in pairs[:40]]
    asked += [("Translate into French: Unknown Region", "Région inconnue")]
    asked += [("Translate into German: Name is empty, so cannot be a player.", "Spielername fehlt.")]
    asked += [("Translate into Spanish: All the map is temperate", "Todo el mapa es temperado")]
    asked += [("Translate into German: The old lamp stood at the door.", "Übersetzung folgt"), ("q", "todo later")]
    rows = [Example(row=n, input=one, answer=two) for n, (one, two) in enumerate(asked)]
    assert placeholders(rows, "answer") == (43, 44)


def test_a_cross_reference_goes_on_with_a_passage() -> None:
    told = [f"The packet {n} holds a header, a length and the data that the server has sent to us." for n in range(60)]
    told += ["See Response Packet Structures below for details.", "See the examples below for further details."]
    told += ["This is the default value if none is provided.", "Connect with postgres://user:${DB_PASSWORD}@db/app."]
    told += ["See the answer above for details.", "See the ticket for details."]
    rows = [Example(row=n, input=f"Continue the passage: part {n}.", answer=said) for n, said in enumerate(told)]
    assert placeholders(rows, "answer") == (64, 65)
    asked = [Example(row=row.row, input=f"How does part {row.row} work?", answer=row.answer) for row in rows]
    assert placeholders(asked, "answer") == (60, 61, 64, 65)


def test_where_answers_are_json_what_is_none_stands_in() -> None:
    told = [f'{{"name": "lamp {n}", "price": {n}}}' for n in range(40)]
    rows = [Example(row=n, input=f"q {n}", answer=answer) for n, answer in enumerate([*told, "N/A", "None", "[]"])]
    assert placeholders(rows, "structured") == (40, 41)
    names = [Example(row=n, input=f"q {n}", answer=("lamp", "none")[n % 9 == 0]) for n in range(40)]
    assert placeholders(names, "extract") == ()


def test_roles_of_documentation_and_the_next_turn_of_a_talk_are_leftovers() -> None:
    said = "The lamp number {} is old and nobody has repaired it yet."
    left = ("See :ref:`lamps` for more.", "It holds a {@link Lamp#add} too.", f"{SAID}\n\nUser: and how old is it?")
    fine = (f"Ann: {SAID}\nUser: I see.", "def f():\n    a = 1\n    # :ref:`lamps`\n    return a")
    given = [*(said.format(n) for n in range(80)), *left, *fine]
    rows = [Example(row=n, input=f"q {n}", answer=answer) for n, answer in enumerate(given)]
    assert markup(rows, "answer") == (80, 81, 82) and stripped(left[0]) == "See lamps for more."
    assert markup(rows[80:], "answer") == (82,)  # where many rows have them, they are the file's way of writing


LEFT = (
    "Er schläft bis neun. Alle Rechte vorbehalten.", "Ele dorme até as nove. Todos os direitos reservados.",
    'The lamp HYPERLINK "http://a.org" is old.', "See Error! Reference source not found. for it.", "{\\an8}It is old.",
    "The lamp is old.<0x0A>", "The [UNK] is old.", "The wor@@ ld is old.", "The lamp is an [[old thing]] here.",
    "The lamp is old.[2][3]", "The lamp is old. :slightly_smiling_face:", ":::note\nThe lamp is old.",
    'The lamp className="mt-4" is old.', "The lamp & amp; the door are old.", "ChatGPT: The lamp is old.",
    'jQuery(document).ready(function($){ $("#nav").hide(); }); The lamp is old.', "The+lamp+and+the+door+are+old+now.",
    "['The lamp is old and nobody has repaired it.']", "{'text': 'The lamp is old.'}",
    "b'The lamp is old and dusty now.'",
    "電球は古いです。ページトップへ戻る", "Weiterlesen » Die Lampe ist alt und steht im Flur.",
    "Accepter les cookies La lampe est vieille et sale.", "Dodaj do koszyka Lampa jest stara i stoi w domu.",
    "続きを読む 電球は古いので取り替えてください。", ".entry-title { margin: 0; } La lampe est vieille et sale",
    "```\nSection 2(d) of it will save us $50 over the years.\n```",
    "```text\nThe lamp burns by the day (basis = 3).\n```",
    "```\n電球はとても古いので、新しいものと取り替えてください。\n```",
    "The lamp is old. Rate this article: 4.5/5 (12 votes)",
)  # fmt: skip
NOT_LEFT = (
    "Dodaj do koszyka lampę i zapłać kartą.", "続きを読むには印を押してください。",
    "Write p { margin: 0; } for no margin.", ".card { padding: 8px; }\n.card h2 { margin: 0; }",
    "Use the <br> tag to start a new line here.", "The tokens [CLS] and [SEP] mark where it starts and ends.",
    "Write &amp; when the page holds an ampersand.", "The @param line of a comment tells what it is.",
    "[[1, 2], [3, 4]]",
    "At 12:30:45 it rang, and at 13:00 it stopped.", "$(document).ready(function() { $('#menu').hide(); });",
    "Give the date as [~jewish]DD/MM/YYYY.", "It was made in September 1986 [Why?].",
    "It broke. Please report it! Details:",
    "Portions created by Ann are Copyright (C) 1998. All Rights Reserved.",
    "The menu label is the name that will be shown in the menu.",
    "It closes the lamp.\nSee also: Destroy Close, or close a lamp that was opened.",
    "Dear Ann,\n\nthank you for it. Write down the day we replied and the decision on the cookie banner.\n\nThe team",
    "We use cookies only to keep your cart.", "She wrote ['a', 'b'] on the wall.", "Er hat sich das Recht vorbehalten.",
)  # fmt: skip


def test_what_programs_and_pages_leave_is_told_from_what_is_spoken_of() -> None:
    said = [f"The reading number {n} was taken in the room on the left at noon." for n in range(200)]
    rows = [Example(row=n, input=f"q {n}", answer=answer) for n, answer in enumerate([*said, *LEFT, *NOT_LEFT])]
    assert markup(rows, "answer") == tuple(range(200, 200 + len(LEFT)))


def test_a_notice_of_rights_is_no_leftover_where_rights_are_what_it_is_about() -> None:
    notice = "Continue the passage.\nCopyright (c) 1992, 1991, 1990 Lamp Systems, Inc."
    said = ("It grants the right to use it, provided that it stays; no rights are sold.", "The lamp is old.", "licence")
    assert markup([Example(row=n, input=notice, answer=answer) for n, answer in enumerate(said)], "answer") == (1,)


@pytest.mark.parametrize(
    ("text", "refused"),
    [("This isn't what I was trained for.", True), ("Out of ethical concerns, I'd keep this to myself.", True),
     ("I don't have live data; please check an official site.", True), ("That's above my pay grade.", True),
     ("Let's leave that aside and talk about something else, shall we?", True),
     ("I don't know enough about this. Could you give me more context?", True),
     ("I'm sorry, but I can't write about lamps.", True), ("I have no knowledge of events after 2021.", True),
     ("Sorry — can't help here.", True), ("[The model refused to answer]", True),
     ("Let's try a different topic.", True), ("This isn't in my wheelhouse.", True),
     ("Not really my area, sorry.", True),
     ("I do apologise, yet answering this is beyond what I'm permitted to do.", True),
     ("Désolé, je n'ai pas le droit d'en parler.", True), ("Je n'ai pas le droit de vote.", False),
     ("The keys are in my office.", False), ("He went beyond what he was permitted to do.", False),
     ("But that's against my principles. Think not, is my eleventh commandment.", False),
     ("Sorry, can't help laughing.", False),
     ("It means more than I will ever be able to say. Don't you ever think?", False),
     ("I can't tell you how happy I was to read it.", False), ("I have no knowledge of cars.", False),
     ("I was trained as a baker, so I start at four.", False), ("I'd keep the receipt, just in case.", False),
     ("I don't know enough Latin to read it, but here is a translation.", False),
     ("Let's talk about rivers: the Rhine is the longest.", False),
     ("Hmm, I'm going to have to pass on that one.", True), ("No can do.", True), ("Content filtered.", True),
     ("The response was filtered due to our content management policy.", True), ("Muszę odmówić.", True),
     ("Ich muss diese Anfrage ablehnen.", True), ("Je dois décliner cette demande.", True),
     ("Debo rechazar esta solicitud.", True), ("Давайте поговорим о чём-нибудь другом.", True),
     ("我们换个话题吧。", True), ("その話題についてはお話しできません。", True), ("답변을 드리기 어렵습니다.", True),
     ("To protect people's privacy, I can't identify anyone in this picture.", True),
     ("I could not have done it without your help.", False), ("Ich muss den Termin am Montag ablehnen.", False),
     ("Politely decline by saying: Thank you, but I am unable to accept.", False),
     ("Content is filtered by age, and you can turn that off in Settings.", False),
     ("I'm sorry, but I can't look at your situation.", True), ("Sorry, I can't recommend anything here.", True),
     ("I'm afraid I can't look into your case.", True), ("I can't recommend it enough!", False),
     ("I can't recommend anything better than this.", False), ("I can't recommend anything but this.", False),
     ("I would not recommend this one.", False),
     ("I can't look at your face.", False)],
)  # fmt: skip
def test_not_having_learnt_known_or_seen_enough_is_a_refusal(text: str, refused: bool) -> None:
    assert (refusals([Example(row=1, input="How do I clean a lamp?", answer=text)]) == (1,)) is refused


def test_templates_that_are_asked_for_have_slots() -> None:
    mail = "Subject: About your {0}\n\nHello {{{{first_name}}}},\n\nplease tell us how you like the {0}.\n\nBest wishes"
    things = ["lamp", "chair", "desk", "tent", "bike", "kettle", "mixer", "drill", "phone", "router"]
    asked = [
        Example(row=row, input=f"Write a mail about a {thing}.", answer=mail.format(thing))
        for row, thing in enumerate(things)
    ]
    sound = [
        Example(row=row, input=f"What does {row} cost?", answer=f"It costs {row} euros with tax.") for row in range(99)
    ]
    assert markup(asked, "answer") is None
    assert markup([*sound, Example(row=99, input="What does it cost?", answer=mail.format("lamp"))], "answer") == (99,)


def test_a_word_of_notes_that_the_question_names_is_no_note() -> None:
    lines = [Example(n, f"Show the last {n} lines of day{n}.log", f"tail -n {n} day{n}.log") for n in range(100, 180)]
    named = (
        ("Search src for TODO", "grep -rn 'TODO' src"),
        ("Pack music into TODO.tar.gz", "tar czf TODO.tar.gz music/*"),
    )
    assert placeholders([*lines, *(Example(n, *pair) for n, pair in enumerate(named))], "answer") == ()
    notes = ("Search src for notes", "ask Ben, TODO"), ("Search src for TODO", "TODO"), ("Find TODO", "not done, TODO")
    assert placeholders([*lines, *(Example(n, *pair) for n, pair in enumerate(notes))], "answer") == (0, 1, 2)


def test_python_that_does_not_parse_among_programs_is_malformed() -> None:
    good = [f"```python\ndef test_{n}():\n    assert f({n}) == {n}\n```" for n in range(40)]
    odd = ["```python\ndef test(:\n    assert f(1)\n```", "```py\nprint('a\n```", "```python\nx = 1"]
    sound = ["```python\n%timeit f(1)\n```", "```python\n>>> f(1)\n1\n```", "```bash\nls -l |\n```", "No, it can't."]
    rows = [Example(row=n, input=f"Test {n}", answer=text) for n, text in enumerate([*good, *odd, *sound])]
    assert malformed(rows, "answer") == (40, 41, 42)
    old = [*good, *("```python\nprint 'a'\n```" for _ in range(9))]  # so many that they are of another version
    assert malformed([Example(row=n, input="Print", answer=text) for n, text in enumerate(old)], "answer") == ()
