"""Postal addresses written out in full: a street, mostly a number, and a postcode with its town, as in many countries.

No word before them is needed. Addresses of organisations are nobody's.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from backend.audit.wider import wider

_BRITISH_CODE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_CANADIAN_CODE = r"[A-Z]\d[A-Z] ?\d[A-Z]\d"
_IRISH_CODE = r"[A-Z]\d[\dW] ?[A-Z0-9]{4}"
_AUSTRALIAN_CODE = r"(?:NSW|VIC|QLD|TAS|ACT|WA|SA|NT),? \d{4}"
SOME = (
    rf"{_BRITISH_CODE}|{_CANADIAN_CODE}|[A-Z]{{2}},? \d{{5}}|{_AUSTRALIAN_CODE}"
    r"|[A-Za-z]-?,? ?\d{6}"
    r"|\d[A-Za-z.]?,? ?[,\n] ?(?:[A-Z]{1,2}-)?\d{2}|[,\n] ?(?:[A-Z]{1,2}-)?\d{4,5}(?:-\d{3})?,? ?[A-ZÀ-Ž]"
    r"|[,\n] ?\d{3} \d{2} [A-ZÀ-Ž]|\d{2}-\d{3} [A-ZÀ-Ž]"
    r"|[A-ZÀ-ŽΆ-Я]\S*, \d{5}|[,\n] ?[A-Z][a-z]+ (?:[A-Z][a-z]+ )?\d{5}"
    r"|丁目|番地|[路街道巷弄座K]\d|[路街]|[로길가리] ?(?:지하)?\d|[県府都]"
    r"|(?:ул|пр|пер|алл|бул|вул|пров|площ)\S* "
    r"|# ?\d+\w?-\d|\dº|[A-Z]\d\d [A-Z0-9]{4}|Lane|Road|Street"
)
"""What every one of them holds (RE2)."""

_CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĘĚĞĢĪİĶĹĻĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚА-ЯҐЄІЇΆ-Ω][\w'’.\-]*"
_JOIN = (
    r"(?:de|del|de la|de los|de las|da|do|dos|das|di|della|dei|degli|du|des|de l['’]"
    r"|von|van|der|den|het|sur|en|aan|im|am|an der|in|e|y|ob|nad|pod|of|the|bis|sándor)"
)
_WORDS = rf"{_CAPITAL}(?: (?:{_JOIN} )?(?:{_CAPITAL}|[a-zà-ž][\w'’.-]+)){{0,4}}"
_TOWN = rf"{_CAPITAL}(?:[ -](?:{_JOIN} )?{_CAPITAL}){{0,3}}"
_GAP = r"\s*[,;/\n][,;/\s]*"
_UNIT = (
    r"(?i:(?:apt|apartment|oficina|bl|sc|ap|local|depto|edif|кв|suite|ste|unit|flat|studio|room|floor|house|h\.? ?no"
    r"|apto|apartamento|puerta|piso|interior|piano|dto|torre|appt|bus|lok|m|etage|stock|top|stiege"
    r"|depto|casa|bloco|blk|block|lot|c/o)\b\.? ?[#:]?\w{1,5}|#\d+)"
)
_NUMBER = r"\d{1,6}[A-Za-z]?(?:[-/]\d{1,5})?"
_STATE = (
    r"(?:A[LKSZRAEP]|C[AOT]|D[EC]|F[LM]|G[AU]|HI|I[ADLN]|K[SY]|LA|M[ADEHINOPST]|N[CDEHJMVY]|O[HKR]|P[ARW]|RI"
    r"|S[CD]|T[NX]|UT|V[AIT]|W[AIVY]"
    r"|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii"
    r"|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota"
    r"|Mississippi|Missouri|Montana|Nebraska|Nevada|New \w+|North \w+|Ohio|Oklahoma|Oregon|Pennsylvania"
    r"|Rhode Island|South \w+|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming)"
)
_TYPE = (
    # Behind the name of the street, often as one word: German, Dutch, Scandinavian, Finnish, Hungarian, Turkish.
    r"(?:[\w'’.-]*"
    r"(?:str(?:aße|asse|aat|\.)|gasse|gässli|weg|platz|allee|ring|damm|ufer|steig|stieg|pfad|chaussee|graben"
    r"|laan|lei|pad|singel|steeg|plein|gracht|kade|dreef|dijk|baan|hof|park"
    r"|gatan?|gränd|vägen|torget|väg|stig|gade|vej|allé|stræde|veien|vegen|gata|skogen|lia|myra|tun|vollen"
    r"|katu|tie|kuja|polku|bulevardi|raitti|utca|körút|sétány"
    r"|sokak|caddesi|cad\.|sok\.|mah\.|bulvarı|ova|ská)"
    # In front of it: Spanish, Italian, Portuguese, French, Polish, Czech, Romanian, Indonesian, Greek.
    r"|straße|strasse|calle|c\.|r\.|av|blv\.|[sș]oseaua|área|pasadizo|travesía|c/|avenida|avda?\.|av\.|paseo"
    r"|plaza|camino|ronda|pasaje|carretera|rambla|glorieta|vía|acceso|cañada|callejón|cuesta|urbanización|vial"
    r"|via|viale|piazza|corso|largo|vicolo|strada|contrada|borgo|rotonda|canale|incrocio|stretto"
    r"|rua|travessa|praça|alameda|estrada|rodovia|beco|praceta|favela|loteamento|quadra|vila|viaduto|aeroporto"
    r"|fazenda|colônia|conjunto|condomínio|campo|chácara|distrito|esplanada|estação|feira|jardim|ladeira|lago|lagoa"
    r"|morro|núcleo|parque|passarela|pátio|praia|recanto|residencial|setor|sítio|trecho|trevo|vale|vereda|via|viela"
    r"|rue|avenue|boulevard|bd|place|chemin|allée|quai|impasse|cours|route|square|passage"
    r"|ul\.|ulica|(?<!et )al\.|aleja|pl\.|plac|os\.|osiedle|ulice|třída|náměstí|nábřeží"
    r"|út|tér|köz|drumul|strada|str\.|bulevardul|aleea|calea|intrarea|fundătura|jalan|jl\.|gang|gg\."
    r"|andador|prolongación|privada|calzada|circuito|cerrada|diagonal|diag\.|corredor|boulevard|viaducto"
    r"|periférico|continuación|ampliación|eje|retorno|peatonal|circunvalación|οδός|λεωφ\.)"
)
_CODE = r"(?:[A-Z]{1,2}-|ΤΚ |〒)?(?:\d{5}-\d{3}|\d{8}|\d{4}-\d{3}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{4,6})"
_AND_TOWN = rf"(?:{_CODE},?(?: |{_GAP}){_TOWN}|{_TOWN}(?:,| )? ?{_CODE}|{_TOWN},? [A-Z]{{2,4}} {_CODE})"
_FRONT = rf"(?:{_UNIT}(?:{_GAP}| ))?"
_AFTER_NAME = r"\d{1,4}(?: ?[a-zA-Z]\b)?(?:\s?[-/]\s?\d{1,4}[a-zA-Z]?)?\.?"
"""The number of a house behind the name of its street."""
_NO_STREET = (
    r"(?i:chapter|version|psalm|page|section|fig|figure|table|boeing|airbus|windows|article|apollo|rule|step|vol"
    r"|volume|part|room|gate|flight|track|day|week|month|year|season|episode|level|lot|item|order|model|type|class"
    r"|route|highway"
    r"|january|february|march|april|may|june|july|august|september|october|november|december"
    r"|on|in|at|for|about|since|the)"
)
"""What stands before a number without being a street: `Chapter 12`, `May 2019`."""
_STRICT = r"(?:\d{5}-?\d{3}|\d{4}-\d{3}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{5})"
"""Postcodes that few other numbers look like."""
_BRITISH = (
    rf"(?=(?:[^\n]|\n(?!\n)){{0,50}}\d)(?=\d|{_UNIT}){_FRONT}(?:{_NUMBER},? |(?<=[,\n] ))?{_WORDS}(?:,? {_UNIT})?"
    rf"(?:{_GAP}{_WORDS}){{0,3}}(?:,|\s)\s*{_BRITISH_CODE}"
)
_WITH_STATE = (
    rf"{_FRONT}{_NUMBER},? {_WORDS}(?:,? {_UNIT})?(?:{_GAP}| ){_TOWN},? "
    rf"(?:{_STATE},? \d{{5}}(?:-\d{{4}})?|(?:[A-Z]{{2}},? )?{_CANADIAN_CODE}|{_AUSTRALIAN_CODE})"
)
_INDIAN = rf"{_FRONT}{_NUMBER}(?:,? |{_GAP}){_WORDS}{_GAP}(?:{_TOWN}{_GAP})?{_TOWN}[ -]+\d{{6}}"
_IRISH = (
    rf"{_FRONT}{_NUMBER} {_WORDS} (?:Street|Road|Lane|Drive|Avenue|Terrace|Place|Crescent|Way|Close)"
    rf"(?:(?: |{_GAP}){_IRISH_CODE}|{_GAP}{_TOWN} \d{{4}})"
)
_MILITARY = rf"(?:(?:PSC|Unit|CMR) \d{{2,5}},? Box \d{{2,5}}|USN?[SCNVG]+C? {_WORDS}){_GAP}[AFD]PO A[AEP] \d{{5}}"
_FRENCH = (
    r"(?:\d{1,5}(?: ?(?:bis|ter|quater|[A-D]))?,? )?"
    r"(?i:rue|avenue|boulevard|bd|place|chemin|allée?|quai|impasse|cours|route|square|passage)"
    rf"(?: [\w'’-]+){{1,6}}?(?:,? {_UNIT})?{_GAP}"
    rf"(?:{_CODE} {_TOWN}|[\w' -]{{3,40}},? [A-Z]{{2}} {_CANADIAN_CODE})"
)
_TYPED = (
    rf"(?i:{_TYPE})(?: (?:{_JOIN} )*[\w'’.-]+){{0,5}}?,? ?(?:(?:Nr|No|N°|nº|n\.|№)\.? ?)?{_AFTER_NAME}"
    rf"(?:(?:,| )? ?(?:{_UNIT}|\d{{1,4}}|\d+ ?º ?\w*) ?){{0,3}}(?:{_GAP}[^,;/\n\d]{{2,40}}){{0,2}}{_GAP}{_AND_TOWN}"
)
_TYPED_LAST = rf"{_CAPITAL}(?:[ -]{_CAPITAL}){{0,3}}[ -](?i:{_TYPE}) {_AFTER_NAME}{_GAP}{_AND_TOWN}"
_WITHOUT_NUMBER = (
    rf"(?=[A-Z])(?i:{_TYPE}) (?:{_JOIN} )*{_CAPITAL}(?: (?:{_JOIN} )*{_CAPITAL}){{0,4}}(?:,? ?[Ss]/[Nn])?"
    rf"(?:{_GAP}[^,;/\n\d]{{2,40}})?{_GAP}(?:(?:\d{{5}}-?\d{{3}}|\d{{4}}-\d{{3}}) {_TOWN}|{_TOWN}, \d{{6}})"
)
_UNTYPED = (
    rf"(?!{_NO_STREET}\b){_CAPITAL}(?:[ -]{_CAPITAL}){{0,2}} \d{{1,4}}[a-zA-Z]?(?:[-/]\d{{1,4}})?"
    rf"{_GAP}{_STRICT}(?: |{_GAP}){_TOWN}"
    # A postcode of four digits, which may be a year: a longer name then, and no year of ours.
    rf"|{_CAPITAL.replace('*', '{5,}')} \d{{1,3}}[A-Z]?{_GAP}(?!1\d|20)\d{{4}} {_TOWN}"
)
_BOX = (
    r"(?:P\.? ?O\.? Box|Postfach|BP|Apartado|Postbus|Casella [Pp]ostale) \d{1,6}"
    rf"{_GAP}(?:{_AND_TOWN}|{_TOWN},? {_STATE} \d{{5}})"
)
_CYRILLIC = (
    r"(?:ул|улица|пр|просп|проспект|пер|переулок|алл|аллея|бул|бульвар|наб|ш|шосе|пл|площадь"
    r"|вул|вулиця|провулок|площа|набережна|узвіз|майдан|парк|сквер)\.? "
    r"(?:\d+ )?[А-ЯҐЄІЇа-яґєії][\w.-]*(?: [А-ЯҐЄІЇа-яґєії\d][\w.-]*){0,3}, ?"
    r"(?:д|дом|буд|будинок)\.? ?\d{1,4}[а-я]?(?:[/к-]\d{1,3})?(?:, ?\d{5,6})?"
)
_COLOMBIAN = (
    r"(?:Cl|Calle|Cra?|Carrera|Kra?|Transversal|Tv|Tr|Diagonal|Dg|Avenida|Av|Circular)\.? [\w. ]{1,40}"
    r"# ?\d{1,3}[A-Za-z]? ?-\d{1,3}"
)
_FORMS = (_BRITISH, _WITH_STATE, _INDIAN, _IRISH, _MILITARY, _FRENCH, _TYPED, _TYPED_LAST, _UNTYPED, _WITHOUT_NUMBER,
          _BOX, _CYRILLIC, _COLOMBIAN)  # fmt: skip
_FULL = tuple(re.compile(rf"(?<![\w.-])(?:{form})(?!\w)") for form in _FORMS)
_EAST = re.compile(
    r"(?:東京都|北海道|(?:京都|大阪)府|[一-龥]{2,3}県)[^\s、。,]{2,25}?\d+(?:丁目|番地?|[-−]\d+)(?:\d*番?\d*号?|[-−]\d+)*"
    r"|[一-龥]{2,8}(?:省|市|自治区)[一-龥]{1,14}?(?:路|街|道|巷|弄)[A-Za-z一-龥]?(?:\d+号?|座)(?: ?\d{6})?"
    r"|[가-힣]+(?:시|도) [가-힣]+(?:시|구|군) [가-힣\d]+(?:로|길|가|리) ?(?:지하)?\d+(?:-\d+)?"
)
_ORGANISATION = re.compile(
    r"(?:\b(?:Inc|Ltd|LLC|GmbH|AG|Corp|Co|S\.A|Foundation|Company|University|Institute|Museum|Library|Hospital"
    r"|Ministry|Office|Headquarters|Embassy|Department|Association|Society|School|Theatre|Hotel|Restaurant)\b\.?"
    r"|(?:based|located|headquartered|situated|offices?|branch|store|shop|founded) (?:at|in))[^.!?]{0,25}\Z"
)
_ITS = re.compile(
    r"(?=[A-Z\d#дб]|\s\d)(?:"
    rf"(?<![\w.])(?:{_BRITISH_CODE}|{_CANADIAN_CODE}|{_IRISH_CODE})(?!\w)"
    r"|(?<![\d.,:/-])(?:\d{4,8}|\d{2,5}-\d{3}|\d{3} \d{2})(?: ?[A-Z]{2}\b)?(?=,?\s+[^\W\d_a-z])"
    r"|(?<=[^\W\d_][, \n-])\s?\d{4,6}(?![\d:%/]|[.,]\d)"
    r"|(?:д|буд|дом)\.? ?\d|# ?\d+\w?-)"
)
"""Where a postcode may be: an address is looked for around it alone."""
_SOME = re.compile(rf"(?=[^a-z]|[a-z]-?,? ?\d{{6}})(?:{SOME})")
"""What comes first in it and in `_ITS` lets most signs be passed over in a quarter of the time."""
BEFORE, AFTER = 130, 70
"""Characters around a postcode."""
TRIES = 4
"""Postcodes without an address within that stretch, after which what follows is a table of numbers."""
MANY_TRIES, WIDER = 40, 20
"""Postcodes without an address one after another after which they are looked at ever farther apart, by as many
characters for each: so that a long text of numbers takes little longer than one of half its length."""


def looks() -> tuple[str, ...]:
    """Patterns (RE2), one of which every text with such an address holds: two as one would not fit into RE2. Of British
    ones the postcode, for those around it would not fit either."""
    return *map(wider, map(re.compile, (_BRITISH_CODE, *_FORMS[1:]))), wider(_EAST)


def find_postal(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, "address") of each."""
    for eastern in () if text.isascii() else _EAST.finditer(text):
        yield eastern.start(), eastern.end(), "address"
    done, tries, failed = 0, 0, deque([-BEFORE - AFTER] * TRIES, TRIES)
    for code in _ITS.finditer(text):
        apart = code.start() - failed[-1]
        if code.start() < done or code.start() - failed[0] < BEFORE + AFTER or apart < WIDER * (tries - MANY_TRIES):
            continue
        first = max(done, code.start() - BEFORE)
        before, after = text[first : code.start()].split(), text[code.end() : code.end() + AFTER].split(None, 1)
        if not any(words and not words[place][0].islower() for words, place in ((before, -1), (after, 0))):
            continue  # neither side is a name
        window = text[first : code.end() + AFTER]
        forms = _FULL if _SOME.search(window) else ()
        found = next((match for form in forms if (match := form.search(window))), None)
        if not found:
            failed.append(code.start())
            tries += len(forms) > 0
        else:
            start, done, tries = first + found.start(), first + found.end(), 0
            if not _ORGANISATION.search(text[max(0, start - 60) : start]):
                yield start, done, "address"
