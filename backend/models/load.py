"""Loading a tokenizer and a model: safetensors only, no code from the folder, and the fastest number format here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

from backend.errors import InputError
from backend.models.folder import PLAIN_TEMPLATE, ModelFolder

Precision = Literal["bfloat16", "float32"]


def precision() -> Precision:
    """bfloat16 where the hardware multiplies it natively, else float32.

    Without such instructions bf16 products are emulated: 16 instead of 126 GFLOP/s on a 2-core AVX2 machine.
    """
    import torch

    if torch.cuda.is_available():
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    able = torch.cpu.get_capabilities()
    return "bfloat16" if able.get("amx_bf16") or able.get("avx512_bf16") else "float32"


def device() -> str:
    """`cuda` when there is a GPU, else `cpu`."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def quiet_threads() -> None:
    """Let idle threads sleep, not spin: with a neighbour on the cores, spinning doubles the CPU time (measured).

    Has an effect only before torch is loaded for the first time.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("GOMP_SPINCOUNT", "0")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


def load_tokenizer(path: Path) -> Any:
    """The folder's tokenizer, padding on the left, with the plain chat template when it brings none."""
    quiet_threads()
    from transformers import AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(path, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as error:
        raise InputError("The model's tokenizer cannot be read.", where=str(path), why=_first(error)) from error
    if tokenizer.chat_template is None:
        tokenizer.chat_template = PLAIN_TEMPLATE.read_text(encoding="utf-8").strip("\n")
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "left"
    return tokenizer


def is_whole(adapter: Path) -> bool:
    """Whether what a run left is a model of its own (all weights were trained), not an adapter."""
    return (adapter / "config.json").exists() and not (adapter / "adapter_config.json").exists()


def load_model(
    folder: ModelFolder | Path, adapter: Path | None = None, as_: Precision | None = None, in_4_bits: bool = False,
    place: Literal["", "cpu", "meta"] = "",
) -> Any:  # fmt: skip
    """The model in evaluation mode on the GPU if there is one, with the LoRA adapter on top if given.

    `place` puts it elsewhere; on `meta` it is an empty form without weights.

    Where the "adapter" is a whole model, that is loaded instead. `in_4_bits` (a GPU and bitsandbytes are needed): NF4,
    doubly quantised, computed in bf16 (Dettmers et al. 2023).

    Raises InputError for pickled weights, for code shipped with the model, and for what transformers can't read.
    """
    quiet_threads()
    import torch
    from transformers import AutoModelForCausalLM

    path = folder if isinstance(folder, Path) else folder.path
    if isinstance(folder, ModelFolder) and folder.unsafe_files:
        raise InputError(
            "The model's weights are pickle files, which can run any code when opened.",
            where=", ".join(folder.unsafe_files),
            do="Take a copy of the model in the safetensors format.",
        )
    if adapter is not None and is_whole(adapter):
        path, adapter = adapter, None
    packed: dict[str, Any] = {}
    if in_4_bits:
        from transformers import BitsAndBytesConfig

        packed = {
            "quantization_config": BitsAndBytesConfig(  # type: ignore[no-untyped-call]
                load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True,
                bnb_4bit_compute_dtype=getattr(torch, precision()),
            ),
            "device_map": {"": torch.cuda.current_device()},
        }  # fmt: skip
    if place == "meta":
        packed = {"device_map": "meta"}
    try:
        model: Any = AutoModelForCausalLM.from_pretrained(
            path,
            **packed,
            dtype=getattr(torch, as_ or precision()),
            use_safetensors=True,
            local_files_only=True,
            trust_remote_code=False,
        )
    except (OSError, ValueError) as error:
        raise InputError(
            "The model cannot be loaded.",
            where=str(path),
            why=_first(error),
            do="Take a model with *.safetensors weights of an architecture that transformers knows itself.",
        ) from error
    # Logits are taken at the last positions only. Such a slice is not contiguous, and torch would then multiply with
    # a copy of the vocabulary matrix for each row of the batch (12 % of a training step, measured).
    model.get_output_embeddings().register_forward_pre_hook(lambda layer, inputs: (inputs[0].contiguous(),))
    if adapter is not None:
        model = _with_adapter(model, adapter)
    return model.eval() if in_4_bits or place == "meta" else model.to(place or device()).eval()


def stop_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """Every token that ends an answer, from the tokenizer and from the model's generation settings."""
    named = model.generation_config.eos_token_id
    ids = {tokenizer.eos_token_id, *(named if isinstance(named, list) else [named])}
    return frozenset(token for token in ids if token is not None)


def stops_of(path: Path, tokenizer: Any) -> frozenset[int]:
    """The same as `stop_ids` from the folder's files, without loading the weights."""
    from transformers import AutoConfig, GenerationConfig

    try:
        named = GenerationConfig.from_pretrained(path, local_files_only=True).eos_token_id
    except OSError:  # the folder brings no generation settings: the model's own configuration may name them
        named = getattr(AutoConfig.from_pretrained(path, local_files_only=True), "eos_token_id", None)
    ids = {tokenizer.eos_token_id, *(named if isinstance(named, list) else [named])}
    return frozenset(token for token in ids if token is not None)


def _with_adapter(model: Any, adapter: Path) -> Any:
    from peft import PeftModel

    if not (adapter / "adapter_config.json").exists() or not (adapter / "adapter_model.safetensors").exists():
        raise InputError(
            "The adapter folder is not complete.",
            where=str(adapter),
            why="It needs adapter_config.json and adapter_model.safetensors.",
        )
    return PeftModel.from_pretrained(model, adapter, is_trainable=False)


def _first(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
