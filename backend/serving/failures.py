"""What vLLM's last words mean: from the end of its log to a cause and a next step."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from backend.errors import InputError
from backend.serving.adapter import MERGE

TAIL_BYTES = 64 * 1024
SAID = "[tunewise]"
"""How the lines begin that are not vLLM's own but its supervisor's."""
EXCERPT_LINES = 12
FULL_BYTES = 2**20

ENGINE_DIED = re.compile(r"EngineDeadError|EngineCore encountered (?:a fatal|an) error")
ADDRESS_IN_USE = re.compile(r"[Aa]ddress already in use", re.IGNORECASE)

_AGAIN = "Run 'make vllm' again to install the version that was tried."
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (r"No space left on device|Disk quota exceeded", "The disk is full.", "Free some space and start again."),
    (
        r"[Aa]ddress already in use",
        "The port is taken by another program.",
        "Start again, or name another port with --port.",
    ),
    (
        r"CUDA out of memory|OutOfMemoryError|No available memory for the cache blocks"
        r"|larger than the available KV cache|less than requested memory for kv|less than desired GPU memory"
        r"|DefaultCPUAllocator: can't allocate|not enough memory|MemoryError",
        "There is not enough memory to serve this model.",
        "Close what else uses the memory (a training run, for example), allow shorter texts, or take a smaller model.",
    ),
    (
        r"greater than max_lora_rank",
        "The adapter's rank is above the limit this server was started with.",
        MERGE,
    ),
    (
        r"size mismatch|must match the size of tensor|is expected to be .+ but got|unexpected modules in the LoRA"
        r"|shape mismatch|mat1 and mat2 shapes",
        "The adapter was made for another base model.",
        "Serve it with the base model it was trained on, or train again on this one.",
    ),
    (r"Loading lora .+ failed|adapter_config\.json", "vLLM cannot load the adapter.", MERGE),
    (
        r"greater than the derived max_model_len",
        "The length asked for is more than the model was made for.",
        "Allow shorter texts.",
    ),
    (
        r"Model architectures .+ (?:are not supported|failed)|No supported config format"
        r"|does not recognize this architecture|has no vLLM implementation",
        "This vLLM does not know the kind of model.",
        "Use a base model of a supported architecture, or a newer vLLM.",
    ),
    (
        r"Can't load tokenizer|instantiate the backend tokenizer|[Tt]okenizer \S* ?(?:is not|cannot be|not) found",
        "The model's tokenizer cannot be read.",
        "Copy the tokenizer files of the model into its folder.",
    ),
    (
        r"chat template",
        "The model has no usable chat template.",
        "Use an instruction-tuned base model, whose tokenizer brings a chat template.",
    ),
    (
        r"compute capability|no NVIDIA driver|driver version is insufficient|CUDA driver|No CUDA GPUs are available"
        r"|Failed to infer device type",
        "This vLLM and this computer's GPU or its driver do not fit together.",
        "See whether nvidia-smi runs, and install a driver as new as the vLLM asks for; without a GPU run 'make vllm'.",
    ),
    (
        r"cannot open shared object file|loading shared libraries|undefined symbol|GLIBC\w*_[\d.]+' not found",
        "A program library that vLLM needs is missing, or is of another version.",
        "Install the library that is named. " + _AGAIN,
    ),
    (
        r"Exec format error|No such file or directory: '[^']*python|Permission denied: '[^']*python",
        "vLLM's Python cannot be run.",
        "Look at TUNEWISE_VLLM_PYTHON, if it is set. " + _AGAIN,
    ),
    (
        r"No module named|unrecognized arguments|invalid choice|ImportError|SyntaxError",
        "The installed vLLM does not fit: a part is missing, or it is of another version.",
        _AGAIN,
    ),
    (
        r"Too many open files",
        "This program may not open enough files at once.",
        "Allow more in this terminal with 'ulimit -n 65536' and start again.",
    ),
)
_SIGNALS: tuple[tuple[str, str, str, str], ...] = (
    (
        r"signal SIGKILL(?:; the kernel ended \d+ programs for want of memory)|'\w*(?:Core|Worker)\w*': -9",
        "The system ended vLLM because memory ran out.",
        "",
        "Close other programs, allow shorter texts, or take a smaller model; then start again.",
    ),
    (
        r"signal SIGKILL",
        "vLLM was killed from outside.",
        "Most often the system does so when memory runs out; a person or a job manager may have, too.",
        "Close other programs or take a smaller model, and start again.",
    ),
    (
        r"signal SIGILL|[Ii]llegal instruction|'\w*(?:Core|Worker)\w*': -4",
        "This processor lacks an instruction that this build of vLLM uses.",
        "The CPU build is compiled for processors with AVX2 or newer.",
        "Use a newer computer, or a build of vLLM made for this processor.",
    ),
    (
        r"signal SIG(?:SEGV|BUS|ABRT)|'\w*(?:Core|Worker)\w*': -(?:11|7|6)\b",
        "vLLM crashed.",
        "It made a forbidden access to memory, which is a mistake in it or in a library below.",
        "Start again. If it happens again: " + _AGAIN,
    ),
)
_WARNING = re.compile(r"^(?:\(.*?pid=\d+\)\s*)?(?:WARNING|INFO|DEBUG) |Warning: ")
_SAYS_ERROR = re.compile(r"error|not found", re.IGNORECASE)
_ERROR = re.compile(r"(?:\w*Error|Exception)\b.*")
_IN_TOKENIZER = re.compile(r'File "[^"]*(?:tokenization_\w+|/tokenizers/\w+)\.py"')
_NOISE = re.compile(r"Engine core initialization failed|See root cause above|WorkerProc initialization failed")


def tail(log: Path) -> str:
    """The last 64 KiB of a log, without colour codes; empty when there is none."""
    if not log.is_file():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - TAIL_BYTES))
        text = file.read().decode("utf-8", errors="replace")
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def excerpt(log: Path) -> tuple[str, ...]:
    """The last lines that say something, for a person to read."""
    return tuple(_short(line) for line in tail(log).splitlines() if line.strip())[-EXCERPT_LINES:]


def explain(log: Path, otherwise: str = "vLLM ended while it started.") -> InputError:
    """Why vLLM ended, in words a person can act on; `otherwise` says what happened where the cause is unknown."""
    # A warning may name errors that never came, such as the one about the limit of open files.
    text = "\n".join(line for line in tail(log).splitlines() if not _WARNING.search(line))
    for pattern, what, do in _KNOWN:
        errors = [line for line in text.splitlines() if re.search(pattern, line) and _SAYS_ERROR.search(line)]
        if errors:
            return InputError(what, where=str(log), why=_short(errors[-1]), do=do)
    if shutil.disk_usage(log.parent).free < FULL_BYTES:
        return InputError("The disk is full.", where=str(log), do="Free some space and start again.")
    for pattern, what, why, do in _SIGNALS:
        found = [line for line in text.splitlines() if re.search(pattern, line)]
        if found:
            return InputError(what, where=str(log), why=why or _short(found[-1]), do=do)
    causes = [match[0] for match in map(_ERROR.search, text.splitlines()) if match and not _NOISE.search(match[0])]
    if causes and _IN_TOKENIZER.search(text):
        do = "Copy the tokenizer files of the model into its folder again."
        return InputError("The model's tokenizer cannot be read.", where=str(log), why=_short(causes[-1]), do=do)
    if causes:
        return InputError(otherwise, where=str(log), why=_short(causes[-1]), do="Read the log.")
    return InputError(
        otherwise,
        where=str(log),
        why="It said nothing. Often the system ended it because memory ran out.",
        do="Close other programs or take a smaller model, and start again.",
    )


def _short(line: str) -> str:
    return re.sub(r"^\(.*?pid=\d+\)\s*(?:ERROR \S+ \S+ \[\S+\]\s*)?", "", line.strip())[:300]
