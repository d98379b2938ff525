"""What training and serving will need, before anything ran: always a range, always with its formula.

w bytes a weight takes (2; 4 where the processor has no 16-bit arithmetic), P parameters, A adapter parameters,
D training tokens, B sequences at once, S tokens per sequence, L layers,
h hidden size, V vocabulary. Every figure is an estimate until a run or a latency test replaces it.
"""

from __future__ import annotations

from typing import Literal

from backend.domain import Estimate
from backend.models.catalogue import Shape
from backend.models.machine import GIB, Machine

Method = Literal["lora", "qlora", "full"]

# Share of the datasheet's (or the measured) rate that is reached: low, typical, high.
GPU_MFU = (0.25, 0.35, 0.45)  # training; EleutherAI "Transformer Math 101" and published LLaMA-Factory runs
CPU_MFU = (0.15, 0.35, 0.60)  # of the matrix product measured here; small layers reach less
SHARED, SHARDED = (0.75, 0.9, 1.0), (0.3, 0.6, 0.9)  # what each GPU of several still does; our estimate
PREFILL = (0.40, 0.50, 0.60)
BANDWIDTH = (0.60, 0.75, 0.85)
STEP_MS = {True: (1.0, 1.5, 3.0), False: (3.0, 8.0, 20.0)}  # scheduler and launch per decoded token; GPU, CPU
PREFILL_MS = {True: 15.0, False: 30.0}
RUNTIME_GIB = {True: (1.0, 1.4, 2.0), False: (0.6, 0.9, 1.3)}  # CUDA context, or the Python process with torch


def train_memory(
    shape: Shape, machine: Machine, method: Method, batch: int, length: int, rank: int = 16, shards: int = 1
) -> Estimate:
    """GiB at the peak of a training step of `batch` sequences of `length` tokens, on each of `shards` GPUs that hold a
    part of the frozen weights.

    LoRA wP + 16A; QLoRA 0.55P + 16A; full 18P bytes; activations 34·S·B·h bytes a layer (Korthikanti et al. 2022),
    on a GPU with recomputation 2·S·B·h a layer and one layer in full; logits S·B·V·10 bytes. A fused loss does
    without most of the last two, so their range is wide.
    """
    parameters, adapter = shape.billions * 1e9, shape.adapter_parameters(rank)
    fixed = {
        "lora": machine.weight_bytes * parameters / shards + 16 * adapter,
        "qlora": 0.55 * parameters + 16 * adapter,
        "full": 18 * parameters,
    }
    tokens = batch * length
    kept = (2 * shape.layers + 34 if machine.gpu else 34 * shape.layers) * tokens * shape.hidden
    work = kept + tokens * shape.vocabulary * 10
    low, typical, high = (
        (fixed[method] * more + work * spread) / GIB + runtime
        for more, spread, runtime in zip((1.0, 1.0, 1.1), (0.3, 0.8, 1.3), RUNTIME_GIB[machine.gpu], strict=True)
    )
    part = f" / {shards} GPUs" if shards > 1 else ""
    formula = f"{method}: weights{part} + adapter state + activations + logits"
    return Estimate(name="train_memory", low=low, typical=typical, high=high, unit="GiB", formula=formula)


def serve_memory(shape: Shape, machine: Machine, length: int, users: int) -> Estimate:
    """GiB to serve: wP, keys and values of `users` sequences of `length` tokens, and the runtime."""
    fixed = machine.weight_bytes * shape.billions * 1e9
    cache = users * length * shape.kv_bytes_per_token
    low, typical, high = (
        (fixed + cache * more) / GIB + runtime
        for more, runtime in zip((1.0, 1.2, 2.0), RUNTIME_GIB[machine.gpu], strict=True)
    )
    formula = "wP + users x tokens x KV + runtime"
    return Estimate(name="serve_memory", low=low, typical=typical, high=high, unit="GiB", formula=formula)


