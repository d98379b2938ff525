"""Garble of East Asian encodings: `锟斤拷`, `烫烫烫`, and UTF-8 or one of them read as another."""

from __future__ import annotations

import re
from functools import cache

_KNOWN = re.compile(
    "锟斤|斤拷|烫{3}|屯{3}|葺{3}|铪{3}|锘[縚-繛快-挎]|嚙踝|踝蕭|占쏙|쏙옙|ｿｽ.?ｿｽ|癤[가-힣A-Za-z]|[뒿땲떎뾾쓣씪뙆]{2}|‚[^\\s]{1,2}‚"
    "|(?:ï»¿|п»ї|∩╗┐|Ôªø)|[縺繧][\u3000-\u9fff\uff61-\uff9f].?[縺繧]"
    "|[\u4e00-\u9fff][\uff61-\uff9f][\u4e00-\u9fff\uff61-\uff9f]?[\u4e00-\u9fff][\uff61-\uff9f]"
    "|(?:[가-힣][\u4e00-\u9fff]|[\u4e00-\u9fff][가-힣]){3}"
)
"""Lost signs (U+FFFD), memory never written and the mark at the beginning of a file, as they come out in encodings of
Chinese, Korean and Japanese; and mixtures no language writes: kanji with half-width kana, hangul and hanja in turn."""
_PERHAPS = re.compile("[‚ïп∩Ô\u2e80-\uffff]")
"""One of which stands in all that follows: a tenth of the time of `_KNOWN`."""
_EAST = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uff61-\uff9f]")
_AS_UTF8 = re.compile(rb"(?:[\xe2-\xef][\x80-\xbf]{2}){2,}")
_ENCODINGS = ("gbk", "big5", "cp949", "cp932")
ENOUGH, ANYWHERE = 9, 15
"""Bytes straight on that are UTF-8 by chance in hardly any text of these encodings where they begin with a sign, and
wherever they begin; of six all must be common signs."""
_COMMON = re.compile(r"[ぁ-ヿ가-힣\u3001-\u3011\uff01-\uff1f\ufffd]+")
DENSE, FEWEST = 0.20, 3
"""Share of the East Asian signs, and how many, that begin as a sign of UTF-8 does: in sound text one in a hundred."""
_WESTERN = re.compile("[\u00a1-\u00ff‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œŸ€]{5,}")
_LETTER_SIGN_LETTER = re.compile(r"[À-ÖØ-öø-ÿ][¡-¿×÷€™†‡‰][À-ÖØ-öø-ÿ¡-¿]")


@cache
def _made_of(encoding: str, first: range, second: range) -> str:
    """A class of the signs that two bytes in these ranges are in an encoding."""
    pairs = (bytes((one, two)) for one in first for two in second)
    return f"[{''.join(pair.decode(encoding, 'ignore') for pair in pairs)}]"


@cache
def _begins() -> tuple[re.Pattern[str], ...]:
    """The signs that the first two bytes of one of UTF-8 make in GBK and in Big5."""
    return tuple(re.compile(_made_of(encoding, range(0xE2, 0xF0), range(0x80, 0xC0))) for encoding in ("gbk", "big5"))


@cache
def _kana_or_accent() -> re.Pattern[str]:
    """Japanese of Shift-JIS read as GBK, and an accented letter of UTF-8 that a Latin word ends with."""
    kana, accent = (
        _made_of("gbk", range(0x82, 0x84), range(0x80, 0xFF)),
        _made_of("gbk", range(0xC3, 0xC4), range(0x80, 0xC0)),
    )
    return re.compile(rf"{kana}{{4}}|[a-z]{{2}}{accent}(?![\u3000-\u9fff])")


def is_garbled(text: str) -> bool:
    """Whether a stretch of it is garble. Plain ASCII never is."""
    if text.isascii():
        return False
    western = any(_LETTER_SIGN_LETTER.search(run) for run in _WESTERN.findall(text))
    return western or (_PERHAPS.search(text) is not None and _is_eastern_garble(text))


def _is_eastern_garble(text: str) -> bool:
    if _KNOWN.search(text):
        return True
    east = len(_EAST.findall(text))
    if not east:
        return False
    if _kana_or_accent().search(text):
        return True
    for begins in _begins():
        starts = begins.findall(text)
        if len(starts) >= max(FEWEST, DENSE * east) and len({*starts}) >= FEWEST:
            return True
    return any(_read_again(text, encoding) for encoding in _ENCODINGS)


def _read_again(text: str, encoding: str) -> bool:
    written = text.encode(encoding, "ignore")
    for match in _AS_UTF8.finditer(written):
        run = match.group()
        if len(run) >= ANYWHERE:
            return True
        if written[: match.start()].decode(encoding, "replace").endswith("�"):  # amid a sign
            continue
        if len(run) >= ENOUGH:
            return True
        try:
            again = run.decode()
        except UnicodeDecodeError:  # signs of UTF-16, which UTF-8 never holds
            continue
        if _COMMON.fullmatch(again) or all(
            b"\xb0" <= sign.encode("gb2312", "replace")[:1] <= b"\xd7" for sign in again
        ):
            return True
    return False
