"""The texts of rows, gathered once, and the first look over them."""

import pytest

from backend.audit.columns import BLOCK, Rows, answer_column, answer_counts, answers, input_column, inputs
from backend.audit.sift import first_look
from backend.domain import Example, Message


@pytest.mark.parametrize("count", [0, 1, BLOCK, 2 * BLOCK + 1])
def test_columns_hold_all_texts_their_lengths_and_how_they_begin(count: int) -> None:
    rows = Rows(Example(n, f"{n} is asked"[n % 3 :], "é" * (n % 5)) for n in range(count))
    for column, texts in ((input_column(rows), inputs(rows)), (answer_column(rows), answers(rows))):
        assert column.texts == texts and column.sizes.tolist() == [len(text) for text in texts]
        assert column.begins == {text[:1] for text in texts}
    assert inputs(rows) == [row.input for row in rows] and answers(rows) == [row.answer for row in rows]
    assert sum(answer_counts(rows).values()) == count


def test_labels_and_system_prompts_that_come_again_are_found_in_each_of_their_rows() -> None:
    rows = [Example(n, f"Which is {n}?", ("odd xyz", "even")[n % 2], ("", "Say xyz.")[n in (7, 11)]) for n in range(40)]
    rows[5] = Example(5, "Which is xyz?", "even")
    rows[9] = Example(9, "And?", "even", history=(Message(role="user", content="It is xyz."),))
    assert first_look(rows, {"found": "xyz"})["found"] == sorted({*range(0, 40, 2), 5, 7, 9, 11})
