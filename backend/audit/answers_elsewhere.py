"""Answers that belong to another question.

Of two answers to one question, one says what it asks about, and the other what another question of the file does, which
it answers as well. So it is where rows were joined wrongly, or an answer was pasted one line too low. It needs no
knowledge of what is right, and holds for answers of any kind: queries, commands, explanations.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import permutations

from backend.audit.columns import answers
from backend.audit.text import words
from backend.audit.vocabulary import stop_words, word_list
from backend.domain import Example

OF_ITS_OWN = 2
"""Words that an answer and its question share, and neither the other answer nor the other question has."""
COMES_AGAIN = 8
"""Different questions of one answer from which on it belongs to none of them: `You're welcome.`"""


def telling_words(text: str) -> frozenset[str]:
    """Its different words and numbers but for small words."""
    return frozenset(words(text.casefold())) - word_list("small") - stop_words()["English"]


class Elsewhere:
    """Finds the answers of some groups, each of one question, that belong to another question of the file."""

    def __init__(self, examples: Sequence[Example], groups: Sequence[Sequence[Example]]) -> None:
        wanted = {example.answer for group in groups for example in group}
        self._asked: dict[str, dict[str, None]] = defaultdict(dict)  # answer → what it answers, as asked
        if wanted:
            for at, answer in enumerate(answers(examples)):
                if answer in wanted:
                    self._asked[answer][examples[at].input] = None

    def clashing(self, group: Sequence[Example]) -> list[Example]:
        """Those of one question of which one answers it, and another answers another question."""
        told = {example.answer: telling_words(example.answer) for example in group}
        here = telling_words(group[0].input)
        pairs = [
            pair
            for pair in permutations(told, 2)
            if len(here & told[pair[0]] - told[pair[1]]) >= OF_ITS_OWN
            and any(_belongs(here, there, *map(told.__getitem__, pair)) for there in self._questions(pair[1]))
        ]
        clashing = {answer for pair in pairs for answer in pair}
        return [example for example in group if example.answer in clashing]

    def _questions(self, answer: str) -> list[frozenset[str]]:
        questions = self._asked[answer]
        return [telling_words(question) for question in questions] if len(questions) <= COMES_AGAIN else []


def _belongs(here: frozenset[str], there: frozenset[str], fitting: frozenset[str], strange: frozenset[str]) -> bool:
    """Whether the strange answer says what is asked there and not here, as the fitting one does the other way round."""
    ours, theirs = here & fitting - strange, there & strange - fitting
    return min(len(ours), len(theirs)) >= OF_ITS_OWN and ours.isdisjoint(there) and theirs.isdisjoint(here)
