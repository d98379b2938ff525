"""How fast we train beside others: same model, rows and settings, each in a process of its own, taking turns.

    python -m benchmarks.training_speed --shape 8b --rows full      (one GPU, 8B-shaped Llama with random weights)
    python -m benchmarks.training_speed --shape smollm2 --model DIR --rows reviews     (CPU, the embedded model)

MFU counts 4 · parameters · tokens: forward, and the gradient of activations; LoRA needs none of the weights'.
"""

from __future__ import annotations

import argparse
import gc
import importlib.util
import json
import random
import statistics
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

PEERS = {
    "ours": "Tunewise, rows and checkpointing chosen by itself",
    "ours-given": "Tunewise, given rows and checkpointing",
    "trainer": "transformers Trainer",
    "trl": "TRL SFTTrainer",
    "trl-liger": "TRL SFTTrainer + Liger",
}
NEEDS = {"trl": "trl", "trl-liger": "liger_kernel"}
PIP = {"trl": "pip install trl", "liger_kernel": "pip install trl liger-kernel"}
DENSE_BF16 = 989e12
"""FLOP/s of an H100 or H200 by its data sheet."""
USUAL = (
    "trl:4:4:1,trl-liger:4:4:1,trainer:4:4:1,ours-given:4:4:1,trl:2:2:0,trl-liger:2:2:0,ours-given:2:2:0,"
    "ours-given:4:4:0,ours:8:0:0"
)
REVIEWS = Path(__file__).with_name("review_lengths.json")
"""(prompt, answer) lengths in SmolLM2's tokens of the demo's film reviews, and the tokens all prompts begin with."""


def rows_of(kind: str, length: int, count: int, vocabulary: int) -> list[tuple[list[int], list[int]]]:
    """(prompt, answer) in random ids: `full` rows of `length`, all but one token learnt, or as long as the reviews."""
    chance = random.Random(0)
    shared, lengths = 0, [(1, length - 1)]
    if kind == "reviews":
        told = json.loads(REVIEWS.read_text())
        shared, lengths = told["shared"], told["rows"]

    def ids(number: int) -> list[int]:
        return [chance.randrange(10, vocabulary) for _ in range(number)]

    beginning = ids(shared)
    chosen = [chance.choice(lengths) for _ in range(count)]
    return [(beginning + ids(prompt - shared), ids(answer)) for prompt, answer in chosen]


def base_model(shape: str, folder: str) -> Any:
    """The 8B-shaped Llama with random weights in bf16 on the GPU, a tiny one, or the model of the folder."""
    import torch
    from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM, set_seed

    set_seed(0)
    if shape == "smollm2":
        return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    sizes: dict[str, Any] = {
        "8b": {"vocab_size": 128_256, "hidden_size": 4096, "intermediate_size": 14_336, "num_hidden_layers": 32,
               "num_attention_heads": 32, "num_key_value_heads": 8},
        "tiny": {"vocab_size": 1000, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
                 "num_attention_heads": 4, "num_key_value_heads": 2},
    }[shape]  # fmt: skip
    device, dtype = ("cuda", torch.bfloat16) if torch.cuda.is_available() else ("cpu", torch.float32)
    config = LlamaConfig(**sizes, max_position_embeddings=8192, use_cache=False)
    torch.set_default_dtype(dtype)
    with torch.device(device):
        model = LlamaForCausalLM(config)
    torch.set_default_dtype(torch.float32)
    return model


def clock() -> Any:
    """A trainer callback that notes when each step ended, on the device, and the losses it was told.

    On a GPU by events in the stream of work: waiting for the card at each step would slow those down who don't.
    """
    import torch
    from transformers import TrainerCallback

    gpu = torch.cuda.is_available()

    class Clock(TrainerCallback):  # type: ignore[misc]
        first = 0.0
        losses: list[float]

        def __init__(self) -> None:
            self.at: list[Any] = []
            self.losses = []

        def on_step_end(self, *args: Any, **rest: Any) -> None:
            if gpu:
                if not self.at:
                    torch.cuda.synchronize()
                self.at.append(torch.cuda.Event(enable_timing=True))
                self.at[-1].record()
            else:
                self.at.append(time.perf_counter())
            self.first = self.first or time.perf_counter()

        def took(self) -> list[float]:
            """Seconds of each step but the first."""
            if gpu:
                torch.cuda.synchronize()
                return [a.elapsed_time(b) / 1000 for a, b in pairwise(self.at)]
            return [b - a for a, b in pairwise(self.at)]

        def on_log(self, args: Any, state: Any, control: Any, **rest: Any) -> None:
            if "loss" in rest["logs"]:
                self.losses.append(rest["logs"]["loss"])

    return Clock()


