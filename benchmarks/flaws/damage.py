"""Damage to a text: wrong decodings, lost and control characters, web leftovers, chat tokens, nothing at all."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from benchmarks.flaws.bases import Row

Spoil = Callable[[Row, random.Random], "Row | None"]

ACCENTED = (
    "Zoë’s café", "the naïve façade", "Müller & Söhne", "señor Núñez", "a “smörgåsbord” – free", "Besançon’s rôle",
    "São João", "Åse’s résumé", "50 € or £40", "Dvořák’s œuvre", "the Škoda in Łódź", "déjà vu…",
)  # fmt: skip
CYRILLIC, GREEK, JAPANESE = "Добро пожаловать в город", "Καλημέρα στον κόσμο", "日本語の説明書です"


def _put(text: str, piece: str, rng: random.Random) -> str:
    """The piece between two words of the text."""
    parts = text.split(" ")
    at = rng.randint(0, len(parts))
    return " ".join([*parts[:at], piece, *parts[at:]])


def _somewhere(row: Row, rng: random.Random, change: Callable[[str], str]) -> Row:
    return row._replace(input=change(row.input)) if rng.random() < 0.5 else row._replace(answer=change(row.answer))


def _misread(piece: str, written: str, read: str) -> str:
    return piece.encode(written).decode(read, errors="replace" if read != "latin-1" else "strict")


def mojibake(row: Row, rng: random.Random) -> Row:
    """UTF-8 read as another encoding, once or twice."""
    piece = rng.choice(ACCENTED)
    kind = rng.randrange(5)
    if kind == 0:
        bad = piece.encode().decode("cp1252", errors="ignore")
    elif kind == 1:
        bad = piece.encode().decode("latin-1")
    elif kind == 2:
        bad = piece.encode().decode("latin-1").encode().decode("latin-1")
    elif kind == 3:
        bad = rng.choice((CYRILLIC, GREEK, JAPANESE)).encode().decode(rng.choice(("latin-1", "cp1252")), "ignore")
    else:
        bad = piece.encode().decode(rng.choice(("mac_roman", "cp437", "cp1251", "cp1250")), "ignore")
    return row._replace(input=_put(row.input, bad, rng))


def lost_characters(row: Row, rng: random.Random) -> Row:
    """Latin-1 bytes read as UTF-8 with replacement marks."""
    bad = rng.choice(ACCENTED[:8]).encode("cp1252", "ignore").decode("utf-8", "replace")
    return _somewhere(row, rng, lambda text: _put(text, bad, rng))


def garble(row: Row, rng: random.Random) -> Row:
    """Chinese, Japanese or Korean read in another of their encodings, signs of a font, escapes written out."""
    piece = rng.choice(ACCENTED)
    escaped = "".join(sign if sign.isascii() else f"\\u{ord(sign):04x}" for sign in piece)
    quoted = "".join(sign if sign.isascii() else "".join(f"={byte:02X}" for byte in sign.encode()) for sign in piece)
    misread = ("你好，世界！今天天气很好".encode().decode("gbk", "ignore"), JAPANESE.encode().decode("cp932", "ignore"))
    bad = rng.choice((*misread, "锟斤拷" * rng.randint(1, 3), "烫烫烫烫", "占쏙옙", "\uf0b7", "\ue001", escaped, quoted))
    return _somewhere(row, rng, lambda text: _put(text, bad, rng))


def control_characters(row: Row, rng: random.Random) -> Row:
    """A control character inside a word."""
    sign = rng.choice("\x01\x02\x03\x07\x08\x0e\x10\x16\x1a\x7f\x80\x85\x96\x9d")
    return _somewhere(row, rng, lambda text: text[: len(text) // 2] + sign + text[len(text) // 2 :])


TAGS = (
    "<p>{}</p>", "<div class=\"post-body\">{}</div>", "{}<br><br>", "<span style='color:#333'>{}</span>",
    "<td width=20>{}</td>", "{} <img src=\"/a/b.png\" alt=\"\">", "<h2>{}</h2>", "<ul><li>{}</li></ul>",
    "{}<!-- end of content -->", "<a href=\"/home\">{}</a>", "<b>{}</b>", "<em>{}</em>", "{}</p>",
    "<blockquote>{}</blockquote>", "<font size=2>{}</font>", "{}<script>var a = 1;</script>", "<strong>{}</strong>",
)  # fmt: skip
ENTITIES = ("&nbsp;", "&amp;", "&quot;", "&#39;", "&lt;", "&rsquo;", "&eacute;", "&#8217;", "&mdash;", "&#x27;", "&bull;")
TRACKING = (
    "https://shop.example/p/8?utm_source=news&utm_medium=mail", "http://blog.example/a?fbclid=IwAR0abc",
    "https://t.example/x?id=3&gclid=Cj0KCQ", "https://m.example/?mc_cid=11&mc_eid=22",
    "https://n.example/story?ref=rss&utm_campaign=may", "https://v.example/?igshid=99a", "https://w.example/?msclkid=7",
)  # fmt: skip
NAVIGATION = (
    "Skip to main content", "Home > Products > Details", "Share this: Facebook Twitter Email",
    "We use cookies to improve your experience. Accept all", "Sign up for our newsletter", "Subscribe to our newsletter",
    "Please enable JavaScript to view this page", "Copyright © 2023 All rights reserved.", "Log in | Register | Help",
    "Read more »", "Previous article | Next article", "This site uses cookies. By continuing you agree.",
    "Click here to subscribe", "Follow us on Twitter and Facebook", "Menu Search Cart (0)", "Back to top ↑",
    "Terms of Use | Privacy Policy", "Advertisement - Continue Reading Below", "Toggle navigation", "[edit]",
)  # fmt: skip
TOKENS = (
    "<|im_start|>assistant\n{}<|im_end|>", "[INST] {} [/INST]", "{}</s>", "### Response:\n{}", "<|endoftext|>{}",
    "<start_of_turn>model\n{}<end_of_turn>", "{}<|eot_id|>", "<s>{}", "### Instruction:\n{}", "<<SYS>> {} <</SYS>>",
    "\n\nHuman: {}\n\nAssistant:", "<|assistant|>\n{}",
)  # fmt: skip


PAGE_LINES = (
    "Skip navigation", "Jump to search", "Close menu", "My Account | Cart | Checkout", "Cookie settings", "Load more comments",
    "Click image to enlarge", "Share 12 Tweet 4", "Follow us on social media", "Subscribe to continue reading",
    "No comments yet", "Posted on March 3, 2019 by admin", "5 min read", "Recommended for you", "« Previous 1 2 3 Next »",
    "Originally published at example.com", "Mehr lesen", "Lire la suite", "Leer más", "続きを読む", "Add to wishlist",
    "By continuing to browse the site you are agreeing to our use of cookies.", "Page not found", "Get directions",
    "Docs › Guides › Install", "Forum → General → Help", "Read the full story", "Show less", "Rate this article", "Print this page",
    "Log in or register to post comments", "Was this article helpful? Yes No", "Go to main menu", "« 1 2 3 »", "Menu",
    "Showing 1-20 of 134 results", "Previous post: Summer soups", "(c) 2020 Example Ltd.", "Wir verwenden Cookies.",
    "We value your privacy. Accept | Decline", "More from this author", "Tags: travel, food, italy", "Submit | Cancel",
    # from here on as pages of the half that the lists were not made on have them
    "Stay up to date with us. Subscribe to our newsletter.", "Share this product on messenger", "Posted: 5 months ago",
    "Click to share on Pocket (Opens in new window)", "You're logged in as", "Login with Google", "Share with Facebook",
    "Legal Information & Privacy Policy", "Facebook Pin Tweet Email", "Add a comment", "Scroll to Comments", "Top menu",
    "Images by Getty Images and US Presswire", "Expand / Collapse search", "Favorite Products", "Random Posts", "Buy Now →",
    "Pin this recipe for later!", "Last updated on 12.", "Abonniere unseren Newsletter", "Das könnte Sie auch interessieren",
    "Retour en haut de la page", "Saltar al contenido principal", "Vai al contenuto", "Get the App", "Write A Review",
)  # fmt: skip
PAGE_CODE = (
    "body {{ font-family: Arial; margin: 0; }}\n{}", "{}\n#nav a:hover {{ color: #333; }}", "{}\nga('create', 'UA-12-1', 'auto');",
    "{} window.dataLayer = window.dataLayer || [];", "$(document).ready(function() {{ init(); }});\n{}", "{}\n```", "```\n{}",
)  # fmt: skip
OTHERS = (
    "[b]{}[/b]", "[quote=anna]{}[/quote]", "{} [[Category:Towns in Spain]]", "== History ==\n{}", "{} {{{{reflist}}}}",
    "![image](https://x.example/a.jpg) {}", "{} [Read more](https://x.example/p)", "\\textbf{{{}}}", "{} \\cite{{knuth84}}",
    "{} {{{{ customer.name }}}}", "#+TITLE: Notes\n{}", "{} [http://x.example here]", "{} \\hline", "<%= item.title %> {}",
    ".. image:: a.png\n\n{}", "__NOTOC__ {}", "[font=Arial]{}[/font]", "<think>\nOkay.\n</think>\n{}", "<answer>{}</answer>",
)  # fmt: skip


def page_lines(row: Row, rng: random.Random) -> Row:
    """A line of a page's furniture before or after."""
    piece = rng.choice(PAGE_LINES)
    return _somewhere(row, rng, lambda text: f"{piece}\n{text}" if rng.random() < 0.5 else f"{text}\n{piece}")


