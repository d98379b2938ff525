"""Training on several GPUs of one machine, end to end: the real worker through torchrun, on random weights, no network.

    python -m benchmarks.many_gpus                       (two GPUs: an 8B-shaped Llama and a small one, about 6 minutes)
    python -m benchmarks.many_gpus --large tiny --small tiny --length 64       (a rehearsal by two CPU processes)

The large model, by one process, by copies and by shards: the same losses, how fast, how much memory. The small one: a
process killed with -9 and resumed, asked to stop, started with too few processes, a neighbour on one GPU. The table
comes last; exit code 1 when something is not as it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import torch
from safetensors.torch import load_file

from backend.domain import Example, Prompt
from backend.events import AnyEvent, Done, Failed, Phase, Progress, Resumed, Saved, Validated, read
from backend.training.config import TrainingConfig
from backend.training.launch import ROOT, command, prepare

SHAPES: dict[str, dict[str, Any]] = {
    "8b": {"vocab_size": 128_256, "hidden_size": 4096, "intermediate_size": 14_336, "num_hidden_layers": 32,
           "num_attention_heads": 32, "num_key_value_heads": 8},
    "small": {"vocab_size": 32_000, "hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 12,
              "num_attention_heads": 16, "num_key_value_heads": 8},
    "tiny": {"vocab_size": 1200, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
             "num_attention_heads": 4, "num_key_value_heads": 2},
}  # fmt: skip
WORDS = [f"w{number}" for number in range(1000)]
TEMPLATE = "{% for message in messages %}{{ message['content'] + ' ' }}{% endfor %}"


@dataclass
class Check:
    """One thing that must be so, and what was seen."""

    what: str
    seen: str
    right: bool


def model_folder(shape: str, out: Path) -> Path:
    """Random weights in bf16 with a tokenizer of whole words, kept between calls."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import GenerationConfig, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = out / f"model-{shape}"
    if (folder / "config.json").exists():
        return folder
    config = LlamaConfig(**SHAPES[shape], max_position_embeddings=8192, bos_token_id=0, eos_token_id=1, pad_token_id=2)
    torch.manual_seed(0)
    torch.set_default_dtype(torch.bfloat16)
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        model = LlamaForCausalLM(config)
    torch.set_default_dtype(torch.float32)
    model.generation_config = GenerationConfig(eos_token_id=1, pad_token_id=2)
    raw = Tokenizer(models.WordLevel({word: n for n, word in enumerate(["<s>", "</s>", "<pad>", *WORDS])}, "<pad>"))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=raw, bos_token="<s>", eos_token="</s>", pad_token="<pad>", chat_template=TEMPLATE
    )
    made.save_pretrained(folder)
    model.save_pretrained(folder)
    return folder


def run_folder(out: Path, name: str, model: Path, length: int, rows: int, **settings: Any) -> Path:
    """A prepared run: all rows but four fill `length` tokens; validation rows are long prompts with short answers."""
    chance, folder = random.Random(0), out / name

    def words(count: int) -> str:
        return " ".join(chance.choices(WORDS, k=count))

    train = [
        Example(row=row, input=words(2), answer=words(8 if row < 4 else length - 4)) for row in range(rows)
    ]
    held = [Example(row=rows + row, input=words(length - 12), answer=words(8)) for row in range(8)]
    shutil.rmtree(folder, ignore_errors=True)
    told: dict[str, Any] = {
        "rank": 16, "alpha": 32, "batch_size": 16, "micro_batch": 4 if length < 512 else 1, "max_length": length,
        "learning_rate": 1e-3, "warmup_steps": 0, "epochs": 1, "evaluate_every": 4, "score_rows": 0,
        "early_stopping": False, "fit_memory": True, **settings,
    }  # fmt: skip
    prompt = Prompt(name="p", user="{input}")
    prepare(folder, TrainingConfig(run_id=name, model=str(model), prompt=prompt, settings=told), train, held)
    return folder


def started(folder: Path, processes: int) -> subprocess.Popen[bytes]:
    """The worker as Tunewise starts it."""
    threads = "4" if torch.cuda.is_available() else "1"
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": threads}
    if processes == 1:
        environment["CUDA_VISIBLE_DEVICES"] = "0"
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            command(folder, processes), cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )


def events(folder: Path) -> list[AnyEvent]:
    """All so far."""
    return read(folder / "events.jsonl")[0]


def wait_for(process: subprocess.Popen[bytes], folder: Path, what: type, count: int = 1) -> None:
    """Until the run has said it so many times, or ended."""
    while process.poll() is None and sum(isinstance(event, what) for event in events(folder)) < count:
        time.sleep(0.1)