def one(args: argparse.Namespace) -> dict[str, Any]:
    """Train `steps` steps with one trainer; what was measured."""
    import torch

    began = time.perf_counter()
    model = base_model(args.shape, args.model)
    parameters = sum(part.numel() for part in model.parameters())
    rows = rows_of(args.rows, args.length, args.batch * args.steps, model.config.vocab_size)
    watch = clock()
    gpu = torch.cuda.is_available()
    trainer = (ours if args.one.startswith("ours") else theirs)(args, model, rows, watch)
    gc.collect()
    if gpu:
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    if args.profile:
        return profiled(trainer)
    trainer.train()
    took = watch.took()[args.warm - 1 :]
    # The order of rows differs between trainers, so count what a step has on average.
    tokens = sum(len(prompt) + len(answer) for prompt, answer in rows) / args.steps
    speed = tokens / statistics.median(took) if args.rows == "full" else tokens * len(took) / sum(took)
    return {
        "who": args.one, "batch": args.batch, "micro_batch": trainer.args.per_device_train_batch_size,
        "checkpointing": bool(trainer.args.gradient_checkpointing or trainer.args.activation_checkpointing),
        "tokens_per_s": speed, "step_s": took, "first_s": watch.first - began, "losses": watch.losses,
        "gib": torch.cuda.max_memory_allocated() / 2**30 if gpu else None,
        "mfu": 4 * parameters * speed / DENSE_BF16 if gpu else None,
    }  # fmt: skip


def ours(args: argparse.Namespace, model: Any, rows: Any, watch: Any) -> Any:
    """Our trainer as a session makes it, on ids instead of text."""
    from transformers import set_seed
    from transformers.trainer_utils import IntervalStrategy

    from backend.prompts.encode import Encoded
    from backend.training import quick
    from backend.training.arguments import training_arguments, with_adapter
    from backend.training.config import Knobs
    from backend.training.memory import most_rows
    from backend.training.packed import CollatePacked, attend_within_rows
    from backend.training.pairs import Collate, Pairs, sharable
    from backend.training.trainer import AnswerTrainer, answer_loss, on
    from backend.training.watch import Report

    pairs = tuple(Encoded(tuple(prompt), tuple(answer)) for prompt, answer in rows)
    knobs = Knobs(
        batch_size=args.batch, micro_batch=args.micro or args.batch, warmup_steps=0, schedule="constant_with_warmup",
        gradient_checkpointing=bool(args.checkpointing), evaluate_every=10_000, max_length=args.length, weight_decay=0,
    )  # fmt: skip
    collate: Any = Collate(0, sharable(pairs))
    if quick.can_be_quick(model):
        attend_within_rows(model)
        collate = CollatePacked(max(map(len, pairs)))
    set_seed(0)
    tuned = with_adapter(model, knobs)
    if quick.can_be_quick(model):
        quick.bf16_adapters(tuned, knobs.micro_batch * sum(map(len, pairs)) / len(pairs))
        quick.compile_layers(tuned)
        if args.one == "ours":
            def step(some: Any) -> None:
                total, count = answer_loss(tuned, on(tuned.device, collate(some)))
                (total / count).backward()  # type: ignore[no-untyped-call]
            found = most_rows(tuned, pairs, args.batch, step)
            print(found, file=sys.stderr)
            knobs = knobs.model_copy(update=found.model_dump(include={"micro_batch", "gradient_checkpointing"}))
            if not found.gradient_checkpointing:
                tuned.gradient_checkpointing_disable()
    told = training_arguments(knobs, Path(args.out) / "run", args.steps)
    told.eval_strategy = IntervalStrategy.NO  # a validation would count as a step
    report = Report()
    report.trainer = AnswerTrainer(
        model=tuned, args=told, train_dataset=Pairs(pairs),
        eval_dataset=Pairs(pairs[:1]), collate=collate, validation=pairs[:1], score=None, choose_by="loss",
        on_validated=lambda *_: None, callbacks=[report, watch],
    )  # fmt: skip
    return report.trainer


