"""National ids: told by their form and check digits, and by the words around them where the form alone says little.

Forms and check digits are those that each country has laid down; python-stdnum describes most of them, with sources
(https://arthurdejong.org/python-stdnum/). How far around a number its words are read is our choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date

from backend.audit.before import names_a_thing

SOME = r"\d{8}-?[A-Z]|[XYZ]-?\d{7}|[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}|[A-Z]{5}\d{4}[A-Z]|\d{6}[-+A]\d{3}"
"""What ids hold that have no six digits with hardly anything between them (RE2)."""

FEWEST_IN_FORM = 13
"""Digits from which on a number without letters and marks may be an id by its form alone."""
_JOINS = re.compile(r"[^\W\d]\d|\d[^\W\d]|\d-")
_RUNS = re.compile(r"\d[\dA-Z]*(?:[ ./+-]?[\dA-Z]*\d[\dA-Z]*)*")


def find_ids(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, kind) of each; kinds are ssn, nino and national id."""
    for run in _RUNS.finditer(text):
        if sum(map(str.isdigit, run.group())) >= 6:
            bare = run.group().isdigit() and not _JOINS.search(text, max(0, run.start() - 1), run.end() + 1)
            kinds = _BY_WORDS if bare and len(run.group()) < FEWEST_IN_FORM else KINDS
            yield from _in_run(text, max(0, run.start() - 8), min(len(text), run.end() + 6), kinds)


def said_to_be_id(text: str, start: int) -> bool:
    """Do the words right before say that a number is an id?"""
    return _SAID.search(text[max(0, start - 60) : start]) is not None


def _in_run(text: str, start: int, end: int, kinds: Iterable[_Kind]) -> Iterator[tuple[int, int, str]]:
    for pattern, near, check, kind in kinds:
        for match in pattern.finditer(text, start, end):
            if not check(re.sub(r"[\s./-]", "", match.group()).upper()):
                continue
            before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() : match.end() + 40]
            if (near.search(before) or near.search(after)) if near else not names_a_thing(text, *match.span()):
                yield match.start(), match.end(), kind


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    """The sum of the digits, each times its weight."""
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=False))


def luhn(digits: str) -> bool:
    """The check digit of payment cards and many ids (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _birthday(text: str, month: int, more: int = 0) -> bool:
    """Two digits of a month from `month` on, then two of a day, which may count `more` from 1 on."""
    return 1 <= int(text[month : month + 2]) <= 12 and 1 <= int(text[month + 2 : month + 4]) - more <= 31


def _day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _us(text: str) -> bool:
    """United States: numbers that may be given out (SSN), or to taxpayers without one (ITIN). No check digit."""
    area, group, serial = text[:3], text[3:5], text[5:]
    known = text in ("078051120", "219099999", "123456789", "111223333")  # printed in adverts and guides
    itin = area[0] == "9" and (50 <= int(group) <= 65 or 70 <= int(group) <= 88 or 90 <= int(group) <= 99)
    return not known and area not in ("000", "666") and (area[0] != "9" or itin) and group != "00" and serial != "0000"


def _dni(text: str) -> bool:
    """Spain (DNI, NIE): a letter for the remainder of 23."""
    number = int(text[:-1].translate(str.maketrans("XYZ", "012")))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == text[-1]


_ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22,
    25, 24, 23), strict=True))  # fmt: skip


def _codice_fiscale(text: str) -> bool:
    """Italy: a letter for the remainder of 26; signs in odd places count as in `_ODD`."""
    total = sum(_ODD[sign] if at % 2 == 0 else int(sign) if sign.isdigit() else ord(sign) - 65
                for at, sign in enumerate(text[:15]))  # fmt: skip
    return chr(65 + total % 26) == text[15]


def _nir(text: str) -> bool:
    """France: 97 less the remainder; 2A and 2B are the two parts of Corsica."""
    return 97 - int(text[:13].replace("2A", "19").replace("2B", "18")) % 97 == int(text[13:])


def _cpf(text: str) -> bool:
    """Brazil: two check digits modulo 11."""
    if len(set(text)) == 1:
        return False
    return all(
        _weighted(text, tuple(range(size + 1, 1, -1))[:size]) * 10 % 11 % 10 == int(text[size]) for size in (9, 10)
    )


def _chinese(text: str) -> bool:
    """China: a day of birth, and a check digit modulo 11 in which 10 is X (GB 11643)."""
    if not _day(int(text[6:10]), int(text[10:12]), int(text[12:14])):
        return False
    total = _weighted(text[:17], (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2))
    return "10X98765432"[total % 11] == text[17]


def _pesel(text: str) -> bool:
    """Poland: a day of birth, with the century in the month, and a check digit modulo 10."""
    return _day(1900, int(text[2:4]) % 20, min(int(text[4:6]), 28)) and (
        _weighted(text, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0
    )


def _bsn(text: str) -> bool:
    """The Netherlands: the weighted sum is divisible by 11."""
    return _weighted(text, (9, 8, 7, 6, 5, 4, 3, 2, -1)) % 11 == 0


def _tax_id(text: str) -> bool:
    """Germany (ISO 7064, MOD 11,10)."""
    product = 10
    for digit in text[:10]:
        product = ((int(digit) + product) % 10 or 10) * 2 % 11
    return (11 - product) % 10 == int(text[10])


_TIMES = tuple(tuple(int(sign) for sign in row) for row in (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043",
    "8765932104", "9876543210"))  # fmt: skip
_TURN = tuple(tuple(int(sign) for sign in row) for row in (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"))


def _aadhaar(text: str) -> bool:
    """India: Verhoeff's check digit."""
    check = 0
    for at, digit in enumerate(reversed(text)):
        check = _TIMES[check][_TURN[at % 8][int(digit)]]
    return check == 0