def other_markup(row: Row, rng: random.Random) -> Row:
    """Markup of wikis, boards, LaTeX, Markdown and chats."""
    return row._replace(answer=rng.choice(OTHERS).format(row.answer))


def page_code(row: Row, rng: random.Random) -> Row:
    """Scripts and rules of style without their tags, and half a code fence."""
    return row._replace(answer=rng.choice(PAGE_CODE).format(row.answer))


def loop(row: Row, rng: random.Random) -> Row | None:
    """An answer that goes round in circles: a word, a few words or all of it, or its end."""
    said = row.answer.split()
    if len(said) < 8 or re.search(r"[{}\[\]|=;<>]", row.answer):
        return None
    some = said[: rng.randint(2, 5)]
    first = re.split(r"(?<=[.!?])\s", row.answer)[0].rstrip(".!?")
    rounds = range(1, rng.randint(5, 16))
    ways = (
        [said[0]] * rng.randint(12, 50), some * rng.randint(6, 20), said * 4, said + said[-3:] * rng.randint(10, 25),
        [f"{number}. {first}.\n" for number in rounds], [f"Step {number}: {first}\n" for number in rounds],
        [first + rng.choice(".!?,;") for _ in rounds], [row.answer, said[-1].strip(".") * 40],
    )  # fmt: skip
    return row._replace(answer=" ".join(rng.choice(ways)))