def train_speed(shape: Shape, machine: Machine, method: Method, gpus: int = 1, shards: int = 1) -> Estimate:
    """Training tokens per second: LoRA 4P FLOP a token (no gradient for frozen weights), 6P with recomputation.

    More GPUs share the work, less what they wait for each other.
    """
    per_token = {"lora": 4.0, "qlora": 4.0, "full": 6.0}[method] + (2.0 if machine.gpu else 0.0)
    reached = GPU_MFU if machine.gpu else CPU_MFU
    dequantise = (0.67, 0.77, 0.91) if method == "qlora" else (1.0, 1.0, 1.0)
    together = (1.0, 1.0, 1.0) if gpus == 1 else SHARDED if shards > 1 else SHARED
    low, typical, high = (
        gpus * least * machine.tflops * 1e12 * share * slower / (per_token * shape.billions * 1e9)
        for share, slower, least in zip(reached, dequantise, together, strict=True)
    )
    formula = f"MFU x FLOP/s / {per_token:.0f}P" + (f" x {gpus} GPUs" if gpus > 1 else "")
    return Estimate(name="train_speed", low=low, typical=typical, high=high, unit="tokens/s", formula=formula)


def train_hours(speed: Estimate, tokens: float) -> Estimate:
    """Hours for `tokens` training tokens in all (rows x tokens a row x epochs)."""
    return Estimate(
        name="train_hours", low=tokens / speed.high / 3600, typical=tokens / speed.typical / 3600,
        high=tokens / speed.low / 3600, unit="h", formula="D / (tokens/s)",
    )


def search_hours(speed: Estimate, trials: int, tokens: tuple[float, float, float], at_once: int) -> Estimate:
    """Hours for a search of `trials` trials; `tokens` a trial takes: given up early, typical, the longest.

    The first trial has the given settings and is never given up.
    """
    few, usual, most = tokens
    rates = ((usual, few, speed.high), (usual, usual, speed.typical), (most, most, speed.low))
    low, middle, high = (
        (first + (trials - 1) * each) / rate / 3600 / min(at_once, trials) for first, each, rate in rates
    )
    formula = f"{trials} trials x D / (tokens/s)" + (f" / {at_once} at once" if at_once > 1 else "")
    return Estimate(name="search_hours", low=low, typical=middle, high=high, unit="h", formula=formula)


def tpot(shape: Shape, machine: Machine, length: int, users: int) -> Estimate:
    """Time per output token, ms: weights, keys and values are read once per token, plus a constant per step.

    With many users the arithmetic takes longer than the reading, and decides.
    """
    read = machine.weight_bytes * shape.billions * 1e9 + users * length * shape.kv_bytes_per_token
    arithmetic = 2 * shape.billions * 1e9 * users
    high, typical, low = (
        1e3 * max(read / (share * machine.bandwidth_gb_s * 1e9), arithmetic / (flops * machine.tflops * 1e12)) + step
        for share, flops, step in zip(BANDWIDTH, PREFILL, reversed(STEP_MS[machine.gpu]), strict=True)
    )
    formula = "(wP + users x S x KV) / bandwidth + step"
    return Estimate(name="tpot", low=low, typical=typical, high=high, unit="ms", formula=formula)


def ttft(shape: Shape, machine: Machine, prompt: int, answer: int, users: int, per_token: Estimate) -> Estimate:
    """Time to first token, ms: 2P FLOP per prompt token; waiting as in an M/D/1 queue (Pollaczek–Khinchine).

    Low is an idle server, high the worst case of all users asking at once.
    """
    flop = 2 * shape.billions * 1e9 * prompt
    slow, typical, quick = (
        1e3 * flop / (share * machine.tflops * 1e12) + PREFILL_MS[machine.gpu] for share in PREFILL
    )
    load = min(0.9, users * typical / (typical + answer * per_token.typical)) if users > 1 else 0.0
    return Estimate(
        name="ttft", low=quick, typical=typical * (1 + load / (2 * (1 - load))), high=users * slow, unit="ms",
        formula="2P x prompt / FLOP/s, queueing M/D/1",
    )


def estimates(
    shape: Shape, machine: Machine, *, method: Method = "lora", batch: int = 1, length: int = 512, rank: int = 16,
    tokens: float | None = None, prompt: int = 256, answer: int = 64, users: int = 1, gpus: int = 1, shards: int = 1,
) -> tuple[Estimate, ...]:
    """All of them, in the order a person asks: does it fit, how long, how quick. `tokens`: all training tokens."""
    speed = train_speed(shape, machine, method, gpus, shards)
    per_token = tpot(shape, machine, prompt + answer, users)
    return (
        train_memory(shape, machine, method, batch, length, rank, shards),
        serve_memory(shape, machine, prompt + answer, users),
        speed,
        *((train_hours(speed, tokens),) if tokens else ()),
        ttft(shape, machine, prompt, answer, users, per_token),
        per_token,
    )
