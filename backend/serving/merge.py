"""The adapter merged into the base model: a folder of 16-bit safetensors that answers as quickly as the base."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from backend.errors import InputError
from backend.models.folder import ModelFolder
from backend.models.load import is_whole
from backend.serving.memory import GIB, computer_memory
from backend.store import disk_errors, write_text

SPARE = 1.1  # tokenizer, configuration, and the file system's own needs


class Origin(BaseModel):
    """merged.json: what a merged folder was made from, so that it is made anew only when one of them changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: str
    adapter_sha256: str


def merged_folder(base: ModelFolder, adapter: Path, out: Path, tell: Callable[[str], None]) -> Path:
    """The merged model in `out`, made when it is not there yet; half a one is never left behind.

    The sum is taken in 32 bits where memory allows and stored in bfloat16. Raises InputError when the disk or the
    memory is too small. Whether it answers as before is for the caller to check (`backend.steps.serve` does).
    """
    if is_whole(adapter):  # all weights were trained: there is nothing to merge
        return adapter
    origin = Origin(base=str(base.path), adapter_sha256=_sha256(adapter / "adapter_model.safetensors"))
    if _origin(out) == origin:
        return out
    _check_room(base, out.parent)
    tell("Merging the adapter into the model")
    made = out.with_name(f".{out.name}.part")
    shutil.rmtree(made, ignore_errors=True)
    try:
        with disk_errors(out):
            _merge(base, adapter, made)
            write_text(made / "merged.json", origin.model_dump_json() + "\n")
            shutil.rmtree(out, ignore_errors=True)
            made.rename(out)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return out


def forget_merged(out: Path) -> None:
    """Remove a merged model, one that turned out to answer otherwise for example."""
    shutil.rmtree(out, ignore_errors=True)


def _merge(base: ModelFolder, adapter: Path, made: Path) -> None:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    from backend.models.load import load_tokenizer

    exact = psutil.virtual_memory().available > 4e9 * base.billions * 1.5
    model = AutoModelForCausalLM.from_pretrained(
        base.path,
        dtype=torch.float32 if exact else torch.bfloat16,
        use_safetensors=True,
        local_files_only=True,
        trust_remote_code=False,
    )
    whole = PeftModel.from_pretrained(model, adapter, is_trainable=False).merge_and_unload()
    whole.to(torch.bfloat16).save_pretrained(made)
    load_tokenizer(base.path).save_pretrained(made)  # with its chat template, the plain one where it brings none


def _check_room(base: ModelFolder, folder: Path) -> None:
    """2 bytes a parameter on disk, and as many in memory to add them up."""
    needed = 2e9 * base.billions * SPARE
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise InputError(
            "There is not enough space on the disk for the merged model.",
            where=str(folder),
            why=f"It takes about {needed / GIB:.2f} GiB (2 bytes a parameter), and {free / GIB:.2f} GiB are free.",
            do="Free some space, or serve with the adapter, which needs none: leave --merged out.",
        )
    memory = computer_memory().free_gib
    if memory * GIB < needed:
        raise InputError(
            "There is not enough memory to merge the adapter into the model.",
            why=f"It takes about {needed / GIB:.2f} GiB, and {memory:.2f} GiB are free.",
            do="Close other programs, or serve with the adapter: leave --merged out.",
        )


def _origin(out: Path) -> Origin | None:
    try:
        return Origin.model_validate_json((out / "merged.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValidationError):
        return None


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
