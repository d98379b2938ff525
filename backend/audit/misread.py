"""Words read with the wrong alphabet: `piГ±ata`, `f├╝r`, `S√£o`, `Geдndert`, told by what no language writes.

Where both alphabets have one byte a sign, letters turn into other letters: `dÚjÓ`, `franΘais`, `donÕt`, `çalýþma`.
"""

from __future__ import annotations

import re

SOME = (
    r"[A-Za-z](?:[\x{400}-\x{4ff}\x{4e00}-\x{9fff}\x{a1}-\x{bf}\x{d7}\x{f7}\x{200b}]|[„‰†‡‹›€˜ƒŠŽŸ□])[a-z]"
    r"|[\x{c0}-\x{ff}]{4}|[a-z]{2}[ΘΦΣΩατφⁿ▀⌠ˆÀ-ÖØ-Þ]|[a-z][íâ](?:t|s|m|re|ve|ll)\b|[ìôÒ][A-Z][a-z]|[.,!?]Ó"
    r"|[а-яё][А-ЯЁ]{2}|[ýþ][a-z]*[ýþ]|\b[³¸Ÿ][a-z]|[A-Z][„‹ˆ³Ÿ¸]|[a-z][–—·]\w\b|[a-z]·|[a-z]{2}[”„][a-z]"
    r"|[╧╨╩╦╬╠╚╔╤╥╒╙][а-яё]|[a-z][йŽ]|[A-Z]ⁿ[a-z]|ø[áíýúšž]|[a-z][ìù][a-zž]|è[a-z]*ì|[a-z]þ[a-z]|[a-z]”á|ÿþ|â\?"
    r"|[a-z]ý[b-z][^ ]{0,40}ý"
)
"""What a misread word may hold beside two signs beyond ASCII in a row (RE2)."""

