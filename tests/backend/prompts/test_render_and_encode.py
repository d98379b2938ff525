"""What the model reads and learns, token by token."""

from __future__ import annotations

import pytest

from backend.domain import Example, Message, Prompt
from backend.errors import InputError
from backend.models.folder import PLAIN_TEMPLATE
from backend.models.load import load_tokenizer
from backend.prompts.encode import as_text, encode, prompt_ids, token_lengths
from backend.prompts.render import render

STOPS = frozenset({1})
USER = [Message(role="user", content="a dull film")]


@pytest.fixture(scope="module")
def tokenizer(tiny_model):
    return load_tokenizer(tiny_model)


def test_braces_and_percent_signs_of_prompt_and_row_stay_as_they_are():
    prompt = Prompt(name="p", user='Return {"label": …} 100% for {input}')
    (message,) = render(prompt, "{0} {x} {input} %s")
    assert message.content == 'Return {"label": …} 100% for {0} {x} {input} %s'


def test_order_is_system_shots_history_question():
    shot = Example(row=1, input="good", answer="positive")
    prompt = Prompt(name="p", system="Be brief.", user="Q: {input}", shots=(shot,))
    history = (Message(role="user", content="hi"), Message(role="assistant", content="hello"))
    example = Example(row=2, input="bad", answer="negative", system="the row's own", history=history)
    assert [(m.role, m.content) for m in render(prompt, example)] == [
        ("system", "Be brief."), ("user", "Q: good"), ("assistant", "positive"),
        ("user", "hi"), ("assistant", "hello"), ("user", "Q: bad"),
    ]  # fmt: skip


def test_the_rows_own_system_message_is_used_when_the_prompt_has_none():
    example = Example(row=0, input="x", answer="y", system="row's")
    assert render(Prompt(name="p"), example)[0] == Message(role="system", content="row's")


@pytest.mark.parametrize("answer", ["positive", " positive", "\npositive", "two words\n", "ünïcode 🎬", "{input}"])
def test_prompt_and_answer_ids_are_the_whole_conversation(tokenizer, answer):
    pair = encode(tokenizer, USER, answer, STOPS)
    whole = as_text(tokenizer, [*USER, Message(role="assistant", content=answer)], generate=False)
    assert pair.prompt == tuple(prompt_ids(tokenizer, USER))
    assert tokenizer.decode([*pair.prompt, *pair.answer]) + "\n" == whole
    assert tokenizer.decode(pair.answer) == answer + "<|im_end|>"
    assert pair.answer[-1] == tokenizer.eos_token_id
    assert pair.answer.count(tokenizer.eos_token_id) == 1


def test_a_template_that_rewrites_the_answer_turn_still_continues_the_prompts_own_ids(tokenizer, tiny_model):
    strange = load_tokenizer(tiny_model)
    strange.chat_template = (
        "{% for m in messages %}{% if loop.last and m['role'] == 'assistant' %}FINAL {% endif %}{{ m['content'] }} "
        "{% endfor %}{% if add_generation_prompt %}>>{% endif %}"
    )
    pair = encode(strange, USER, "positive", STOPS)
    assert not pair.exact
    assert pair.prompt == tuple(prompt_ids(strange, USER))
    assert strange.decode(pair.answer) == "positive<|im_end|>"


def test_an_empty_answer_is_the_stop_token_alone(tokenizer):
    assert encode(tokenizer, USER, "", STOPS).answer == (1,)


def test_a_model_without_a_template_gets_the_plain_one(damaged):
    folder = damaged(without=("chat_template.jinja",))
    plain = load_tokenizer(folder)
    assert as_text(plain, USER, generate=True) == "<|im_start|>User: a dull film\nAssistant:"
    assert plain.chat_template == PLAIN_TEMPLATE.read_text().strip("\n")
    pair = encode(plain, USER, "negative", STOPS)
    assert plain.decode(pair.answer) == " negative<|im_end|>"


def test_a_template_that_refuses_the_conversation_says_so(tiny_model):
    strict = load_tokenizer(tiny_model)
    strict.chat_template = "{{ raise_exception('System role not supported') }}"
    with pytest.raises(InputError, match="System role not supported"):
        prompt_ids(strict, USER)


def test_lengths_count_the_stop_token(tokenizer):
    ((asked, answered),) = token_lengths(tokenizer, [(USER, "positive")], STOPS)
    pair = encode(tokenizer, USER, "positive", STOPS)
    assert (asked, answered) == (len(pair.prompt), len(pair.answer))
