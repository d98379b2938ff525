"""Does the quick way of training learn the same? Loss curves against PEFT's own way, with its own noise beside them.

    python -m benchmarks.training_same            (one GPU; on a CPU add --shape tiny, which shows only that it runs)

For each seed three runs of AdamW over the same rows in the same order from the same weights: PEFT as it comes (adapters
in fp32, activations lifted to fp32 for them), ours (adapters computed in bf16 from fp32 masters, layers compiled, rows
packed), and PEFT again with the rows of each batch reversed, which changes nothing but rounding: that is the noise.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from pathlib import Path
from typing import Any

REVIEWS = Path(__file__).with_name("review_lengths.json")
SIZES = {
    "small": {"hidden_size": 2048, "intermediate_size": 5632, "num_hidden_layers": 12, "num_attention_heads": 16,
              "num_key_value_heads": 8, "vocab_size": 32_000},
    "tiny": {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
             "num_key_value_heads": 2, "vocab_size": 500},
}  # fmt: skip


def rows(seed: int, kind: str, count: int, vocabulary: int) -> list[Any]:
    """Rows with something to learn: each token follows from the one before, one in four by chance."""
    from backend.prompts.encode import Encoded

    chance = random.Random(seed)
    lengths = [(1, 1499)] if kind == "full" else json.loads(REVIEWS.read_text())["rows"]
    made = []
    for _ in range(count):
        prompt, answer = chance.choice(lengths)
        answer = max(answer, 8)
        ids = [chance.randrange(vocabulary)]
        while len(ids) < prompt + answer:
            ids.append((ids[-1] * 31 + 7) % 97 if chance.random() < 0.75 else chance.randrange(vocabulary))
        made.append(Encoded(tuple(ids[:prompt]), tuple(ids[prompt:])))
    return made


def curve(way: str, seed: int, kind: str, args: argparse.Namespace) -> list[float]:
    """The loss of every step (nats per answer token)."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM, set_seed

    from backend.training import quick
    from backend.training.arguments import with_adapter
    from backend.training.config import Knobs
    from backend.training.packed import CollatePacked, attend_within_rows
    from backend.training.pairs import Collate
    from backend.training.trainer import answer_loss, on

    gpu = torch.cuda.is_available()
    set_seed(seed)
    with torch.device("cuda" if gpu else "cpu"):
        model = LlamaForCausalLM(LlamaConfig(**SIZES[args.shape], use_cache=False)).to(torch.bfloat16)
    batch = 4 if kind == "full" else 16
    data = rows(seed, kind, batch * args.steps, model.config.vocab_size)
    collate: Any = Collate(0, 0)
    if way == "ours":
        if gpu:
            attend_within_rows(model)
        collate = CollatePacked(max(map(len, data)))
    tuned = with_adapter(model, Knobs(seed=seed, batch_size=batch, micro_batch=batch))
    if way == "ours":
        quick.bf16_adapters(tuned, batch * sum(map(len, data)) / len(data))
        if gpu:
            quick.compile_layers(tuned)
    learnt = [part for part in tuned.parameters() if part.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=args.rate, weight_decay=0.0)
    losses = []
    tuned.train()
    for start in range(0, len(data), batch):
        some = data[start : start + batch]
        taken = some[::-1] if way == "reversed" else some
        total, count = answer_loss(tuned, on(tuned.device, collate(taken)))
        loss = total / count
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        losses.append(loss.detach())
    return [float(loss) for loss in losses]


def main() -> int:
    """Print one line a seed and kind of rows, and what they come to together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shape", choices=tuple(SIZES), default="small")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--steps", type=int, default=80)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--rows", choices=("full", "reviews"), nargs="*", default=["full", "reviews"])
    args = parser.parse_args()
    print("rows     seed  first   last: PEFT    ours  reversed   mean |difference|: ours  reversed")
    for kind in args.rows:
        ends = []
        for seed in range(args.seeds):
            peft, ours, again = (curve(way, seed, kind, args) for way in ("peft", "ours", "reversed"))
            apart = [statistics.fmean(abs(a - b) for a, b in zip(peft, other, strict=True)) for other in (ours, again)]
            last = [statistics.fmean(losses[-8:]) for losses in (peft, ours, again)]
            ends.append((last[1] - last[0], last[2] - last[0]))
            print(
                f"{kind:8} {seed:4} {peft[0]:6.3f} {last[0]:12.4f} {last[1]:8.4f} {last[2]:8.4f}"
                f" {apart[0]:22.5f} {apart[1]:9.5f}",
                flush=True,
            )
        if len(ends) > 1:
            ours_off, noise_off = zip(*ends, strict=True)
            print(
                f"{kind}: last eight steps, ours − PEFT {statistics.fmean(ours_off):+.4f} ± "
                f"{statistics.stdev(ours_off):.4f} (sd over seeds), reversed − PEFT "
                f"{statistics.fmean(noise_off):+.4f} ± {statistics.stdev(noise_off):.4f}"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