def tags(row: Row, rng: random.Random) -> Row:
    """HTML around or inside."""
    return _somewhere(row, rng, lambda text: rng.choice(TAGS).format(text))


def entities(row: Row, rng: random.Random) -> Row:
    """An HTML entity between two words."""
    return _somewhere(row, rng, lambda text: _put(text, rng.choice(ENTITIES), rng))


def tracking_links(row: Row, rng: random.Random) -> Row:
    """A link with tracking parameters."""
    return _somewhere(row, rng, lambda text: f"{text} {rng.choice(TRACKING)}")


def navigation(row: Row, rng: random.Random) -> Row:
    """Text of a page's frame before or after."""
    piece = rng.choice(NAVIGATION)
    return _somewhere(row, rng, lambda text: f"{piece}\n{text}" if rng.random() < 0.5 else f"{text}\n{piece}")


def chat_tokens(row: Row, rng: random.Random) -> Row:
    """The marks of a chat template inside a text."""
    return row._replace(answer=rng.choice(TOKENS).format(row.answer))


def fences(row: Row, rng: random.Random) -> Row:
    """A plain answer inside a code fence."""
    return row._replace(answer=f"```{rng.choice(('', 'text', 'markdown', 'plaintext'))}\n{row.answer}\n```")


BLANKS = ("", " ", "\n", "\t \n", "\u200b", "\u00a0", "\ufeff", "\u3000", "\u2060\u200d", "\u3164", "\u2800", "\u00ad", "\u180e")


def no_input(row: Row, rng: random.Random) -> Row:
    """A blank input."""
    return row._replace(input=rng.choice(BLANKS))


def no_answer(row: Row, rng: random.Random) -> Row:
    """A blank answer."""
    return row._replace(answer=rng.choice(BLANKS))


def cut_off(row: Row, rng: random.Random) -> Row | None:
    """The answer stops after some of its words, or in the middle of one."""
    said = row.answer.split(" ")
    if len(said) < 6:
        return None
    keep = rng.randint(max(3, len(said) // 3), len(said) - 2)
    text = " ".join(said[:keep])
    if rng.random() < 0.5:
        nxt = said[keep]
        text = f"{text} {nxt[: max(1, len(nxt) // 2)]}" if len(nxt) > 3 else text
    text = text.rstrip()
    return None if re.search(r"[.!?:;…)\"'*`\]}|>]$", text) else row._replace(answer=text)


def cut_at_length(characters: int) -> Spoil:
    """Answers longer than that are cut there, as by a limit on tokens."""

    def spoil(row: Row, rng: random.Random) -> Row | None:
        text = row.answer[:characters].rstrip()
        shorter = len(row.answer) > characters + 3 and not re.search(r"[.!?:;…)\"'*`\]}|>]$", text)
        return row._replace(answer=text) if shorter else None

    return spoil


def open_fence(row: Row, rng: random.Random) -> Row | None:
    """A code block whose end is missing."""
    head = " ".join(row.answer.split(" ")[:12])
    return row._replace(answer=f"{head}\n```python\ndef run(values):\n    for value in values:\n        print(value")


def broken_json(row: Row, rng: random.Random) -> Row:
    """JSON that does not parse, broken in one of ten ways."""
    text = row.answer
    ways = (
        lambda: text[: rng.randint(len(text) // 2, len(text) - 1)], lambda: text.replace('"', "'"),
        lambda: text[:-1] + ",}", lambda: text.replace(": ", " ", 1), lambda: text.replace('"', "", 1),
        lambda: f"Here is the JSON: {text}", lambda: f"{text}\nLet me know if you need more.",
        lambda: text.replace('", "', '" "', 1) if '", "' in text else text[:-1], lambda: text + "}",
        lambda: text[:-1] + ', "note": None}',
    )  # fmt: skip
    return row._replace(answer=rng.choice(ways)())