_NEAR_LATIN = re.compile(
    r"(?<![A-Za-z])[A-Za-z]*(?:[A-Za-z][^\x00-\x7f]{2,6}|[^\x00-\x7f]{2,6}[A-Za-z]"
    r"|[a-z][^\x00-\xff\u0100-\u024f][a-z])(?:[A-Za-z]|[^\x00-\x7f]{1,6}(?=[A-Za-z]))*"
)
"""Letters are read from the beginning of their run only: from each of them it would take the square of the time."""
_OF_ONE_BYTE = (
    "latin-1", "cp1252", "cp1251", "cp1250", "mac_roman", "cp437", "cp850", "koi8_r", "iso8859_2", "iso8859_15",
    "cp1254",
)  # fmt: skip
_OF_TWO_BYTES = ("gbk", "big5", "cp932")
_BETWEEN = re.compile(
    r"[A-Za-z][\u0400-\u04ff][a-z]{2}|[a-z]{3}[йŽ](?!\w)|[A-Z]Ÿ[a-z]{2}|[A-Za-z]Θ[a-zα-ω]|[A-Z]ⁿ[a-z]{2}"
    r"|(?<!sin)(?<!cos)(?<!tan)[a-z]{3}Θ(?!\w)"
    r"|[a-z]□[a-z]|[a-z]¿(?:s|t|re|ve|ll|m)\b|[ąćęłńóśźż]±|±[ąćęłńóśźż]|[a-z]{3}[¡¢£¤][a-z](?!\w)|\b[a-z][£¢][a-z]{2}"
    r"|[a-z]”á|[а-яёў][®©¤¦][а-яёўҐ«]|\Aÿþ|ΓÇ|ÔÇ[ôöÖÿ£Øª]|[a-z]\u200b[a-z]+\u200b[a-z]"
    r"|[a-z]{2}[\u0400-\u04ff]{1,2}[a-z]{2}|[A-Za-z][a-z][\u0400-\u04ff][a-z]|[a-z][‰¸ŠŽŸ][a-z]"
    r"|[a-z]{2}[„‰†‡‹›€˜ƒ¡¢£¤¥¦§¨©ª«¬®¯¶¸¹²³º»¼½¾¿][a-z]{2}"
)
"""One sign of another alphabet, or of none, inside a word of small Latin letters."""
_OTHER_LETTER = re.compile(
    r"[a-z]{2}[À-ÖØ-Þ](?![A-ZÀ-Þ])|[a-z]{2}(?:[ΘΦΣΩⁿ÷]|[ατφ±](?=[a-z]{2})|[▀⌠])(?=[a-z])"
    r"|[a-z][ΘΦΣΩⁿ][a-z]{2}|[A-Za-z]÷[a-z]{2}|[a-z]{2}(?:▀|ˆ(?!\w))"
    r"|(?<!\w)[ìôÒ][A-Z][a-z]|[a-z][.,!?]Ó(?!\w)"
    r"|(?i:\b(?:don|isn|aren|wasn|weren|doesn|didn|can|won|couldn|shouldn|wouldn|haven|hasn|hadn)[íæõôâ]t\b"
    r"|\b(?:it|that|there|he|she|what|let|who|here)[íæõôâ]s\b"
    r"|\b(?:we|you|they)[íæõô](?:re|ve|ll|d)\b|\bi[íæõô](?:m|ve|ll|d)\b)"
    r"|[A-Za-z][¶¸¾½¼¤¦¨ª¬¯‹›„‰†ˆ][a-z]{2}|[A-Za-z][„‹ˆ][a-z]|[A-Z]³[a-z]{2}|(?<!\w)[³¸Ÿ][a-z]{2}|[a-z][a-km-z]·[a-z]"
    r"|[a-z]{2}[–—][dlnorstw](?!\w)|(?<!\S)[^\s“]*[a-z]{2}[”„][a-z]{2}|[╧╨╩╦╬╠╚╔╤╥╒╙][а-яё]{2}"
    r"|[aeıiouöüýäâ]þ(?![aeiouyáéíóúýæöjrvA-Z])\w*"
)
"""One-byte alphabets of DOS, the old Macintosh, Windows and Turkey read as one another: a capital letter after small
ones (no apostrophe of English looks like it, and Irish puts one small letter before a capital), Greek in a Latin word,
an Icelandic thorn that ends a syllable."""
_TURKISH, _NOT_TURKISH = re.compile("(?<!v)ý[b-df-hj-np-tv-z]"), re.compile("[áéíóúæðåşěř]")
_TURKISH_S = re.compile("[a-zçöüý]þ[a-zçöüý]")
FEWEST_TURKISH = 3
"""`hesabýnýz`, `sipariþim`: letters of Turkish read as Icelandic ones, in a text without the letters that Icelandic has
beside them."""
_CZECH = re.compile("[a-z]{2}ì[a-z]{2}|ø[áíýúšž]|[a-z]ù[a-zž]|è[a-zšž]*ì")
_BESIDE_CZECH, _NOT_CZECH = re.compile("[šžíý]"), re.compile("[ăâđêôơư\u1ea0-\u1ef9\u4e00-\u9fff]")
"""`zmìnit`, `Napøíklad`: no other language has grave accents inside words beside these letters, but for Vietnamese, and
Chinese in Latin letters."""
_TURNED_ROUND = re.compile(r"(?<![А-Яа-яЁё])[а-яё][А-ЯЁ]{2,}(?![А-Яа-яЁё])")
_CYRILLIC_CAPITAL, _CYRILLIC = re.compile("[А-ЯЁ]"), re.compile("[А-Яа-яЁё]")
FEWEST_CAPITALS, ALL_CAPITALS = 20, 0.9
"""Letters, and their share, of a sentence that is all in capitals but for its first letter."""
_ALL_ACCENTED = re.compile(r"(?<![^\W\d_])[À-ÖØ-öø-ÿ]{4,24}(?![^\W\d_])")
"""A word of Cyrillic or Greek read as Latin: no language writes four accented letters and no plain one."""
_QUOTES = str.maketrans("«»", "  ")
"""Where as many open as close they are quotes, and what they touch is no letter's other half: `«ødelegge»`."""
_SIGNS = frozenset("‘’“”„…–—«»°©®™€")


