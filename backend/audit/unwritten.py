"""Answers that only say there is no answer yet: notes to oneself or a colleague, pointers elsewhere, fields left open.

What people write in place of an answer is an open class. So a short answer is told by the words it is made of
(`unwritten.toml`): all of them, but for a name or two, are those of such notes, and together they say that something is
missing, that somebody has it to do, or that it stands elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from backend.audit.pattern_lists import listed, told_by_pieces

MOST_WORDS = 12
"""Most words of a note."""
MOST_NAMES = 2
"""Most words of a note that are not of the kinds that notes are made of, and so may be names."""
TEXT_WORDS = 4
"""Fewest words of the median answer where answers are texts and not labels."""
FEW_WORDS = 3
"""Of a note that only tells somebody to do something: `pls update`."""
FEWEST_AMONG_LABELS = 2
"""Words that a note among labels must have more than."""
PROSE_WORDS = 12
"""Fewest words of the median answer where hardly any answer is a command or a remark of a few words."""
_WORD = re.compile(r"@?[^\W_]+(?:['’.-][^\W_]+)*")
_NUMBER = re.compile(r"\d{1,4}|[A-Z]{1,3}-?\d{1,4}")
"""Of a row, a ticket, a column."""
_CLAUSES = re.compile(r"[,;:.!?–—()\[\]|/]+")
_BEFORE_ACTS = frozenset(
    "please pls plz to i'll i will we we'll must need needs still should just can could would who "
    "someone somebody anyone anybody let me have will has".split()
)
_YOU = frozenset("you your".split())
_FOLLOWS = frozenset("follow follows".split())
_IT = frozenset("this it one here something".split())
_TO_BE = frozenset("be yet".split())
_SOMEONE = frozenset("someone somebody anyone anybody".split())
_EVEN_OF_PEOPLE = frozenset("later soon shortly missing hidden empty lost unavailable unknown unclear".split())
"""States that things and people may be in: among short answers such a word says little by itself."""
_GAP = frozenset("yet here what".split())
"""What a note points at: the place where the answer should be."""
_OF_A_STORY = frozenset("he him his she her they them their".split())
_CODE = re.compile(r"[`=<>{}\\#]|\w\(|\w\.\w|[a-z][A-Z]|\|.*\|")
"""Of programs and tables."""
_OF_FUNCTIONS = re.compile(
    r"\A(?:called (?:when|if|by|after|before)|returns? (?:data|the|an?|true|false|none|whether|all|any))\b",
    re.IGNORECASE,
)
"""How the description of a function begins."""
_TOLD = re.compile(r"\b(?:time|moments?|seconds?|minutes?|hours?|days?|weeks?|months?|years?) later\b", re.IGNORECASE)
"""When the next thing happened."""
_QUOTED = re.compile(r"(?<=\w )[\"“„«'‘][^\"”“»'’\n]{4,}[\"”“»'’](?!\w)|[\"”»]\s*[—–]|[\w:],? [\"“„«][^\"”“»\n]{4,}\Z")
"""What is called by its name, or was said by somebody; the quotation may go on in the next row."""
_OF_MANUALS = re.compile(
    # where to read on: of a note, what it points at would be all there is
    r"(?!.*\b(?:attached|above|below|ticket|thread|e-?mail)\b)(?=.{40}|.*\w [A-Z])"
    r"(?:.*\b[Ff]or (?:(?:more|further|additional) (?:information|details)|details (?:on|about|of))\b"
    r"|(?:[Ss]ee|[Rr]efer to|[Cc]onsult) .+ for (?:an?|some|examples) (?!answer\b)"
    r"|There (?:is|are) (?:some )?(?:more|further|additional) \w+ (?:about|on) .+ in ).*\.\)?\Z"
    # what is where something is put
    r"|(?:The )?\w+ of (?:an?|the) \w+ (?:where|to which|in which|into which) the \w+ \w+ be \w+\.?\Z"
    # what holds where nothing is chosen
    r"|This is the default(?: \w+)? (?:if|unless|when|where)\b.*"
    r"|(?:The |Its )?[Dd]efault (?:\w+ ){0,3}is [\"'“‘]?-?\d.*"
    # what is done where nothing is there
    r"|(?:If|When|Unless) (?:no|the|an?) \w+ (?:is|are|was|were|has|have) [^,]{2,40}, \w+.*"
    # what is allowed, what it leaves out, what has come of a step, what a function does with any value
    r"|.*\b(?:may|must|should|shall) not be \w+ (?:more|again|twice|both|together|with|if|when|unless)\b"
    r"|(?:[Ss]o )?[Ww]e (?:will|shall|do) not \w+ (?:it|this|that|them)\b.* in this \w+\.?\Z"
    r"|.*\b(?:should|can|may) now\b|[A-Z]\w+ the \w+ of (?:an?|all|each|every|two|both) \w+\.?\Z"
)
"""Sentences in which a manual says what notes have words for as well."""
_LABEL = re.compile(r"[A-Z][\w-]* (\w+): (?=[A-Z])")
"""What kind of text a title stands over, `DVD review: The Lamps`: no Tom is told to review."""
_OF_A_NOUN = re.compile(r"(?:Der|Die|Das|Eine?|Diese[rs]?|Jede[rs]?) [^\W\d_a-zß-ÿ]")
"""How a German sentence begins of which the subject is no name."""
_OF_A_KIND = re.compile(r"\btype (?:\d+|[a-z]|i{2,3}|iv)\b")
"""There `type` tells nobody to do so: `Diabetes, Type 2`."""
_ONLY = re.compile(r"(?<=\w)[,;–—-]* (?:and |but |just |or )?nothing (?:else|more)(?! (?:is|was|to|here)\b)", re.I)
"""Behind what is there this says that it is all: `The feedback names the tone, nothing else`."""
_AGREED = re.compile(r"(?:yes|yeah|yep|ja|oui|sí|sim|tak)[,.!:;–—-]* ", re.I)
"""How who was asked whether one may begins, and then says what to do: `Yes, tell the office first`."""
_VERB = re.compile(r"[A-Z]\w{3,}(?:ate|ize|ify)")
"""What nobody is called: `Participate to improve this guide`."""
TITLE_WORDS, LONG_WORD = 4, 4
"""Fewest words of a title; fewest letters of those of its words that have a capital."""
_OF_TITLES = re.compile(r"\A(?:[A-Z][\w-]+ )+of [A-Z]|\AFailure to [A-Z]")


@dataclass(frozen=True)
class Notes:
    """What notes about answers are made of in one language (`unwritten.toml`)."""

    states: frozenset[str]
    acts: frozenset[str]
    things: frozenset[str]
    points: frozenset[str]
    absences: frozenset[str]
    made: frozenset[str]
    mind: frozenset[str]
    known: frozenset[str]
    verb_last: bool


@dataclass(frozen=True)
class Note:
    """What a text says that may be one."""

    words: int
    said: set[str]
    named: bool
    numbered: bool
    state: bool
    weak: bool
    """Its states are some that people and things may be in."""
    thing: bool
    things: int
    points: bool
    absent: bool
    made: bool
    mind: bool
    to_do: bool
    tone: str
    """`?` or `!` where it ends so, which in a dialogue says such words to somebody."""

    def says_more(self, words: frozenset[str]) -> bool:
        """Whether it says one of the words."""
        return not words.isdisjoint(self.said)


@cache
def _notes() -> tuple[Notes, ...]:
    found = []
    for language, lists in listed("unwritten").items():
        if language == "together":
            continue
        of = {kind: frozenset(words.split()) for kind, words in lists.items()}
        found.append(
            Notes(
                of["states"],
                of["acts"],
                of["things"],
                of["points"],
                of["absences"],
                of.get("made", frozenset()),
                of.get("mind", frozenset()),
                known=frozenset().union(*of.values()),
                verb_last=language != "English",
            )
        )
    return tuple(found)


@cache
def _of_any_language() -> frozenset[str]:
    return frozenset().union(*(notes.known for notes in _notes()))


def unwritten(text: str, usual: float) -> bool:
    """Whether the text, of one line, is such a note: `ask Tom about the figures`, `image attached`, `folgt noch`.

    `usual`: words of the median answer. The shorter answers are, the more such words may be what was asked for.
    """
    if (told := told_by_pieces("unwritten", text)) is not None:
        return told
    written = _WORD.findall(text.replace("’", "'"))
    if not 0 < len(written) <= MOST_WORDS or any(of.search(text) for of in (_CODE, _TOLD, _OF_FUNCTIONS, _QUOTED)):
        return False
    if _OF_MANUALS.match(text):
        return False
    if not _of_any_language().issuperset([word for word in written if word.islower()]):
        return False
    read = (_read(notes, written, text) for notes in (_notes() if usual >= PROSE_WORDS else _notes()[1:]))
    return any(note is not None and _is_note(note, usual) for note in read)


def only_called(text: str) -> frozenset[str]:
    """The states of an English text that does nothing but call something by its name and say in what state it is:
    `Fever, unspecified`. Where other answers say so of more, that is a name as well."""
    note = _read(_notes()[1], _WORD.findall(text), text)
    if note is None or not (note.named and note.state) or note.weak or note.thing or note.to_do or note.points:
        return frozenset()
    return frozenset(note.said & _notes()[1].states)


def says_what_is_lacking(text: str) -> bool:
    """Whether an English text says of something that it is missing, empty, unknown."""
    return not _notes()[1].states.isdisjoint(map(str.casefold, _WORD.findall(text)))


def _read(notes: Notes, written: list[str], text: str) -> Note | None:
    """None where other words than those of notes stand in it."""
    words = [word.casefold() for word in written]
    others = [own for word, own in zip(words, written, strict=True) if word not in notes.known]
    names = [own for own in others if not _NUMBER.fullmatch(own)]
    if len(names) > min(MOST_NAMES, len(words) // 2) or not all(map(_is_name, names)):
        return None
    of_a_noun = words[1] not in notes.known and _OF_A_NOUN.match(text) if len(words) > 1 else None
    if of_a_noun or _is_title(written, text, len(names)) or _is_labelled(notes, words, text):
        return None
    said = {*words}
    states = said & notes.states
    clauses = [clause.split() for clause in _CLAUSES.split(_OF_A_KIND.sub("", text.casefold().replace("’", "'")))]
    to_do = _AGREED.match(text) is None and any(_tells_to_do(notes, clause) for clause in clauses)
    ends = text.rstrip("\"'”’)] ")[-1:]
    return Note(
        words=len(words),
        said=said,
        named=bool(names),
        numbered=len(others) > len(names),
        state=bool(states),
        weak=states <= _EVEN_OF_PEOPLE,
        thing=not notes.things.isdisjoint(said),
        things=sum(word in notes.things for word in words),
        points=not notes.points.isdisjoint(said),
        absent=not notes.absences.isdisjoint(_WORD.findall(_ONLY.sub("", text.casefold().replace("’", "'")))),
        made=not notes.made.isdisjoint(said),
        mind=not notes.mind.isdisjoint(said),
        to_do=to_do,
        tone=ends if ends in "?!" and not (to_do and notes.verb_last) else "",
    )


def _is_title(written: list[str], text: str, names: int) -> bool:
    """`Use of Expired File Descriptor`: all words but the smallest are in capitals, and one says of what, or more than
    one is no word of notes."""
    long = [word for word in written if len(word) >= LONG_WORD]
    if len(written) < TITLE_WORDS or not all(word[0].isupper() for word in long):
        return False
    return bool(_OF_TITLES.search(text)) or (names > 1 and all(word[0].isupper() for word in written))


def _is_labelled(notes: Notes, words: list[str], text: str) -> bool:
    label = _LABEL.match(text)
    if label is None or words[0] in notes.known or words[1] not in notes.acts:
        return False
    return (notes.states | notes.acts | notes.things | notes.points).isdisjoint(words[2:])


def _is_note(note: Note, usual: float) -> bool:
    if _is_said(note):
        return False
    if usual < TEXT_WORDS:
        return note.state and note.thing and note.words > FEWEST_AMONG_LABELS
    return _among_lines(note) if usual < PROSE_WORDS else _among_prose(note)


def _is_said(note: Note) -> bool:
    """Whether such words are said to somebody, or of somebody: `Is something wrong?`, `Tell him it's time`."""
    if note.words > FEW_WORDS + 1 and note.says_more(_YOU) and (note.to_do or note.tone == "?"):
        return True  # `Fill in your name and click Next`
    if (note.thing and note.tone) or "this" in note.said:
        return False
    if note.to_do and "us" in note.said and not note.state:
        return True  # to a customer: `Fill in the form and send it to us`
    if note.tone and note.words >= FEW_WORDS:
        return note.tone == "?" or not note.state or note.weak
    return note.says_more(_OF_A_STORY) and not note.state


def _among_lines(note: Note) -> bool:
    missing = note.state and (note.thing or not note.weak or "this" in note.said)
    told = note.to_do and ((note.thing and note.named) or ("this" in note.said and note.says_more(_SOMEONE)))
    elsewhere = note.thing and note.points and not (note.named or note.numbered)
    return ((missing or _to_be_made(note)) and not note.says_more(_YOU)) or told or elsewhere


def _to_be_made(note: Note) -> bool:
    return note.thing and note.made and note.says_more(_TO_BE)


def _among_prose(note: Note) -> bool:
    brief = (note.words <= FEW_WORDS or note.says_more(_IT)) and not note.says_more(_YOU)
    if _to_be_made(note) or (note.state and (note.thing or not note.weak or brief)):
        return True
    if note.thing or note.named:
        label = note.things > 1 and note.words <= FEW_WORDS + 1 and not (note.named or note.numbered)
        told = note.to_do and not note.says_more(_YOU)
        return told or label or (note.thing and (note.points or note.absent or note.numbered))
    if note.absent:
        return (note.mind or note.says_more(_GAP)) and not note.says_more(_YOU)
    return note.to_do and (brief or note.says_more(_SOMEONE))


def _tells_to_do(notes: Notes, clause: list[str]) -> bool:
    if clause[-1:] == ["follow"] and clause[0] in ("i", "we"):
        return False
    said = [word for word in clause if word in notes.known and word not in _BEFORE_ACTS] or [""]
    return said[0] in notes.acts or said[-1] in (notes.acts if notes.verb_last else _FOLLOWS)


def _is_name(word: str) -> bool:
    if _VERB.fullmatch(word):
        return False
    return word[0] == "@" or (len(word) > 1 and word[0].isupper() and (word.istitle() or len(word) < 5))