def whole(folder: Path, processes: int) -> dict[str, Any]:
    """Run to the end; what the table says about it."""
    began = time.monotonic()
    started(folder, processes).wait()
    told = events(folder)
    steps = [event for event in told if isinstance(event, Progress)]
    fits = [event.detail for event in told if isinstance(event, Phase) and "at once" in event.detail]
    slow = [event.detail for event in told if isinstance(event, Phase) and "quick way failed" in event.detail]
    last = told[-1] if told else None
    found = {
        "run": folder.name, "processes": processes, "rows_at_once": fits[-1] if fits else "as given",
        "tokens_per_s": statistics.median([step.tokens_per_s for step in steps[2:]]) if len(steps) > 2 else None,
        "gib": max((step.memory_gib for step in steps), default=None), "seconds": time.monotonic() - began,
        "end": last.kind if last else "nothing", "quick_failed": slow,
    }  # fmt: skip
    if not isinstance(last, Done):
        print((folder / "worker.log").read_text()[-4000:])
    print(json.dumps(found), flush=True)
    return found


def losses(folder: Path) -> dict[int, float]:
    """On the validation rows, by step; the last word counts where a step was done twice."""
    return {event.step: event.loss for event in events(folder) if isinstance(event, Validated)}


def apart(one: Path, other: Path) -> float:
    """The largest difference of a validation loss, as a share of it; infinite where they are not of the same steps."""
    first, second = losses(one), losses(other)
    if not first or first.keys() != second.keys():
        return float("inf")
    return max(abs(first[step] - second[step]) / first[step] for step in first)


def adapters_apart(one: Path, other: Path) -> float:
    """The largest difference of a number of the adapter, as a share of the largest number."""
    try:
        first, second = (load_file(folder / "adapter" / "adapter_model.safetensors") for folder in (one, other))
    except FileNotFoundError:
        return float("inf")
    if first.keys() != second.keys():
        return float("inf")
    largest = max(float(part.abs().max()) for part in first.values())
    return max(float((first[name] - second[name]).abs().max()) for name in first) / largest


def like_undisturbed(folder: Path, undisturbed: Path) -> str:
    """How far a resumed run is from one that nobody disturbed: on a GPU it may have compiled other kernels."""
    losses_off, adapter_off = apart(folder, undisturbed), adapters_apart(folder, undisturbed)
    return f"validation losses {losses_off:.1e} and adapter {adapter_off:.1e} from the undisturbed one"