def _on_a_macintosh(first: int, last: int) -> str:
    return f"[{bytes(range(first, last + 1)).decode('mac_roman')}]"


_TWO, _THREE, _MORE = _on_a_macintosh(0xC3, 0xDF), _on_a_macintosh(0xE1, 0xEF), _on_a_macintosh(0x80, 0xBF)
_ON_A_MACINTOSH = re.compile(f"(?:{_TWO}{_MORE}|{_THREE}{_MORE}{{2}})+")
_SURELY_THERE = re.compile(f"(?:{_TWO}{_MORE}){{3}}|(?:{_THREE}{_MORE}{{2}}){{2}}")
"""`–ü—Ä–∏`, letters of Cyrillic, Greek, Chinese, in UTF-8 as an old Macintosh reads them: each of its first byte and
one or two behind it, which no language writes so often in a row."""


def has_misread(text: str) -> bool:
    """Whether a word of the text is misread. Plain ASCII never is."""
    if text.isascii():
        return False
    if "«" in text and text.count("«") == text.count("»"):
        text = text.translate(_QUOTES)
    text = " ".join([word for word in text.split(" ") if not word.isascii()])  # none of them goes across a space
    return (
        _BETWEEN.search(text) is not None
        or _OTHER_LETTER.search(text) is not None
        or _is_turned_round(text)
        or _is_turkish_or_czech(text)
        or _SURELY_THERE.search(text) is not None
        or any(_read_again(match.group()) is not None for match in _NEAR_LATIN.finditer(text))
        or any(len(set(match.group().lower())) >= 3 for match in _ALL_ACCENTED.finditer(text))
    )


def _is_turned_round(text: str) -> bool:
    """Whether small Cyrillic letters are large and large ones small, as Windows' are where they are read as KOI8-R."""
    capitals = len(_CYRILLIC_CAPITAL.findall(text))
    letters = len(_CYRILLIC.findall(text))
    if text[:1].islower() and capitals > max(FEWEST_CAPITALS, ALL_CAPITALS * letters):
        return True
    return capitals > letters / 2 and _TURNED_ROUND.search(text) is not None


def _is_turkish_or_czech(text: str) -> bool:
    if len(_TURKISH.findall(text)) >= FEWEST_TURKISH or _TURKISH_S.search(text):
        return _NOT_TURKISH.search(text) is None
    return bool(_CZECH.search(text) and _BESIDE_CZECH.search(text) and not _NOT_CZECH.search(text))


def read_again(text: str) -> str:
    """The text with those words mended of which the bytes are still there."""
    if text.isascii():
        return text
    if _SURELY_THERE.search(text):
        text = _ON_A_MACINTOSH.sub(lambda match: match.group().encode("mac_roman").decode(errors="replace"), text)
    return _NEAR_LATIN.sub(lambda match: _read_again(match.group()) or match.group(), text)


def _read_again(word: str) -> str | None:
    """The word as UTF-8 where its bytes in some other encoding are that, and what comes out are Latin letters."""
    beyond = [sign for sign in word if not sign.isascii()]
    if all(sign.islower() and sign < "\u0250" for sign in beyond):
        return None
    wide = any(sign >= "\u2e80" for sign in beyond)
    for encoding in _OF_TWO_BYTES if wide else _OF_ONE_BYTE:
        try:
            again = word.encode(encoding).decode()
        except UnicodeError:
            continue
        fresh = [sign for sign in again if not sign.isascii()]
        if len(again) <= len(word) - (not wide) and all(
            (sign.isalpha() and "\u00c0" <= sign < "\u0250") or sign in _SIGNS for sign in fresh
        ):
            return again
    return None
