"""Is one text the other but for a part that was lost: its end, a sentence, a remark in brackets?"""

from __future__ import annotations

from operator import ne

from backend.audit.said import Said, negations, other_sentences, read_numbers, remarks
from backend.audit.slips import Known, is_word
from backend.audit.vocabulary import word_list

LOST_END = 0.18
"""Share of its words that the end of a text may be which is lost."""
FEWEST = 5
"""Words of which the last may have lost its end, and of a text in which a remark may stand."""
WHOLE, SENTENCE = 12, 0.3
"""Words two texts must share for an end or a whole sentence that only one has not to matter, and share that this
sentence may be."""
STOCK = 8
"""Times that each word of a sentence stands in the file where it may be put into many rows."""
REMARK = 8
"""Words of a remark in brackets that one of two texts may lack."""
CONDITIONS = frozenset("if when unless until only except for from before after in on at with without during".split())
"""Words that begin a condition or a place in time: what follows is no mere addition."""
ENDS = ".!?…。！？"
"""Marks that end a sentence."""


def lacks_a_part(left: Said, right: Said, known: Known) -> bool:
    """Whether one of two texts is the other without a part that may be missing."""
    if left.operators == right.operators and _with_a_remark_more(left, right):
        return True
    return _cut_short(left, right, known) or _with_a_sentence_more(left, right, known)


def _cut_short(left: Said, right: Said, known: Known) -> bool:
    """Whether one is the beginning of the other, of which only a little is lost, be it the end of a word."""
    cut, whole = sorted((left, right), key=lambda said: sum(map(len, said.words)))
    short, long = cut.words, whole.words
    kept, lost = len(short), len(long) - len(short)
    if kept < FEWEST or not 0 <= lost <= max(1, LOST_END * len(long)) or short[:-1] != long[: kept - 1]:
        return False
    last, full = short[-1], long[kept - 1]
    if short == long or not full.startswith(last) or cut.operators != whole.operators[: len(cut.operators)]:
        return False
    if last != full and not (last.isalpha() and (known(last) <= 1 or len(last) < 3 or whole.text[-1] in ENDS)):
        return False
    if kept < WHOLE:
        return lost == 0 and not is_word(last)
    return not negations(long[kept:]) and not _goes_on(cut.text, whole.text, long[kept:])


def _goes_on(short: str, long: str, more: list[str]) -> bool:
    """Whether what the short text says in a whole sentence, the long one says with a condition: `.. for children.`"""
    behind = " \n\"”)"
    bare, ended = short.rstrip(behind + ENDS), short.rstrip(behind)[-1:] in ENDS
    if ended:
        return not long.startswith(bare) or long[len(bare) :].lstrip(behind)[:1] not in ENDS
    return long.rstrip(behind)[-1:] not in ENDS and not CONDITIONS.isdisjoint(more[:1])


def _with_a_sentence_more(left: Said, right: Said, known: Known) -> bool:
    """Whether all but a sentence is the same. Where that is not much, it has no number and denies nothing.

    A sentence of words that all stand in many rows, names and numbers aside, may be one that is put into many rows,
    each with its own: that was lost by none.
    """
    short, long = sorted((left, right), key=lambda said: len(said.words))
    more = len(long.words) - len(short.words)
    if not 0 < more <= SENTENCE * len(long.words) or len(short.words) < WHOLE or not short.bag <= long.bag:
        return False
    lost, more_sentences = other_sentences(short, long)
    if lost:
        return False
    added = [word for sentence in more_sentences for word in sentence]
    filled_in = long.names.union(read_numbers(added))
    if min((known(word) for word in added if word not in filled_in), default=0) >= STOCK:
        return False
    if len(short.words) >= 2 * WHOLE:
        return True
    return not read_numbers(added) and not negations(added)


def _with_a_remark_more(left: Said, right: Said) -> bool:
    """Whether all but a remark in brackets is the same: the initials of what stands before it, or where there is much
    else, a few words that name nothing, deny nothing and are no condition."""
    short, long = sorted((left, right), key=lambda said: len(said.words))
    more = len(long.words) - len(short.words)
    if not 0 < more <= REMARK or len(short.words) < FEWEST or "(" not in long.text:
        return False
    at = next((n for n, pair in enumerate(zip(short.words, long.words, strict=False)) if ne(*pair)), len(short.words))
    remark = long.words[at : at + more]
    if short.words[at:] != long.words[at + more :] or remark not in remarks(long):
        return False
    if remark == ["".join(word[0] for word in long.words[max(0, at - len(remark[0])) : at])]:
        return True
    bound = long.names.union(long.marked, CONDITIONS, word_list("negations"))
    return len(short.words) >= WHOLE and bound.isdisjoint(remark) and not read_numbers(remark)
