"""Wrong labels where all others are plain, as of texts from templates; and cut answers with words in brackets."""

from __future__ import annotations

import random

from backend.audit.cut_off import cut_off
from backend.audit.label_errors import label_errors, learn, suspects
from backend.domain import Example

SAID = {
    "good": ("Works without a fault", "My children love it", "Worth every penny", "The design is a delight"),
    "bad": ("It breaks every time I open it", "A waste of money", "It lost my notes", "The last version is a mess"),
    "fair": ("It does what the box says", "It is about average", "It runs, nothing special", "It needs an account"),
}
ENDS = {
    "good": ("Ten out of ten.", "Thank you, makers.", "A joy to use."),
    "bad": ("So disappointed.", "Zero stars if I could.", "Terrible."),
    "fair": ("No strong opinion so far.", "Fine, I suppose.", "It will do."),
}


def reviews(rows: int, rng: random.Random) -> list[Example]:
    """Reviews from templates, in which two phrases tell the label."""
    made = []
    for row in range(rows):
        label = rng.choice(sorted(SAID))
        text = f"{rng.choice(SAID[label])}. {rng.choice(ENDS[label])} (Version {rng.randrange(9)}.{rng.randrange(30)})"
        made.append(Example(row=row, input=text, answer=label))
    return made


def test_two_slips_in_a_hundred_are_found_where_all_other_labels_are_plain() -> None:
    for seed in range(3):
        rng = random.Random(seed)
        sound = reviews(700, rng)
        assert label_errors(sound)[0] == ()
        flipped = rng.sample(range(700), 14)
        dirty = list(sound)
        for row in flipped:
            dirty[row] = sound[row]._replace(answer=rng.choice([label for label in SAID if label != sound[row].answer]))
        found, _ = label_errors(dirty)
        assert found is not None and sorted(found) == sorted(flipped)


def test_where_the_learner_errs_on_what_it_is_unsure_of_its_mistakes_are_no_slips() -> None:
    rng = random.Random(0)
    made = []
    for row, example in enumerate(reviews(700, rng)):
        other = rng.choice([label for label in SAID if label != example.answer])
        mixed = f"{rng.choice(SAID[other])}. {example.input}" if row % 9 == 0 else example.input  # says both
        made.append(example._replace(input=mixed, answer=other if row % 18 == 0 else example.answer))
    learnt = learn(made)
    assert learnt.said is not None
    named = set(suspects(learnt) or ())
    assert not {row for row in named if row % 9}
    assert len(named) <= 7


def test_words_in_brackets_make_no_program_of_an_answer_that_was_cut() -> None:
    whole = "Topic: the {}. After an objection by {} ({}) the meeting agreed on {} euros. Ada is to call the firm."
    things, names, why = ("kiln", "roof", "yard"), ("Ida", "Clara", "Samuel"), ("we lack help", "it is too dear")
    rng = random.Random(1)
    told = [whole.format(rng.choice(things), rng.choice(names), rng.choice(why), 100 * n) for n in range(1, 121)]
    cut = [text[: text.index(" agreed")] for text in told[:3]] + [text[: text.index(" meeting")] for text in told[3:6]]
    rows = [Example(row=n, input=f"Write the minutes of {n}.", answer=text) for n, text in enumerate([*told, *cut])]
    assert cut_off(rows, "answer") == tuple(range(120, 126))
