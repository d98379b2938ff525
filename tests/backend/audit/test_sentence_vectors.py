"""The encoder that reads texts as a whole gives what its makers' own code gives."""

import hashlib
from importlib.resources import files

import numpy as np
import pytest

from backend.audit.sentence_vectors import FOLDER, PACKAGE, TOKENS, sentence_vectors

TEXTS = (
    "The kettle leaks when it boils.",
    "Water runs out of my electric kettle as soon as it is hot.",
    "Interest rates rose by a quarter of a point.",
    "",
    "ünïcödé, 漢字 and \ud800 half a sign",
    "a long text " * 60,
)


@pytest.fixture(scope="module")
def encoder():
    found = sentence_vectors()
    assert found is not None
    return found


def test_the_package_holds_the_weights_that_were_published():
    weights = files(PACKAGE).joinpath(FOLDER, "model.safetensors").read_bytes()
    published = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # sentence-transformers' own file
    assert hashlib.sha256(weights).hexdigest() == published


def test_every_text_has_a_vector_of_length_one_whatever_is_read_beside_it(encoder):
    together = encoder.of(TEXTS)
    assert together.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    for text, vector in zip(TEXTS, together, strict=True):
        assert np.allclose(encoder.of([text])[0], vector, atol=1e-4)


def test_what_says_the_same_is_nearer(encoder):
    kettle, water, rates, *_ = encoder.of(TEXTS)
    assert kettle @ water > 0.6 > 0.2 > kettle @ rates


@pytest.mark.slow
def test_the_layers_agree_with_plain_transformers(encoder):
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = str(files(PACKAGE).joinpath(FOLDER))
    tokens, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    texts = [text for text in TEXTS if "\ud800" not in text]
    given = tokens(texts, padding=True, truncation=True, max_length=TOKENS, return_tensors="pt")
    with torch.inference_mode():
        states = model(**given).last_hidden_state
    there = given["attention_mask"][..., None]
    means = ((states * there).sum(1) / there.sum(1)).numpy()
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    assert (means * encoder.of(texts)).sum(axis=1).min() > 0.9999
