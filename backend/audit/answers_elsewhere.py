"""Answers that belong to another question.

A question has two answers. One uses words of the question; the other uses words of another question of the file, to
which it is given too. This is what rows look like that were joined wrongly, or an answer that was pasted one line too
low. To see it, one need not know which answer is right, and the answers may be of any kind: queries, commands,
explanations. Both limits are our choice; what they let through is told in docs/decisions/0036.
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
"""Fewest words that an answer and its question share, and that neither the other answer nor the other question has."""
COMES_AGAIN = 8
"""Most different questions of one answer: one that is given to more belongs to none of them, `You're welcome.`"""


def telling_words(text: str) -> frozenset[str]:
    """Its different words and numbers in lower case, but for small words."""
    return frozenset(words(text.casefold())) - word_list("small") - stop_words()["English"]


class Elsewhere:
    """Finds answers that belong to another question of the file.

    `examples` are the whole file; each of the `groups` holds rows that ask the same question.
    """

    def __init__(self, examples: Sequence[Example], groups: Sequence[Sequence[Example]]) -> None:
        wanted = {example.answer for group in groups for example in group}
        self._asked: dict[str, dict[str, None]] = defaultdict(dict)  # answer → what it answers, as asked
        if wanted:
            for at, answer in enumerate(answers(examples)):
                if answer in wanted:
                    self._asked[answer][examples[at].input] = None

    def clashing(self, group: Sequence[Example]) -> list[Example]:
        """The rows of a group that clash: one answers the group's question, the other a question asked elsewhere."""
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
        """The telling words of each question that has this answer; none where there are too many such questions."""
        questions = self._asked[answer]
        return [telling_words(question) for question in questions] if len(questions) <= COMES_AGAIN else []


def _belongs(here: frozenset[str], there: frozenset[str], fitting: frozenset[str], strange: frozenset[str]) -> bool:
    """Whether the strange answer is about what is asked there and not here, and the fitting one the other way round."""
    ours, theirs = here & fitting - strange, there & strange - fitting
    return min(len(ours), len(theirs)) >= OF_ITS_OWN and ours.isdisjoint(there) and theirs.isdisjoint(here)
