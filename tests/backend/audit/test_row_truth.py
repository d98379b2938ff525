"""Rows that were once named wrongly or passed over: what is sound beside what is not."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable

import pytest

from backend.audit.encoding import broken_encoding, repaired
from backend.audit.labels import label_key
from backend.audit.language import other_language
from backend.audit.loops import looping
from backend.audit.markup import markup
from backend.audit.near_duplicates import compare, near_duplicates
from backend.audit.personal import find_personal, personal
from backend.audit.placeholders import placeholders
from backend.audit.refusals import refusals
from backend.audit.secrets import find_secrets
from backend.domain import Example


def answers(*texts: str) -> list[Example]:
    return [Example(row=n, input=f"Question {n}", answer=text) for n, text in enumerate(texts)]


def drawn_of(signs: str, longest: int) -> Callable[[random.Random], str]:
    return lambda rng: "".join(rng.choice(signs) for _ in range(rng.randint(1, longest)))


@pytest.mark.parametrize(
    "draw",
    [drawn_of(".- /", 20), drawn_of("-", 40), drawn_of("XO.\n", 12), drawn_of("._*", 8), drawn_of("x-", 16)],
    ids=["Morse code", "lines drawn", "a game", "an automaton", "drums"],
)
def test_signs_are_answers_where_the_file_answers_in_signs(draw: Callable[[random.Random], str]) -> None:
    rng = random.Random(5)
    assert placeholders(answers(*(draw(rng) for _ in range(200))), "answer") == ()


def test_signs_stand_in_among_words() -> None:
    real = [f"A real answer number {n}" for n in range(40)]
    assert placeholders(answers("...", "-", "xxxx", "???", *real), "answer") == (0, 1, 2, 3)


def test_labels_made_of_signs_are_not_spellings_of_each_other() -> None:
    assert label_key(".-") != label_key("-") and label_key("(1)") == label_key("1")


GARBLED = (
    "锟斤拷 is what is left", "烫烫烫烫", "a 屯屯屯 b", "锘縯he name", "嚙踝蕭", "占쏙옙 text", "ｿｽ・ｿｽ",
    "浣犲ソ锛屼笘鐣屻",
    "縺薙ｓ縺ｫ縺｡縺ｯ",
    "½ñÌìÌìÆøºÜºÃ", "point \uf0b7 one", "a\U000f0041b", "half\x0ba line", "half\x0ca line",
    "I don?t know", "caf\\u00e9 au lait",
    "caf\\xc3\\xa9 au lait", "caf=C3=A9 au lait", "Qu=E9bec is cold", "caf%C3%A9 au lait", "Hello%20there friend",
    "Come in.\\nSit down.", "Dear Ann,\\n\\nthanks",
)  # fmt: skip
SOUND = (
    "今天天气很好，我们去公园散步。", "縺れた糸を繕う", "한국어（韓國語）", "好烫烫，小心", "page\n\x0cpage",
    'print("a\\nb")', r"C:\new\notes",
    r"\nabla \times E = \rho", r"^\d+\n$", '{"a": "\\u00e9"}', "https://a.org/Caf%C3%A9", "=SUM(C3=A9)",
    "Use `\\n` there.",
    "Is it he?", "½ cup, ¿qué?", "x=20\ny=5",
    "polar distance (Chinese: 去极度; pinyin: qùjídù)",
)  # fmt: skip


ONE_BYTE = {
    "fr": "Le président a déjà parlé de la fenêtre française.", "de": "Die schöne Straße führt zum Müller.",
    "es": "La canción española de la mañana.", "en": "I don’t know: “Hello there”, he said.",
}  # fmt: skip


@pytest.mark.parametrize("language", ONE_BYTE)
@pytest.mark.parametrize("read", ["cp437", "cp850", "mac_roman"])
def test_letters_of_windows_read_as_those_of_other_machines(language: str, read: str) -> None:
    text = ONE_BYTE[language]
    assert broken_encoding(answers(text, text.encode("cp1252").decode(read))) == (1,)


def test_alphabets_of_one_byte_in_one_another_and_languages_that_look_like_it() -> None:
    russian, turkish = "Привет, как дела? Москва стоит на реке.", "Bugün çalışma için işe gidiyorum."
    garbled = [
        russian.encode("cp1251").decode("koi8_r"),
        russian.encode("cp1251").decode("cp866"),
        turkish.encode("cp1254").decode("cp1252"),
        ONE_BYTE["en"].encode("mac_roman").decode("cp1252"),
    ]
    sound = [
        "Halló, þetta er fréttaþjónusta Alþingis, það er nýtt.", "na hÉireann agus an tÓglach", "sinθcosφ, aⁿbⁿ, 2πr",
        "el país, la col·legi", "МГУ и НАТО", "COÛT TOTAL", "l'État d'Île-de-France", "cost–benefit, min≤max",
        "vil «ødelegge» noen «beste praksis»er", "durch »Überstreichen« erzielt", "paket “biner”dan “sumber”",
        "mo\u00adlec\u00adu\u00adlar switches",  # where a line may break
    ]  # fmt: skip
    assert broken_encoding(answers(*garbled, russian, turkish, *sound)) == (0, 1, 2, 3)


@pytest.mark.parametrize("text", ["Выберите «Файл» — снова.", "Επιλέξτε το αρχείο", "重要なファイル", "הקובץ נמצא שם"])
def test_other_alphabets_in_utf_8_read_by_an_old_macintosh(text: str) -> None:
    damaged = text.encode().decode("mac_roman")
    assert broken_encoding(answers(text, damaged)) == (1,) and repaired(damaged) == text


def test_who_mends_damaged_text_must_show_it() -> None:
    mending = [Example(row=row, input=f"dÃ©jÃ  vu {row}", answer=f"déjà vu {row}") for row in range(40)]
    assert broken_encoding(mending) == ()
    told = [f"What is {row}? The bytes were decoded twice, so Ã© stands for é." for row in range(40)]
    assert broken_encoding(answers(*told)) == ()
    fine = [f"Plain row number {row}." for row in range(40)]
    damaged = ["Read the bytes of the cafÃ© file.", "A \ufffc here", "The end.␀␀"]
    assert broken_encoding(answers(*fine, *damaged)) == (40, 41, 42)


def test_garble_of_many_kinds_and_what_only_looks_like_it() -> None:
    plain = [f"Fine day number {n}." for n in range(60)]
    assert broken_encoding(answers(*GARBLED, *SOUND, *plain)) == tuple(range(len(GARBLED)))
    traditional = "記得那時是每晚把《清醒紀》擺在床邊，入睡前隨意翻幾頁來看，這樣才能安然入睡。"
    assert broken_encoding(answers(traditional, *plain)) == ()  # two of its signs are bytes of a lone surrogate in GBK
    left = ("Caf<U+00E9> is open.", "Line one._x000D_ Line two.", "He said â€ yes to it.")
    assert broken_encoding(answers(*left, "It is <U+D800> and <U+FFFFFF>.", "the_x00_var is 3.", *plain)) == (0, 1, 2)
    assert repaired(left[0]) == "Café is open." and repaired("<U+D800> <U+FFFFFF>") == "<U+D800> <U+FFFFFF>"
    assert repaired("Busque segu\\xcc\\x81n su nombre") == "Busque segu\u0301n su nombre"
    assert repaired("caf\\u00e9 =E2=80=93 na\\xc3\\xafve.\\nYes") == "café – naïve.\nYes"


def test_escapes_and_signs_of_a_font_are_left_where_the_file_has_them_everywhere() -> None:
    assert broken_encoding(answers(*(f"\ue0b0 host {n} \ue0b0" for n in range(40)))) == ()
    assert broken_encoding(answers(*(f"Step {n}.\\nNext" for n in range(40)))) == ()


SAID = "The report was sent to every member of the board."
LOOPS = (
    "\n".join(f"{mark}. {SAID}" for mark in "i ii iii iv v vi vii viii ix".split()),
    " ".join(f"{mark}, {SAID}" for mark in "First Second Third Fourth Fifth".split()),
    "\n".join(["Q: Who wrote it?\nA: A retired nurse from Leeds."] * 4),
    " ".join([SAID, "The river rose."] * 4),
    " ".join(["On 12.03.2021 at 10:45 we sold 300 units for 4,500.00 EUR."] * 5),
    " ".join(f"In {1990 + n} the town grew a little more." for n in range(9)),
    f"{SAID} It is " + " ".join(f"{'very ' * n}late." for n in range(1, 12)), f"{SAID} 42 42 42" + " 42" * 20,
    f"{SAID} " + "<pad>" * 14, f"{SAID} " + "| " * 20, f"{SAID} {'#' * 40}",
    f"{SAID}{' .' * 30}", f"{'Sorry. ' * 9}{SAID} It has three chapters about rivers.", f"{SAID} {'0' * 100}",
    " ".join(f"{word} {word} {word} {word}" for word in SAID.split()),
    "We open at nine. " + "!" * 30, "Thank you! " + "=" * 120, "Thank you! " + "🙂" * 20, "❤️ " * 15,
)  # fmt: skip
THINGS = ("roof", "gate", "lamp", "well")
NO_LOOPS = (
    "\n".join(f"{mark}. The {thing} was mended." for mark, thing in zip("i ii iii iv".split(), THINGS, strict=True)),
    "\n".join(f"Week {n}: run {n + 2} km on Monday and {n + 3} km on Friday." for n in range(1, 9)),
    "\n".join(f"Lesson {n}. Introduction to part {n}" for n in range(1, 9)),
    "O O B-PER I-PER O O O B-LOC O O O", "So so good, and very very late, but it was it was fine in the end.",
    "Row, row the boat!\nRow, row the ship!\nRow, row the boat!\nRow, row the ship!",
    f"A title\n{'=' * 70}\nSome text about the town and its bridges.\n{'-' * 70}\nMore of it.", "Name: " + "_" * 40,
    "That is great! 👏👏👏👏👏", f"{SAID}\n{'-' * 60}", "It costs 1000000000000.",
    "| a | b | c |\n|---|---|---|\n| 1 | | |",
)  # fmt: skip


def test_loops_of_many_kinds_and_what_only_looks_like_one() -> None:
    plain = [f"Fine day number {n}." for n in range(60)]
    assert looping(answers(*LOOPS, *NO_LOOPS, *plain)) == tuple(range(len(LOOPS)))
    salad = [" ".join(random.Random(n).choices(SAID.split()[:6], k=60)) for n in range(9)]
    assert looping(answers(*salad[:3], *plain)) == (0, 1, 2)
    assert looping(answers(*salad, *plain)) == ()  # so many that the file is about words in any order
    rounds = [f"    text = text.replace('{sign}', '-')" for sign in ".,;:!?"]
    assert looping(answers("def clean(text):\n" + "\n".join(rounds) + "\n    return text", *plain)) == ()
    verses = "\n".join(" ".join(random.Random(n).choices(SAID.split()[:6], k=6)) for n in range(10))
    assert looping(answers(verses, *plain)) == ()
    asked = Example(row=0, input="Is it even possible that repeated runs differ?", answer=f"{SAID} " * 9)
    assert looping([asked, *(e._replace(row=e.row + 1) for e in answers(*plain))]) == (0,)
    for given, found in (
        ("Continue.\n\nHe was obliged to repeat what he had said, and more fully.", (0,)),
        ("In an example we made music by repeating an argument.", (0,)),
        ("Repeat what I say.", ()), ("I want you to repeat my mantra.", ()), ("Write it, repeating the line.", ()),
    ):  # fmt: skip
        assert looping([asked._replace(input=given), *(e._replace(row=e.row + 1) for e in answers(*plain))]) == found
    assert looping(answers(*(f"Row {n}: 0 0 0 0 0 0 0 0 0 0 0 0 0 0" for n in range(40)))) == ()


@pytest.mark.parametrize(
    "config",
    [
        "define('DB_PASS', '{}');", "SetEnv DB_PASSWORD {}", "ENV API_KEY {}", "<password>{}</password>",
        '["DB_PASS"] = "{}"',
        "- name: DB_PASS\n  value: {}", 'variable "db_pass" {{\n  default = "{}"\n}}', "web1 ansible_ssh_pass={}",
        "CREATE USER a IDENTIFIED BY '{}'", "set -x AUTH_TOKEN {}",
        "db.password {}", '<user password="{}"/>', "Pwd={};",
    ],
)  # fmt: skip
def test_secrets_in_the_dialects_of_configuration(config: str) -> None:
    before = config.format("\0").index("\0")
    assert find_secrets(config.format("Blue_Stone1984!")) == [(before, before + 15)]
    for stand_in in ("changeme", "your-password", "${DB_PASSWORD}", "<password>", "********", "password123"):
        assert not find_secrets(config.format(stand_in))


@pytest.mark.parametrize(
    "command",
    [
        "mysql -u root -p{} shop", "restic --password {} backup", "curl -u ada:{} https://api.acme.io",
        "sshpass -p {} ssh web1",
        "PGPASSWORD={} psql", "docker login -u ada -p {}", "redis-cli -a {} ping", "openssl rsa -passin pass:{}",
    ],
)  # fmt: skip
def test_passwords_of_letters_on_command_lines(command: str) -> None:
    assert find_secrets(command.format("kaffeekanne")) and not find_secrets(command.format("password"))
    assert not find_secrets("Use --password option or mysql -u root -port 3306")


@pytest.mark.parametrize(
    "text",
    [
        "Ola Nordmann, 221065 46510, Oslo", "My fnr is 16068957617.", "CPR-nummer 190456-0627", "kennitala 131187-6539",
        "EMŠO: 0609956501428", "CNP 1920402057195", "ЕГН: 8805224080", "OIB 65542198367", "ΑΜΚΑ: 16099084663",
        "Please check 96594954 6 ZZ4 again.", "TAJ szám: 378063542", "matricule 1983032899408", "SVNR 3925 161168",
        "rijksregisternummer: 68050932988", "contribuinte: 238331679",
    ],
)  # fmt: skip
def test_national_ids_of_smaller_countries(text: str) -> None:
    assert [kind for _, _, kind in find_personal(text)] == ["national id"]


@pytest.mark.parametrize("text", ["Smiðjan ehf., kt. 550169-0339", "kennitala er 500269-4649", "550169-0339 Reykjavík"])
def test_numbers_of_firms_are_public(text: str) -> None:
    assert not find_personal(text)


def test_numbers_like_ids_with_wrong_check_digits_are_none() -> None:
    for text in ("part 221065 46511", "lot 16068957618", "code 060995-12346", "box 0609956501429", "96594954 6 ZZ5"):
        assert not find_personal(text)


def test_order_numbers_are_no_ids_because_some_check_as_such() -> None:
    numbers = random.Random(4)
    sent = [f"They sent {numbers.randrange(10**6):06d}-{numbers.randrange(10**4):04d} back." for _ in range(600)]
    parcels = [Example(row=row, input=f"Where is box {row}?", answer=text) for row, text in enumerate(sent)]
    assert personal(parcels) == ((), ())
    said = [Example(row=len(sent), input="Her personnummer?", answer="Her personnummer is 811218-9876.")]
    alone = [Example(row=7, input="Who was it?", answer="That was 811218-9876, I think.")]
    assert personal(parcels + said)[0] == (len(sent),)
    assert personal(alone)[0] == (7,)


@pytest.mark.parametrize(
    ("text", "is_secret"),
    [
        (f'"auth": "{base64.b64encode(b"deploy:9yPreWFb6hmWjnl5").decode()}"', True),
        (f'"auth": "{base64.b64encode(b"something else to be read").decode()}"', False),
        ("Encryption: none\nPrivate-Lines: 1\nN8l9rFVXpTs2RmfGxVaja2iMXuPhfd8xOKt41o7U2CQw\nPrivate-MAC: 15b1", True),
        ("git clone https://ghp_hFFVCkrHJYcYB04rcImUiFJknkusbveSXFSb@github.com/acme/site.git", True),
        ('It broke. (token: api_key="2mKYXp5ywM6pB8oYzUnFptgCzOZt82ke")', True),
    ],
    ids=["login of a registry", "text in base 64", "key of PuTTY", "token in a link", "name before a name"],
)
def test_keys_in_the_formats_of_programs(text: str, is_secret: bool) -> None:
    assert bool(find_secrets(text)) is is_secret


@pytest.mark.parametrize(
    "text",
    [
        "| kWh | depth | won |\n|---|---|---|\n| 3778 | 7056 | 616 |\n| 911 | 4048 | 8134 |\n\nWhich depth?",
        "Press Share. The page opens in a new window with 83 items, and you can go on from there.",
        "def show(self):\n    # The name comes first, then the rest.\n    tags = self.tags\n"
        '    return f"{type(self).__name__} [{tags}]"\n    return tags',
        "Thank you for the order. WhatsApp me: 33 2518-1900",
    ],
    ids=["table", "how to do it", "program", "phone"],
)
def test_what_only_looks_like_a_page(text: str) -> None:
    rows = [Example(row=0, input=text, answer="That is right."), *answers("A first one.", "And a second one.")]
    assert markup(rows, "answer") == ()


def test_a_program_is_in_no_other_language() -> None:
    program = (
        "def reduce(self, rank):\n    if self.done is not None:\n        return\n    assert rank > 0\n"
        "    while len(self.cs) > rank:\n        del self.cs[0]"
    )
    prose = [f"The reading number {n} is the one that was taken in the room on the left." for n in range(40)]
    calls = "def destroy(self):\n    del self.option_list\n    del self.formatter\n    del self.groups[0]"
    rows = [Example(row=n, input=text, answer="yes") for n, text in enumerate([program, calls, *prose])]
    assert other_language(rows, "classify")[0] == ()


@pytest.mark.parametrize(
    ("text", "stands_in"),
    [
        ("remember to add the answer", True),
        ("Don't forget this row!", True),
        ("Need to check with Peter first.", True),
        ("<response/>", True),
        ("Remember to lock the door.", False),
        ("You need to check with your bank first.", False),
        ("Don't forget your umbrella!", False),
        ("doplnit později", True),
        ("daha sonra eklenecek", True),
        ("準備中", True),
        ("Wkrótce.", True),
        ("Позже будет дождь.", False),
    ],
)
def test_notes_to_oneself(text: str, stands_in: bool) -> None:
    real = [f"It is the {colour} one that stood at the door last year." for colour in "red blue green white".split()]
    assert placeholders(answers(*real, text), "answer") == ((4,) if stands_in else ())


@pytest.mark.parametrize(
    ("text", "refuses"),
    [
        ("This is a subject on which I must remain silent.", True),
        ("I'm afraid I must refuse to write about apples.", True),
        ("As your helper, I am obliged to decline.", True),
        ("I can neither confirm nor deny what apples are.", True),
        ("I was configured to steer clear of topics like apples.", True),
        ("I'm not comfortable giving details about apples.", True),
        ("Answer withheld because of its content.", True),
        ("Sorry, no can do!", True),
        ("You will not stop me!", False),
        ("I'm afraid I can't. My horse is lame.", False),
        ("Let's not go there. The wolves are many.", False),
        ("He must remain silent.", False),
        ("He was obliged to decline the crown.", False),
    ],
)
def test_who_is_obliged_to_decline_declines(text: str, refuses: bool) -> None:
    assert refusals(answers(text)) == ((0,) if refuses else ())


@pytest.mark.parametrize(
    ("end", "refuses"),
    [
        ("As an AI, I don't have access to your account.", True),
        ("Please note that as an AI language model I cannot verify this.", True),
        ("As an AI researcher, I do not work on this.", False),
        ("As an AI, I am happy to explain more.", False),
        ("He said that as an engineer I could not know.", False),
    ],
)
def test_a_machine_that_declines_behind_an_answer_is_told(end: str, refuses: bool) -> None:
    said = "The round button on the left side opens the menu, and the one beside it closes what is open. " * 4
    assert refusals(answers(f"{said}{end}")) == ((0,) if refuses else ())


@pytest.mark.parametrize(
    ("again", "is_copy"),
    [
        ("As far as I know, the committee chose a baker from the next town to lead the club.", True),
        ("The committee did not choose a baker from the next town to lead the club.", False),
        ("The committee chose a butcher from the next town to lead the club.", False),
    ],
)
def test_an_answer_with_a_phrase_before_it_is_a_copy(again: str, is_copy: bool) -> None:
    others = answers(*(f"The {part} stands behind the {part} of the other side." for part in ("door", "lamp", "wall")))
    said = "The committee chose a baker from the next town to lead the club."
    first = Example(row=3, input="Who leads the club?", answer=said)
    rows = [*others, first, Example(row=4, input="Who leads the club?", answer=again)]
    compared = compare(rows)
    assert near_duplicates(rows, compared.pairs, [], compared.known) == ((4,) if is_copy else ())


@pytest.mark.parametrize(
    "left",
    [
        "@media (max-width: 639px) { .side { display: none; } }",
        "body{font-family:Arial;background:#fff} a:hover{color:red}",
        '{"@context":"https://schema.org","@type":"Article","author":{"@type":"Person"}}',
        'style="width:294px; height:auto;"',
        "[attachment=8]Iraq.jpg[/attachment]",
        "so it was&nbsp&nbspsaid.",
    ],
)
def test_code_of_pages_before_and_behind_what_is_said(left: str) -> None:
    said = "The committee met on Tuesday to discuss the new harbour, after the fleet had left."
    assert markup(answers(f"{left} {said}", f"{said} {left}", f"{said}\n{left}", said), "answer") == (0, 1, 2)