def _swedish(text: str) -> bool:
    """Sweden: a day of birth (60 more for those who are only registered) and Luhn's check."""
    return (_birthday(text, 2) or _birthday(text, 2, 60)) and luhn(text)


def _hetu(text: str) -> bool:
    """Finland: a sign for the remainder of 31."""
    return "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(text[:6] + text[-4:-1]) % 31] == text[-1]


def _ahv(text: str) -> bool:
    """Switzerland: the check digit of EAN-13."""
    return (10 - _weighted(text[:12], (1, 3) * 6) % 10) % 10 == int(text[12])


def _niss(text: str) -> bool:
    """Belgium: 97 less the remainder of the first nine digits, with a 2 in front for those born from 2000 on."""
    return int(text[9:]) in (97 - int(text[:9]) % 97, 97 - int(f"2{text[:9]}") % 97)


def _rodne_cislo(text: str) -> bool:
    """Czechia and Slovakia: a date (months of women plus 50) and divisible by 11."""
    dated = 1 <= int(text[2:4]) % 50 % 20 <= 12 and 1 <= int(text[4:6]) <= 31
    return dated and (len(text) == 9 or int(text) % 11 == 0)


def _rut(text: str) -> bool:
    """Chile, modulo 11."""
    total = sum(int(digit) * (2 + at % 6) for at, digit in enumerate(reversed(text[:-1])))
    return "0K987654321"[total % 11] == text[-1]