def theirs(args: argparse.Namespace, model: Any, rows: Any, watch: Any) -> Any:
    """The peer with its own defaults but for what is set for all."""
    import torch
    from datasets import Dataset
    from peft import LoraConfig, get_peft_model
    from transformers import DataCollatorForSeq2Seq, PreTrainedTokenizerFast, Trainer, TrainingArguments

    from tokenizers import Tokenizer, models  # isort: skip

    tokenizer = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=Tokenizer(models.WordLevel({"<unk>": 0, "<pad>": 1, "<eos>": 2}, unk_token="<unk>")),
        unk_token="<unk>", pad_token="<pad>", eos_token="<eos>",
    )  # fmt: skip
    data = Dataset.from_dict(
        {"input_ids": [p + a for p, a in rows], "labels": [[-100] * len(p) + a for p, a in rows]}
    )
    lora = LoraConfig(r=16, lora_alpha=32, target_modules="all-linear", task_type="CAUSAL_LM")
    gpu = torch.cuda.is_available()
    micro = args.micro or args.batch
    same: dict[str, Any] = {
        "output_dir": str(Path(args.out) / "run"), "max_steps": args.steps, "per_device_train_batch_size": micro,
        "gradient_accumulation_steps": args.batch // micro, "learning_rate": 2e-4, "warmup_steps": 0,
        "lr_scheduler_type": "constant", "max_grad_norm": 1.0, "weight_decay": 0.0, "logging_steps": 10,
        "save_strategy": "no", "report_to": "none", "disable_tqdm": True, "bf16": gpu, "use_cpu": not gpu,
        "gradient_checkpointing": bool(args.checkpointing), "seed": 42,
    }  # fmt: skip
    if args.one == "trainer":
        return Trainer(
            model=get_peft_model(model, lora), args=TrainingArguments(**same), train_dataset=data,
            data_collator=DataCollatorForSeq2Seq(tokenizer, padding=True), callbacks=[watch],
        )  # fmt: skip
    from trl import SFTConfig, SFTTrainer

    settings = SFTConfig(**same, max_length=args.length, use_liger_kernel=args.one == "trl-liger")
    return SFTTrainer(
        model=model, args=settings, train_dataset=data, processing_class=tokenizer, peft_config=lora, callbacks=[watch]
    )


def profiled(trainer: Any) -> dict[str, Any]:
    """The steps once more under torch's profiler: where the time on the device goes."""
    import torch

    gpu = torch.cuda.is_available()
    kinds = [torch.profiler.ProfilerActivity.CUDA if gpu else torch.profiler.ProfilerActivity.CPU]
    with torch.profiler.profile(activities=kinds) as profile:
        trainer.train()
    by = "self_cuda_time_total" if gpu else "self_cpu_time_total"
    print(profile.key_averages().table(sort_by=by, row_limit=25, max_name_column_width=80), file=sys.stderr)
    return {"who": "profile"}


def main() -> int:
    """Run the peers in turn, print the table, write the measured figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=("8b", "smollm2", "tiny"), default="8b")
    parser.add_argument("--model", default="", help="folder of the embedded model, for --shape smollm2")
    parser.add_argument("--rows", choices=("full", "reviews"), default="full")
    parser.add_argument("--length", type=int, default=2048)
    parser.add_argument("--steps", type=int, default=12)
    parser.add_argument("--warm", type=int, default=4, help="steps that don't count")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--out", default="training-speed")
    parser.add_argument("--runs", default="", help="who:batch:micro:checkpointing, comma-separated")
    parser.add_argument("--limit", type=float, default=560, help="seconds after which no further run is begun")
    parser.add_argument("--one", choices=PEERS)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--micro", type=int, default=0)
    parser.add_argument("--checkpointing", type=int, default=0)
    parser.add_argument("--profile", action="store_true")
    args = parser.parse_args()
    if args.one:
        print("RESULT " + json.dumps(one(args)))
        return 0
    wanted = [run.split(":") for run in (args.runs or USUAL).split(",")]
    missing = {module for who, *_ in wanted if (module := NEEDS.get(who)) and not importlib.util.find_spec(module)}
    for module in sorted(missing):
        print(f"left out, not installed: {PIP[module]}")
    began, found = time.monotonic(), []
    Path(args.out).mkdir(parents=True, exist_ok=True)
    for turn in range(args.rounds):
        for who, batch, micro, twice in wanted:
            if NEEDS.get(who) in missing or time.monotonic() - began > args.limit:
                continue
            told = ["--shape", args.shape, "--model", args.model, "--rows", args.rows, "--length", str(args.length),
                    "--steps", str(args.steps), "--warm", str(args.warm), "--out", args.out, "--one", who,
                    "--batch", batch, "--micro", micro, "--checkpointing", twice]  # fmt: skip
            done = subprocess.run(
                [sys.executable, "-m", "benchmarks.training_speed", *told], capture_output=True, text=True, check=False
            )
            lines = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
            Path(args.out, f"{turn}-{who}-{batch}-{twice}.log").write_text(done.stderr + done.stdout)
            if lines:
                found.append({"round": turn, **json.loads(lines[0].removeprefix("RESULT "))})
                print(line_of(found[-1]), flush=True)
            else:
                print(f"{who} {batch} {twice} failed: {done.stderr[-1500:]}", flush=True)
            Path(args.out, f"{args.shape}-{args.rows}.json").write_text(json.dumps(found, indent=1))
    return 0


def line_of(result: dict[str, Any]) -> str:
    """One row of the table."""
    memory = f"{result['gib']:6.1f} GiB  MFU {result['mfu']:.3f}" if result["gib"] is not None else ""
    return (
        f"{result['round']} {PEERS[result['who']]:52} batch {result['batch']:3} rows at once {result['micro_batch']:3} "
        f"checkpointing {result['checkpointing']!s:5} {result['tokens_per_s']:8,.0f} tokens/s {memory} "
        f"first step after {result['first_s']:.0f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
