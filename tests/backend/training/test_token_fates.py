"""Whatever the template and the shape of the row: answer and end are learnt, the prompt never, nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain import Example, Message, Prompt
from backend.errors import InputError
from backend.models.load import load_model, load_tokenizer, stop_ids, stops_of
from backend.prompts.encode import as_text, encode, prompt_ids
from backend.prompts.render import render
from backend.training.packed import CollatePacked
from backend.training.pairs import IGNORED, Collate, fit, sharable
from backend.training.preview import fates, preview, texts
from tests.backend.training.templates import FAMILIES, spoken_by

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="<>|[]"), min_size=1, max_size=24).filter(str.strip)
PROMPT = Prompt(name="p", user="Film? {input}")


@pytest.fixture(scope="module")
def speakers(tiny_model):
    return {name: spoken_by(load_tokenizer(tiny_model), family) for name, family in FAMILIES.items()}


@st.composite
def rows(draw, family):
    """Single turns, conversations, with a system message, with the results of tools; and empty answers."""
    history = []
    for _ in range(draw(st.integers(0, 2))):
        history += [Message(role="user", content=draw(TEXT))]
        if "tool" not in family.refuses and draw(st.booleans()):
            history += [Message(role="assistant", content=draw(TEXT)), Message(role="tool", content=draw(TEXT))]
        history += [Message(role="assistant", content=draw(TEXT))]
    system = draw(TEXT) if "system" not in family.refuses and draw(st.booleans()) else ""
    return Example(row=3, input=draw(TEXT), answer=draw(st.one_of(TEXT, st.just(""))), system=system,
                   history=tuple(history))  # fmt: skip


@pytest.mark.parametrize("name", FAMILIES)
@given(data=st.data())
@settings(max_examples=25)
def test_read_and_learnt_are_the_whole_and_only_the_answer_is_learnt(speakers, name, data):
    family, tokenizer = FAMILIES[name], speakers[name]
    stops = frozenset({tokenizer.eos_token_id})
    example = data.draw(rows(family))
    messages = render(PROMPT, example)
    shown = fates(tokenizer, PROMPT, example, stops, 10_000)
    ids = {fate: [token.id for token in shown.tokens if token.fate == fate] for fate in ("masked", "trained", "cut")}
    answer = example.answer.strip() if family.trims else example.answer

    assert ids["masked"] == prompt_ids(tokenizer, messages)  # what a server reads, and nothing of it is learnt
    assert ids["trained"][-1] == tokenizer.eos_token_id  # the end is learnt
    learnt = tokenizer.decode(ids["trained"])
    assert answer in learnt
    assert [token.fate for token in shown.tokens] == sorted(
        (token.fate for token in shown.tokens), key=["masked", "trained", "cut"].index
    )
    exact = encode(tokenizer, messages, example.answer, stops).exact
    whole = as_text(tokenizer, [*messages, Message(role="assistant", content=example.answer)], generate=False)
    if exact:
        joined = "".join(token.text for token in shown.tokens)
        assert joined in (whole, whole + family.end)  # nothing is lost, nothing added but the end where it lacks
    else:
        written = whole[len(as_text(tokenizer, messages, True)) :]
        assert learnt in (answer + family.end, written.rstrip("\n"), written + family.end)

    pair = fit(tokenizer, PROMPT, [example], stops, 10_000).pairs[0]
    for batch in (Collate(2, 0)([pair, pair]), CollatePacked(10_000)([pair, pair])):  # what the trainer really gets
        labels, inputs = batch["labels"].flatten(), batch["input_ids"].flatten()
        assert labels[labels != IGNORED].tolist() == ids["trained"] * 2
        assert inputs[labels != IGNORED].tolist() == ids["trained"] * 2


@pytest.mark.parametrize("name", [name for name, family in FAMILIES.items() if family.refuses])
def test_a_role_the_template_refuses_is_named_not_dropped(speakers, name):
    for role in FAMILIES[name].refuses:
        with pytest.raises(InputError, match="chat template"):
            prompt_ids(speakers[name], [Message(role=role, content="x"), Message(role="user", content="y")])


def test_a_message_the_template_leaves_out_is_said(speakers):
    name = "one that leaves the system message out"
    example = Example(row=0, input="dull", answer="negative", system="Be brief.")
    (note,) = fates(speakers[name], PROMPT, example, frozenset({speakers[name].eos_token_id}), 100).notes
    assert "leaves out the system message" in note


def test_a_row_that_is_too_long_is_cut_whole_and_says_so(speakers):
    tokenizer = speakers["chatml"]
    shown = fates(tokenizer, PROMPT, Example(row=5, input="rich " * 50, answer="positive"), frozenset({1}), 40)
    assert shown.count("trained") == shown.count("masked") == 0 < shown.count("cut")
    assert "max_length" in shown.notes[0] and "40" in shown.notes[0]


@given(text=st.text(max_size=60))
@settings(max_examples=80)
def test_the_texts_of_tokens_are_the_text(speakers, text):
    tokenizer = speakers["chatml"]
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    assert "".join(texts(tokenizer, ids)) == tokenizer.decode(ids, clean_up_tokenization_spaces=False)


def test_private_data_is_covered_and_nothing_else(speakers):
    tokenizer = speakers[next(iter(FAMILIES))]
    example = Example(row=3, input="a dull film, says ada.lovelace@corp-mail.org", answer="negative")
    shown = fates(tokenizer, PROMPT, example, frozenset({tokenizer.eos_token_id}), 10_000)
    text = "".join(token.text for token in shown.tokens)
    assert "a dull film, says •" in text and "lovelace" not in text and "@" not in text and "negative" in text
    assert any("Private data is covered" in note for note in shown.notes)
    plain = fates(tokenizer, PROMPT, example._replace(input="a dull film"), frozenset(), 10_000)
    assert not any("covered" in note for note in plain.notes)


def test_the_preview_counts_all_rows_and_shows_some(tiny_model, some_reviews, tmp_path):
    tokenizer = load_tokenizer(tiny_model)
    whole = fit(tokenizer, PROMPT, some_reviews, frozenset({1}), 256).pairs
    limit = sorted(map(len, whole))[-2]
    seen = preview(str(tiny_model), tmp_path, PROMPT, some_reviews, limit, 4)
    kept = fit(tokenizer, PROMPT, some_reviews, frozenset({1}), limit)
    assert (seen.used, seen.too_long) == (len(kept.pairs), kept.too_long) and seen.too_long
    assert seen.trained == sum(len(pair.answer) for pair in kept.pairs)
    assert seen.masked == sum(len(pair.prompt) for pair in kept.pairs)
    assert len(seen.rows) == 4 and seen.rows[-1].row in seen.too_long
    assert seen == preview(str(tiny_model), tmp_path, PROMPT, some_reviews, limit, 4)
    assert sharable(whole) >= 0


def test_the_stops_are_known_without_the_weights(tiny_model, damaged):
    tokenizer = load_tokenizer(tiny_model)
    assert stops_of(tiny_model, tokenizer) == stop_ids(load_model(tiny_model), tokenizer)
    bare = damaged(without=("generation_config.json",), config={"eos_token_id": [1, 7]})
    assert stops_of(bare, tokenizer) == stop_ids(load_model(bare), tokenizer) == {1, 7}