def ranks_of(launcher: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The worker processes under torchrun, in the order of their ranks."""
    found = [child for child in psutil.Process(launcher.pid).children() if "backend.training.worker" in child.cmdline()]
    return sorted(found, key=lambda child: int(child.environ()["RANK"]))


def killed(folder: Path, processes: int, undisturbed: Path) -> list[Check]:
    """The last rank dies by kill -9 after the first checkpoint; the others end; resumed, it is as if nothing was."""
    launcher = started(folder, processes)
    wait_for(launcher, folder, Saved)
    victims = ranks_of(launcher)
    began = time.monotonic()
    victims[-1].send_signal(signal.SIGKILL)
    code = launcher.wait()
    took = time.monotonic() - began
    left = [victim for victim in victims if victim.is_running() and victim.status() != psutil.STATUS_ZOMBIE]
    said = events(folder)[-1]
    ended = f"all ended after {took:.1f} s with exit code {code}; the run says {said.kind}"
    again = whole(folder, processes)
    resumed = [event.step for event in events(folder) if isinstance(event, Resumed)]
    return [
        Check("a process killed with -9", ended, code != 0 and not left and not isinstance(said, Done)),
        Check("resumed after that", f"from step {resumed}, {again['end']}, {like_undisturbed(folder, undisturbed)}",
              bool(resumed) and apart(folder, undisturbed) < 0.001),
    ]  # fmt: skip


def stopped(folder: Path, processes: int, undisturbed: Path) -> list[Check]:
    """Asked to stop after its step, all stop at the same one; resumed, it is as if nothing was."""
    launcher = started(folder, processes)
    wait_for(launcher, folder, Saved)
    for one in ranks_of(launcher):
        one.send_signal(signal.SIGTERM)
    code = launcher.wait()
    said = events(folder)[-1]
    saved = [event.step for event in events(folder) if isinstance(event, Saved)]
    stopped_well = isinstance(said, Done) and said.why == "stopped" and code == 0
    again = whole(folder, processes)
    return [
        Check("asked to stop", f"{said.kind} after step {getattr(said, 'steps', '?')}, saved {saved}", stopped_well),
        Check("resumed after that", f"{again['end']}, {like_undisturbed(folder, undisturbed)}",
              apart(folder, undisturbed) < 0.001),
    ]


def too_few(folder: Path) -> Check:
    """One process started for a plan of several."""
    started(folder, 1).wait()
    last = events(folder)[-1]
    seen = last.what if isinstance(last, Failed) else last.kind
    return Check("started with one process", seen, isinstance(last, Failed) and "planned for" in seen)


def neighbour(folder: Path, processes: int) -> Check:
    """Another program holds most of the last GPU's memory: every process computes as many rows as fit there."""
    script = (
        "import torch,time; d=torch.cuda.device_count()-1; free=torch.cuda.mem_get_info(d)[0]; "
        f"held=torch.empty(int(free-{6 * 2**30}),dtype=torch.uint8,device=f'cuda:{{d}}'); print('held',flush=True); "
        "time.sleep(600)"
    )
    other = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        other.stdout.readline()
        found = whole(folder, processes)
    finally:
        other.kill()
        other.wait()
    return Check("6 GiB free on the last GPU", f"{found['end']}: {found['rows_at_once']}", found["end"] == "done")


def main() -> int:
    """All runs, as long as there is time, then the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", choices=SHAPES, default="8b")
    parser.add_argument("--small", choices=SHAPES, default="small")
    parser.add_argument("--length", type=int, default=2048, help="tokens a row of the large model")
    parser.add_argument("--rows", type=int, default=160, help="16 in a step")
    parser.add_argument("--processes", type=int, default=torch.cuda.device_count() or 2)
    parser.add_argument("--out", type=Path, default=Path("build/many-gpus"))
    parser.add_argument("--limit", type=float, default=430, help="seconds after which nothing further is begun")
    args = parser.parse_args()
    began, many, out = time.monotonic(), args.processes, args.out
    out.mkdir(parents=True, exist_ok=True)
    runs: list[dict[str, Any]] = []
    checks: list[Check] = []
    late: list[str] = []

    def in_time(what: str) -> bool:
        if time.monotonic() - began < args.limit:
            return True
        late.append(what)
        return False

    large, small = model_folder(args.large, out), model_folder(args.small, out)
    print(f"models made after {time.monotonic() - began:.0f} s", flush=True)

    def on_large(name: str, **settings: Any) -> Path:
        return run_folder(out, name, large, args.length, args.rows, **settings)

    def on_small(name: str) -> Path:
        every = 10 if args.small != "tiny" else 2
        return run_folder(out, name, small, min(256, args.length), 160 * every, processes=many, evaluate_every=every)

    alone = on_large("one-process")
    runs.append(whole(alone, 1))
    for spread in ("copies", "shards"):
        if in_time(spread):
            folder = on_large(spread, processes=many, spread=spread)
            runs.append(whole(folder, many))
            far = apart(alone, folder)
            checks.append(Check(f"validation losses of {spread} and one process", f"{far:.1e} apart", far < 0.02))
    if in_time("the small model"):
        calm = on_small("small-undisturbed")
        runs.append(whole(calm, many))
        checks.append(too_few(on_small("small-too-few")))
        if in_time("kill"):
            checks += killed(on_small("small-killed"), many, calm)
        if in_time("stop"):
            checks += stopped(on_small("small-stopped"), many, calm)
        if torch.cuda.is_available() and in_time("neighbour"):
            checks.append(neighbour(on_small("small-neighbour"), many))
    table(runs, checks, late, began)
    (out / "many-gpus.json").write_text(json.dumps([runs, [vars(check) for check in checks]], indent=1))
    return 0 if all(check.right for check in checks) and all(run["end"] == "done" for run in runs) else 1


def table(runs: list[dict[str, Any]], checks: list[Check], late: list[str], began: float) -> None:
    """What was measured, then what must be so."""
    where = torch.cuda.get_device_name(0) if torch.cuda.is_available() else "CPU"
    print(f"\n{where}, torch {torch.__version__}, {time.monotonic() - began:.0f} s in all")
    print(f"{'run':20} {'processes':>9} {'tokens/s':>9} {'GiB':>6} {'seconds':>8}  end, rows at once on each")
    for run in runs:
        speed = f"{run['tokens_per_s']:,.0f}" if run["tokens_per_s"] else "–"
        memory = f"{run['gib']:.1f}" if run["gib"] is not None else "–"
        print(f"{run['run']:20} {run['processes']:9} {speed:>9} {memory:>6} {run['seconds']:8.0f}  {run['end']}, "
              f"{run['rows_at_once']}{'; THE QUICK WAY FAILED' if run['quick_failed'] else ''}")  # fmt: skip
    for check in checks:
        print(f"{'ok  ' if check.right else 'NOT '} {check.what}: {check.seen}")
    if late:
        print(f"not begun for want of time: {', '.join(late)}")


if __name__ == "__main__":
    sys.exit(main())
