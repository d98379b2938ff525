"""What vLLM's last words mean: from the end of its log to a cause and a next step."""

from __future__ import annotations

import re
from pathlib import Path

from backend.errors import InputError

TAIL_BYTES = 64 * 1024

ENGINE_DIED = re.compile(r"EngineDeadError|EngineCore encountered (?:a fatal|an) error")
ADDRESS_IN_USE = re.compile(r"address already in use", re.IGNORECASE)

_KNOWN: tuple[tuple[str, str, str], ...] = (
    (
        r"CUDA out of memory|OutOfMemoryError|No available memory for the cache blocks"
        r"|larger than the available KV cache|less than requested memory for kv|less than desired GPU memory"
        r"|DefaultCPUAllocator: can't allocate",
        "There is not enough memory to serve this model.",
        "Close what else uses the memory (a training run, for example), allow shorter texts, or take a smaller model.",
    ),
    (
        r"greater than max_lora_rank|Loading lora .+ failed|adapter_config\.json|unexpected modules in the LoRA",
        "vLLM cannot load the adapter.",
        "Serve the merged model instead, or train again with a plain LoRA.",
    ),
    (
        r"greater than the derived max_model_len",
        "The length asked for is more than the model was made for.",
        "Allow shorter texts.",
    ),
    (
        r"Model architectures .+ (?:are not supported|failed)|No supported config format"
        r"|does not recognize this architecture",
        "This vLLM does not know the kind of model.",
        "Use a base model of a supported architecture, or a newer vLLM.",
    ),
    (
        r"chat template",
        "The model has no usable chat template.",
        "Use an instruction-tuned base model, whose tokenizer brings a chat template.",
    ),
    (
        r"No module named|unrecognized arguments|invalid choice|ImportError",
        "The installed vLLM does not fit: a part is missing, or it is of another version.",
        "Run 'make vllm' again to install the version that was tried.",
    ),
    (r"No space left on device", "The disk is full.", "Free some space and start again."),
)
_SAYS_ERROR = re.compile(r"error", re.IGNORECASE)
_ERROR = re.compile(r"(?:\w*Error|Exception)\b.*")
_NOISE = re.compile(r"Engine core initialization failed|See root cause above|WorkerProc initialization failed")


def tail(log: Path) -> str:
    """The last 64 KiB of a log, without colour codes; empty when there is none."""
    if not log.is_file():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        text = file.read().decode("utf-8", errors="replace")
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def explain(log: Path) -> InputError:
    """Why vLLM ended while it started, in words a person can act on."""
    text = tail(log)
    for pattern, what, do in _KNOWN:
        errors = [line for line in text.splitlines() if re.search(pattern, line) and _SAYS_ERROR.search(line)]
        if errors:
            return InputError(what, where=str(log), why=_short(errors[-1]), do=do)
    causes = [match[0] for match in map(_ERROR.search, text.splitlines()) if match and not _NOISE.search(match[0])]
    if causes:
        return InputError("vLLM ended while it started.", where=str(log), why=_short(causes[-1]), do="Read the log.")
    return InputError(
        "vLLM ended without a word while it started.",
        where=str(log),
        why="Often the system ended it because memory ran out.",
        do="Close other programs or take a smaller model, and start again.",
    )


def _short(line: str) -> str:
    return re.sub(r"^\(.*?pid=\d+\)\s*(?:ERROR \S+ \S+ \[\S+\]\s*)?", "", line.strip())[:300]
