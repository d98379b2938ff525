"""The metrics agree with the libraries people know, and with answers worked out by hand."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain import TASKS
from backend.errors import InputError
from backend.evaluation.metrics import all_metrics, named, suitable_metrics
from backend.evaluation.metrics.entity_f1 import entities
from backend.evaluation.on_evaluate import as_evaluate

LABELS = st.sampled_from(["spam", "ham", "other"])
PAIRS = st.lists(st.tuples(LABELS, LABELS), min_size=1, max_size=40)
SENTENCE = st.lists(st.sampled_from(["the", "cat", "sat", "on", "a", "mat", "today"]), min_size=1, max_size=12).map(
    " ".join
)
SENTENCES = st.lists(st.tuples(SENTENCE, SENTENCE), min_size=1, max_size=8)
ANYTHING = st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=6)


def test_every_task_has_a_metric_and_every_metric_says_what_it_is():
    assert all(suitable_metrics(task) for task in TASKS)
    for name, metric in all_metrics().items():
        assert metric.name == name
        assert metric.words.endswith(".") and metric.source
        assert set(metric.tasks) <= set(TASKS)
        assert (metric.counts is None) == (metric.total is None)


def test_the_usual_choice_comes_first():
    assert {task: suitable_metrics(task)[0] for task in TASKS} == {
        "classify": "accuracy",
        "extract": "entity_f1",
        "summarise": "rouge_l",
        "translate": "bleu",
        "answer": "exact_match",
        "structured": "json_match",
    }


def test_an_unknown_metric_is_refused_with_the_names_there_are():
    with pytest.raises(InputError, match="macro_f1"):
        named("f2")


@pytest.mark.parametrize("name", sorted(all_metrics()))
@given(pairs=ANYTHING)
@settings(max_examples=30, deadline=None)
def test_a_score_is_between_0_and_1_for_any_text(name, pairs):
    metric = named(name)
    assert 0 <= metric.score(*zip(*pairs, strict=True)) <= 1
    assert all(0 <= metric.row(*pair) <= 1 for pair in pairs)


@pytest.mark.parametrize(
    ("name", "answer"),
    [("accuracy", "spam"), ("macro_f1", "spam"), ("exact_match", "Paris"), ("entity_f1", '["Paris"]'),
     ("rouge_l", "the cat sat"), ("bleu", "the cat sat on the mat"), ("chrf", "the cat"), ("json_match", '{"a": 1}')],
)
def test_the_reference_itself_scores_1_and_nothing_scores_0(name, answer):
    assert named(name).score([answer], [answer]) == pytest.approx(1)
    assert named(name).score([""], [answer]) == 0


@given(PAIRS)
@settings(deadline=None)
def test_macro_f1_is_that_of_scikit_learn(pairs):
    from sklearn.metrics import f1_score

    given_, true = zip(*pairs, strict=True)
    expected = f1_score(true, given_, labels=sorted(set(true)), average="macro", zero_division=0)
    assert named("macro_f1").score(given_, true) == pytest.approx(expected, abs=1e-6)


@given(SENTENCES)
@settings(max_examples=50, deadline=None)
def test_bleu_is_that_of_sacrebleu(pairs):
    from sacrebleu import corpus_bleu

    said, wanted = zip(*pairs, strict=True)
    assert named("bleu").score(said, wanted) == pytest.approx(corpus_bleu(said, [wanted]).score / 100)


@given(SENTENCES | ANYTHING)
@settings(max_examples=50, deadline=None)
def test_chrf_is_that_of_sacrebleu(pairs):
    from sacrebleu import corpus_chrf

    said, wanted = zip(*pairs, strict=True)
    assert named("chrf").score(said, wanted) == pytest.approx(corpus_chrf(said, [wanted]).score / 100)


@given(SENTENCE, SENTENCE)
@settings(deadline=None)
def test_rouge_l_is_that_of_rouge_score(said, wanted):
    from rouge_score.rouge_scorer import RougeScorer

    expected = RougeScorer(["rougeL"]).score(wanted, said)["rougeL"].fmeasure
    assert named("rouge_l").row(said, wanted) == pytest.approx(expected)


def test_rouge_l_reads_words_of_any_script():
    assert named("rouge_l").row("кошка сидит", "кошка спит") == pytest.approx(0.5)


TAGS = st.lists(st.sampled_from(["O", "PER", "LOC"]), min_size=1, max_size=12)


@given(st.lists(st.tuples(TAGS, TAGS), min_size=1, max_size=6))
@settings(max_examples=50, deadline=None)
def test_entity_f1_is_that_of_seqeval_where_something_was_wanted(sentences):
    from seqeval.metrics import f1_score

    said, wanted = [], []
    for left, right in sentences:
        size = min(len(left), len(right))
        said.append([tag if tag == "O" else f"B-{tag}" for tag in left[:size]])
        wanted.append([tag if tag == "O" else f"B-{tag}" for tag in right[:size]])

    def lines(tags):
        return "\n".join(f"{tag[2:]}: word{place}" for place, tag in enumerate(tags) if tag != "O")

    if any(tag != "O" for tags in wanted for tag in tags):
        expected = f1_score(wanted, said, average="micro", zero_division=0)
        score = named("entity_f1").score([lines(tags) for tags in said], [lines(tags) for tags in wanted])
        assert score == pytest.approx(expected)


@pytest.mark.parametrize(
    "answer",
    ['[{"type": "PERSON", "text": "Ada"}, {"type": "PLACE", "text": "London"}]',
     '{"PERSON": ["Ada"], "PLACE": "London"}', "PERSON: Ada\n- place: London"],
)
def test_the_three_ways_to_list_entities_are_the_same(answer):
    assert entities(answer) == {("person", "ada"): 1, ("place", "london"): 1}


@pytest.mark.parametrize("answer", ["", "none", "None.", "[]", "{}", "null", '[""]'])
def test_nothing_found_is_an_answer(answer):
    assert not entities(answer)
    assert named("entity_f1").row(answer, "[]") == 1


@pytest.mark.parametrize(
    ("answer", "reference", "score"),
    [('{"a": 1, "b": [1, 2]}', ' {"b":[1,2],\n"a":1.0}', 1), ('{"a": true}', '{"a": 1}', 0), ("[1, 2]", "[2, 1]", 0),
     ('```json\n{"a": 1}\n```', '{"a": 1}', 0), ('{"a": NaN}', '{"a": NaN}', 0), ('{"a": 1', '{"a": 1}', 0),
     ("[" * 100_000, "[]", 0), ("[" * 900 + "]" * 900, "[]", 0), ('{"a": null}', "{}", 0)],
)
def test_json_match(answer, reference, score):
    assert named("json_match").row(answer, reference) == score


def test_exact_match_minds_words_not_looks():
    same = named("exact_match").row
    assert same(" Paris. ", "paris") == 1
    assert same("“New  York”", "New York") == 1
    assert same("in Paris", "Paris") == 0
    assert same("-5", "5") == 0


def test_they_work_in_evaluate_alone_and_combined(tmp_path):
    import evaluate

    alone = as_evaluate("chrf", cache_dir=str(tmp_path))
    assert alone.compute(predictions=["the cat"], references=["the cat"]) == {"chrf": pytest.approx(1)}
    both = evaluate.combine([as_evaluate(name, cache_dir=str(tmp_path)) for name in ("accuracy", "macro_f1")])
    both.add_batch(predictions=["spam", "ham"], references=["spam", "spam"])
    assert both.compute() == {"accuracy": 0.5, "macro_f1": pytest.approx(2 / 3)}


def test_asking_for_names_and_scoring_labels_imports_nothing_heavy():
    code = (
        "import sys; from backend.evaluation.metrics import named, suitable_metrics; suitable_metrics('classify');"
        "named('accuracy').row('a', 'a');"
        "print([m for m in ('sacrebleu', 'evaluate', 'datasets', 'torch', 'sklearn') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
