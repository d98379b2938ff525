"""A model folder on disk: what it holds, whether it is whole and safe, and its fingerprint. Loads no weights."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.errors import InputError
from backend.models.catalogue import Shape

PICKLES = ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl", "*.pickle")
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "spiece.model", "vocab.json")
PLAIN_TEMPLATE = Path(__file__).with_name("plain_template.jinja")


@dataclass(frozen=True)
class ModelFolder:
    """A usable model folder. `unsafe_files` are pickles it would need: it can be shown, not loaded."""

    path: Path
    name: str
    shape: Shape
    licence: str
    architecture: str
    unsafe_files: tuple[str, ...] = ()
    remote_code: bool = False
    own_template: bool = True
    notes: tuple[str, ...] = ()

    @property
    def billions(self) -> float:
        """Parameters in billions, counted from the weight files where they can be read."""
        return self.shape.billions

    @property
    def context_tokens(self) -> int:
        """The longest sequence the model takes, in tokens."""
        return self.shape.context

    @property
    def template_file(self) -> Path | None:
        """The chat template a server must be given because the model brings none; None when it has its own."""
        return None if self.own_template else PLAIN_TEMPLATE


def inspect(path: Path, name: str = "", licence: str = "", notes: tuple[str, ...] = ()) -> ModelFolder:
    """Look at a folder and say what it is. Raises InputError when a part is missing, naming the part."""
    config = _config(path)
    if not any((path / file).exists() for file in TOKENIZERS):
        raise InputError(
            "The model folder has no tokenizer.",
            where=str(path),
            why=f"None of {', '.join(TOKENIZERS)} is there.",
            do="Copy the tokenizer files of the model into the folder.",
        )
    weights = sorted(path.glob("*.safetensors"))
    pickles = tuple(sorted(file.name for pattern in PICKLES for file in path.glob(pattern)))
    if not weights and not pickles:
        raise InputError(
            "The model folder has no weights.", where=str(path), do="Put its *.safetensors files into the folder."
        )
    _check_shards(path, weights)
    own_template = has_template(path)
    if weights and pickles:
        notes += (f"{len(pickles)} pickle files lie beside the weights; they are never opened.",)
    if not own_template:
        notes += ("The model has no chat template: a plain one (User: … Assistant: …) is used.",)
    return ModelFolder(
        path=path.resolve(),
        name=name or path.name,
        shape=shape_of(config, sum(map(_parameters, weights)) / 1e9),
        licence=licence or _licence(path),
        architecture=str((config.get("architectures") or [""])[0]),
        unsafe_files=() if weights else pickles,
        remote_code="auto_map" in config,
        own_template=own_template,
        notes=notes,
    )


def has_template(path: Path) -> bool:
    """Whether the folder brings a chat template, as a file or inside its tokenizer's configuration."""
    if (path / "chat_template.jinja").exists() or (path / "chat_template.json").exists():
        return True
    config = path / "tokenizer_config.json"
    return config.exists() and bool(json.loads(config.read_text(encoding="utf-8")).get("chat_template"))


def shape_of(config: dict[str, Any], billions: float) -> Shape:
    """The shape in a transformers `config.json`; `billions` 0 means: count from the shape."""
    text = config.get("text_config", config)
    heads = int(text.get("num_attention_heads", 1))
    hidden = int(text.get("hidden_size", 0))
    shape = Shape(
        billions=billions,
        layers=int(text.get("num_hidden_layers", 0)),
        hidden=hidden,
        heads=heads,
        kv_heads=int(text.get("num_key_value_heads") or heads),
        head_dim=int(text.get("head_dim") or hidden // heads),
        intermediate=int(text.get("intermediate_size") or 4 * hidden),
        vocabulary=int(text.get("vocab_size", 0)),
        context=int(text.get("max_position_embeddings", 2048)),
    )
    if billions:
        return shape
    queries, keys = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    block = shape.hidden * (2 * queries + 2 * keys + 3 * shape.intermediate)
    total = shape.layers * block + shape.vocabulary * shape.hidden * (1 if text.get("tie_word_embeddings") else 2)
    return Shape(**{**shape.__dict__, "billions": total / 1e9})


def model_sha256(path: Path) -> str:
    """SHA-256 over the names and contents of everything that decides what the model says."""
    digest = hashlib.sha256()
    for file in sorted(path.iterdir()):
        if file.is_file() and file.suffix in (".json", ".jinja", ".safetensors", ".model", ".txt"):
            digest.update(file.name.encode() + b"\0")
            with file.open("rb") as stream:
                digest.update(hashlib.file_digest(stream, "sha256").digest())
    return digest.hexdigest()


def _config(path: Path) -> dict[str, Any]:
    file = path / "config.json"
    try:
        config = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise InputError(
            "The model folder has no config.json.",
            where=str(path),
            why="Without it nobody can tell what kind of model this is.",
            do="Give the folder that holds config.json, the tokenizer and *.safetensors files.",
        ) from error
    except ValueError as error:
        raise InputError("The model's config.json cannot be read.", where=str(file), why=str(error)) from error
    if not isinstance(config, dict):
        raise InputError("The model's config.json is not an object.", where=str(file))
    return config


def _check_shards(path: Path, weights: list[Path]) -> None:
    index = path / "model.safetensors.index.json"
    if not index.exists():
        return
    wanted = set(json.loads(index.read_text(encoding="utf-8")).get("weight_map", {}).values())
    missing = sorted(wanted - {file.name for file in weights})
    if missing:
        raise InputError(
            "The model folder is not complete.",
            where=str(path),
            why=f"Missing: {', '.join(missing)}.",
            do="Download the model again.",
        )


def _parameters(file: Path) -> int:
    """Numbers stored in a safetensors file, from its header: 8 bytes of length, then JSON."""
    try:
        with file.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > 100_000_000:
                raise ValueError("its header is too long")
            header = json.loads(stream.read(length))
    except (ValueError, struct.error) as error:
        raise InputError(
            "A weight file is damaged.", where=str(file), why=str(error), do="Download the model again."
        ) from error
    total = 0
    for name, about in header.items():
        if name != "__metadata__":
            count = 1
            for size in about["shape"]:
                count *= size
            total += count
    return total


def _licence(path: Path) -> str:
    """The licence its README's front matter states; empty when it states none."""
    readme = path / "README.md"
    if not readme.exists():
        return ""
    for line in readme.read_text(encoding="utf-8", errors="replace").split("---")[1:2]:
        for entry in line.splitlines():
            key, _, value = entry.partition(":")
            if key.strip() in ("license", "licence"):
                return value.strip()
    return ""
