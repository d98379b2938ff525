"""Where a person lives or gets parcels: a street and a number, where the text says that it is somebody's address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backend.audit import postal
from backend.audit.wider import wider

_SAID = (
    r"(?:\b(?:[Mm]y|[Hh]is|[Hh]er|[Tt]heir|[Yy]our|[Oo]ur|[Hh]ome|[Rr]esidential|[Pp]rivate|[Bb]illing|[Ss]hipping"
    r"|[Dd]elivery|[Mm]ailing|[Pp]ostal|[Nn]ew|[Oo]ld|[Pp]atient'?s?)"
    r" address(?:es)?(?: to| as| with|,? which)?(?: the same)?"
    r"|(?<!IP )(?<!IPv4 )(?<!IPv6 )\b[Aa]ddress(?= ?[:=])"
    # Where somebody lives.
    r"|\b(?:I|he|she|they|we|who|and)(?: (?:once|now|still|currently|used to))?"
    r" (?:live|reside|stay)s?d? (?:at|in|on)|\b(?:lives?|lived|living|resid(?:es?|ed|ing)|staying) at"
    # Where to something is sent, or somebody goes.
    r"|\b(?:[Dd]eliver|[Ss]hip|[Ss]end|[Mm]ail|[Bb]ring|[Pp]ost)(?:ed)?"
    r"(?: (?:it|them|this|that|the \w+|my \w+|me|a new one))? to"
    r"|\b(?:sent|moved|moving|relocated) (?:in )?to|\barrived at"
    r"|\b(?:[Mm]eet|[Ff]ind|[Vv]isit|[Pp]ick|[Rr]each) (?:me|him|her|us|them)(?: up)? (?:at|from)|\btaxi to"
    # In German, French, Spanish, Italian, Dutch.
    r"|\b(?:[Ii]ch|[Ee]r|[Ss]ie|[Ww]ir) wohn\w+ (?:in der|in|am|auf der)?|\b[Mm]eine (?:neue )?(?:Adresse|Anschrift)"
    r"|\b[Jj]'habite(?: au| à)?|\b[Mm]on adresse|\b[Vv]ivo en|\b[Mm]i dirección|\b[Aa]bito in|\b[Mm]io indirizzo"
    r"|\b[Ii]k woon (?:op|aan|in)|\b[Mm]ijn adres)"
    r"[ :=,]*(?:is |was |ist |est |es |è |the following:? |to ){0,2}\s*"
)
_ROUGHLY = re.sub(r"\(\?<?[!=][^)]*\)|\\b", "", _SAID).replace(r"\w+", r"[^\s]+")
SOME = (
    rf"{_ROUGHLY}[\s\S]{{0,60}}\d|{postal.SOME}"
    r"|\d(?:st|nd|rd|th) (?:St|Av|R[do]|Dr|Pl|C[to]|L[na]|Blvd|Boul|Way|Ter)"
)
"""What every address that counts holds (RE2, which does not look around), one written out in full included."""

_NAME = r"(?:[A-ZÀ-ÞŁŚŽČŠ][\w'’.-]*)"
_STREET = (
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Terrace|Close|Place|Pl|Square|Sq"
    r"|Crescent|Gardens|Grove|Hill|Park|Parkway|Pkwy|Highway|Hwy|Row|Walk|View|Mews|Plaza|Circle|Cir|Trail|Alley"
    r"|Crossing|Loop|Path|Quay|Rise|Green|Heights|Ridge|Bridge|Point|Station|Mill|Mount)"
)
_NAMES = rf"{_NAME}(?:[ -]{_NAME}){{0,3}}"
_ADDRESS = re.compile(
    rf"{_SAID}((?:(?:[Aa]pt|[Aa]partment|[Ff]lat|[Uu]nit|[Ss]uite|[Rr]oom|[Hh]ouse)\.? ?#?\w{{1,5}},? )?"
    # English: the number first.
    r"(?:P\.? ?O\.? [Bb]ox \d{1,6}"
    r"|\d{1,5}(?:[A-Za-z]|[-/]\d{1,4})?,? (?:[NSEW]{1,2}\.? )?"
    rf"(?:(?:{_NAME}|\d{{1,3}}(?:st|nd|rd|th)) ){{1,4}}{_STREET}\b\.?"
    # French, and other languages that say first what kind of street it is.
    r"|\d{1,4}(?: ?bis)?,? (?:rue|avenue|boulevard|place|chemin|allée|quai|impasse|cours)(?: [\w'’-]+){1,5}"
    r"|(?:Calle|Avenida|Plaza|Via|Viale|Piazza|Corso|Rua|Rue|Avenue|ul\.|ulica|Plac)"
    r"(?: [\w'’.-]+){1,4},? \d{1,4}[a-z]?\b"
    # Germanic and Finnish: it ends the name, and the number follows.
    r"|[A-ZÄÖÜ][\wäöüßéåøæ.-]*(?:(?:s|st)tra(?:ß|ss)e|[Ss]tr\.|[Ss]traat|weg|gasse|platz|allee|laan|gracht|kade"
    r"|plein|gatan|vägen|vej|gade|veien|ring|damm|ufer|katu|tie) \d{1,4} ?[a-zA-Z]?\b"
    rf"|(?:Am|An der|Im|In der|Zum|Zur|Auf dem) {_NAME} \d{{1,4}}[a-z]?\b"
    # Any name and number, with a town and its postcode.
    rf"|{_NAMES} \d{{1,4}}[A-Za-z]?, {_NAMES},? \d{{3,6}}\b"
    rf"|\d{{1,5}} {_NAMES}, {_NAMES},? \d{{4,6}}\b))"
)


_NUMBERED_HOME = re.compile(
    r"\b\d{1,5} (?:(?:[NSEW]{1,2}|North|South|East|West)\.? )?"
    rf"\d{{1,3}}(?:st|nd|rd|th) {_STREET}\b\.?,? ?"
    r"(?:(?i:apt|apartment|flat|unit)\.? ?|#)\w{1,5}\b"
)
"""A numbered street, the house and the flat: somebody's home, whatever stands around it."""
_ORDINAL = re.compile(r"\d(?:st|nd|rd|th) [A-Z]")
_LIKELY = re.compile(
    r"(?:address|liv(?:e|es|ed|ing)|resid(?:e|es|ed|ing)|deliver|ship|send|moved|moving|mail|meet|pick me up|taxi"
    r"|wohn|adresse|domicil|direcci|dirección|indirizzo|woon|habit|viv|sent to|arrive)[\s\S]{0,40}\d",
    re.IGNORECASE,
)
_WORDS = (
    "address", "liv", "resid", "deliver", "ship", "send", "move", "moving", "mail", "meet", "pick me", "taxi",
    "wohn", "adresse", "domicil", "direcci", "indirizzo", "woon", "habit", "viv", "sent to", "arrive",
)  # fmt: skip
"""One of which every text holds that `_LIKELY` matches: much sooner looked for."""


def looks() -> tuple[str, ...]:
    """Patterns (RE2), one of which every text with an address holds."""
    return *postal.looks(), wider(_NUMBERED_HOME), wider(_ADDRESS)


def find_addresses(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, "address") of each; the same stretch may come more than once."""
    yield from postal.find_postal(text)
    if _ORDINAL.search(text):
        yield from ((home.start(), home.end(), "address") for home in _NUMBERED_HOME.finditer(text))
    lower = text.lower()
    if not any(word in lower for word in _WORDS):
        return
    if _LIKELY.search(text):
        yield from ((match.start(1), match.end(1), "address") for match in _ADDRESS.finditer(text))