def _cuil(text: str) -> bool:
    """Argentina, modulo 11."""
    return (11 - _weighted(text[:10], (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11 == int(text[10])


def _nric(text: str) -> bool:
    """Singapore."""
    total = _weighted(text[1:8], (2, 7, 6, 5, 4, 3, 2)) + (4 if text[0] in "TG" else 0)
    return ("JZIHGFEDCBA" if text[0] in "ST" else "XWUTRQPNMLK")[total % 11] == text[-1]


def _korean(text: str) -> bool:
    """South Korea: a day of birth alone: numbers given out since 2020 have no check digit."""
    return _birthday(text, 2)


def _curp(text: str) -> bool:
    """Mexico: a day of birth alone; the check digit is not looked at."""
    return _birthday(text, 6)


def _nhs(text: str) -> bool:
    """The health service of England and Wales: modulo 11; numbers that begin with 999 are set aside for tests."""
    return (11 - _weighted(text[:9], (10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11) % 11 == int(text[9]) and text[:3] != "999"


def _south_african(text: str) -> bool:
    """South Africa: a day of birth, a digit for citizens (0) and others (1), and Luhn's check."""
    return _day(2000, int(text[2:4]), int(text[4:6])) and text[10] in "01" and luhn(text)


def _snils(text: str) -> bool:
    """Russia: the weighted sum modulo 101."""
    return _weighted(text[:9], (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 101 % 100 == int(text[9:])


def _norwegian(text: str) -> bool:
    """Norway: two check digits modulo 11 behind a day (40 more for those without a birth number of their own)."""
    if not _day(2000, int(text[2:4]), int(text[:2]) % 40):
        return False
    first, second = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
    return _weighted(text[:10], first) % 11 == 0 and _weighted(text, second) % 11 == 0


def _icelandic(text: str) -> bool:
    """Iceland: a day of birth (that of a firm has 40 more: public), and the weighted sum is divisible by 11."""
    return _day(2000, int(text[2:4]), int(text[:2])) and _weighted(text, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0


def _latvian(text: str) -> bool:
    """Latvia: a day of birth and a check digit modulo 11."""
    check = (1 + _weighted(text, (10, 5, 8, 4, 2, 1, 6, 3, 7, 9))) % 11 % 10
    return _day(2000, int(text[2:4]), int(text[:2])) and check == int(text[10])


def _emso(text: str) -> bool:
    """Slovenia and other countries of former Yugoslavia: day, month, three digits of the year, modulo 11."""
    check = -_weighted(text, (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return _day(2000, int(text[2:4]), int(text[:2])) and text[4] in "90" and check == int(text[12]) and len({*text}) > 3


def _portuguese(text: str) -> bool:
    """Portugal: Luhn's check, letters counted as 10 and so on, of the citizen's card."""
    values = [int(sign, 36) * (2 - place % 2) for place, sign in enumerate(text)]
    return sum(value - 9 * (value > 9 and not place % 2) for place, value in enumerate(values)) % 10 == 0


def _not_made_up(text: str) -> bool:
    """Six digits or more, three of them different, that do not count up: enough for what is said to be an id."""
    digits = "".join(filter(str.isdigit, text))
    return len(digits) >= 6 and len(set(digits)) > 2 and digits not in "01234567890123456789" and len(text) <= 20


def _any(_: str) -> bool:
    """For ids without check digits."""
    return True


def _near(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{words})" + ("" if words.endswith("Z") else r"(?!\w)"), re.IGNORECASE)


_SSN = r"\d{3}([- ])\d{2}\1\d{4}"
_SAID_TO_BE = (
    # English, with words behind it: `national insurance number`.
    r"(?:(?:social (?:security|insurance)|national (?:id(?:entity|entification)?|insurance)"
    r"|(?:personal |citizen )?identity(?: card)?|personal (?:identification|id|number|code)"
    r"|(?:my|his|her|their|your|valid|official|photo) id(?= )|citizen(?: id)?"
    r"|tax(?:payer)?[ -](?:id(?:entification)?|file|payer)|resident registration|aa?dh?aar|uidai|आधार)"
    r"(?: number| no\.?| code| card)*"
    # Short for it.
    r"|(?-i:SSN|NIN|NINO|DNI|NIE|NIF|AHV|AVS|NISS|INSZ|CNP|EGN|AMKA|TCKN|OIB|JMBG|CPR|PPSN?|NRIC|FIN|HKID|CURP|RUT"
    r"|CUIL|CUIT|TFN|IRD|EM[ŠS]O|AFM|ΑΦΜ|ΑΜΚΑ|ЕГН|NIR|TAJ|RČ|SVNR|ARC|CC|a\.k\.)"
    # In other languages.
    r"|fødselsnr\.?|fnr\.?|d-nummer|birth number|cpr|cod numeric personal|id[ -]card"
    r"|maltese id|matricule|numéro (?:d['’]identification national|de registre national|de sécurité sociale)"
    r"|rijksregister|national number|contribuinte|cartão de cidadão|személyi (?:szám|azonosító)|taj[ -]szám"
    r"|adóazonosító(?: jel)?|adószám|hetu|versicherungs|rodne cislo|единен граждански номер"
    r"|αριθμός ταυτότητας|ταυτότητα|personnummer|fødselsnummer|henkilötunnus|isikukood|asmens kodas|personas kods"
    r"|rodné číslo|svnr|sozialversicherungsnummer|t\.?c\.? kimlik(?: no)?|kimlik no|código personal"
    r"|número de identidad|снилс|инн|паспорт|身份证号?码?|マイナンバー|주민등록번호)"
    r"(?:-?(?:nummer|nr\.?))?(?:,? (?:is|was|number|no\.?|nr\.?|nummer|code|er|är|ist|est|es|jest|on|je|е)){0,2}"
    r"[\s:=#(\"']*\Z"
)
"""Words that say a number is an id, right before it."""
_LICENCE = (
    r"(?:driv(?:ing|er['’]?s?['’]?) (?:licen[cs]e|permit)|führerschein\w*|permis de conduire|carnet de conducir"
    r"|patente di guida|rijbewijs\w*|prawo jazdy)(?:,? (?:is|was|number|no\.?|nr\.?|nummer|id)){0,2}[\s:=#(\"']*\Z"
)
_KENNITALA = r"(?:kennitala|kt\.)(?:,? (?:is|er))?[\s:=#(\"']*\Z"
_SAID = _near(f"(?:{_SAID_TO_BE}|{_KENNITALA})")
_Kind = tuple[re.Pattern[str], re.Pattern[str] | None, Callable[[str], bool], str]
"""Form, words near it that say so, check digits, kind."""
KINDS: tuple[_Kind, ...] = tuple(
    (re.compile(rf"(?<![\w.,+/-])(?<!\d ){pattern}(?![\w-]|[ .,/]\d)"), _near(words) if words else None, check, kind)
    for pattern, words, check, kind in (
        (r"\d{3}-\d{2}-\d{4}", "", _us, "ssn"),
        (rf"(?:{_SSN}|\d{{9}})", r"ssn|itin|social[ -]security(?: number| no\.?)?|taxpayer", _us, "ssn"),
        (r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]([ -]?)\d{2}\1\d{2}\1\d{2}\1[A-D]", "", _any, "nino"),
        (r"(?:\d{8}|[XYZ]-?\d{7})-?[A-Z]", "", _dni, "national id"),
        (r"[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]", "", _codice_fiscale, "national id"),
        (r"[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}", "", _nir, "national id"),
        (r"\d{3}\.\d{3}\.\d{3}-\d{2}", "", _cpf, "national id"),
        (r"[1-9]\d{5}(?:19|20)\d{9}[\dX]", "", _chinese, "national id"),
        (r"[2-9]\d{3}([ -])\d{4}\1\d{4}", "", _aadhaar, "national id"),
        (r"\d{6}[-+]\d{4}", "", _swedish, "national id"),
        (r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[-+A]\d{3}[0-9A-Y]", "", _hetu, "national id"),
        (r"756\.\d{4}\.\d{4}\.\d{2}", "", _ahv, "national id"),
        (r"\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}", "", _niss, "national id"),
        (r"\d{6} \d{5}", "", _norwegian, "national id"),
        (r"\d{11}", r"oslo|bergen|norge|norway|norwegian|norsk\w*|født|fnr|fødselsn\w*", _norwegian, "national id"),
        (r"\d{6}-[89012]\d{3}", "", _icelandic, "national id"),
        (r"[0-3]\d{5}[- ]?\d{4}", _KENNITALA, _not_made_up, "national id"),
        (r"\d{6}-[012]\d{4}", r"latvia\w*|latvija\w*|rīg\w*|riga|personas kod\w*|dzim\w*", _latvian, "national id"),
        (r"\d{13}", r"em[šs]o|jmbg|матични број|sloveni\w*|serbia\w*|bosn\w*", _emso, "national id"),
        (r"\d{8} ?\d ?[A-Z]{2}\d", "", _portuguese, "national id"),
        (r"\d{6}/\d{3,4}", "", _rodne_cislo, "national id"),
        (r"\d{1,2}\.\d{3}\.\d{3}-[\dKk]", "", _rut, "national id"),
        (r"(?:20|23|24|27)-\d{8}-\d", "", _cuil, "national id"),
        (r"\d{13}", "", _south_african, "national id"),
        (r"[STFG]\d{7}[A-Z]", "", _nric, "national id"),
        (r"\d{6}-[1-4]\d{6}", "", _korean, "national id"),
        (r"[A-Z][AEIOUX][A-Z]{2}\d{6}[HM][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[A-Z0-9]\d", "", _curp, "national id"),
        (r"\d{3}-\d{3}-\d{3} \d{2}", "", _snils, "national id"),
        (r"\d{11}", r"cpf|c\.p\.f\.?", _cpf, "national id"),
        (r"\d{11}", r"pesel", _pesel, "national id"),
        (r"\d{9}", r"bsn|burgerservicenummer|sofi\w*", _bsn, "national id"),
        (r"\d{2} ?\d{3} ?\d{3} ?\d{3}", r"steuer-?id\w*|identifikationsnummer|idnr\.?|tax id", _tax_id, "national id"),
        (r"\d{3}([ -]?)\d{3}\1\d{3}", r"sin|social insurance(?: number)?|nas", luhn, "national id"),
        (r"\d{12}", r"aa?dh?aar", _aadhaar, "national id"),
        (r"[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]", r"pan(?: card| number| no\.?)?|income tax", _any, "national id"),
        (r"\d{3}[ -]?\d{3}[ -]?\d{4}", r"nhs(?: number| no\.?)?", _nhs, "national id"),
        (r"(?=[A-Z0-9]*\d{4})[A-Z0-9]{6,10}", r"passports?(?: number| no\.?| nr\.?)?|reisepass\w*|passeport|pasaporte"
         r"|personalausweis\w*|driving licen[cs]e|driver'?s licen[cs]e", _any, "national id"),
        (r"[A-Za-z]{0,5}\d[\dA-Za-z-]{5,16}", _LICENCE, _not_made_up, "national id"),
        (rf"(?!{_SSN})(?![A-Z]+[ ./-])(?=(?:[A-Z0-9]*[ ./-]?){{0,3}}\d)[A-Z0-9](?:[ ./-]?[A-Z0-9]){{6,16}}",
         _SAID_TO_BE, _not_made_up, "national id"),
    )
)  # fmt: skip
_BY_WORDS = tuple(kind for kind in KINDS if kind[1])
