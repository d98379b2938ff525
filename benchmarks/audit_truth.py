"""How right the audit is: planted flaws found row by row, and clean but tricky sets left alone.

    python -m benchmarks.audit_truth --out truth.json           all of it
    python -m benchmarks.audit_truth --only off-topic --rows 800 --seeds 1

Each set holds one kind of flaw, planted at a rate into a base text and written in a format; task and mapping are
guessed as on the command line. Rows named are held against the rows planted. Intervals are Wilson's, 95 %.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from benchmarks.flaws import clean
from benchmarks.flaws.bases import NAMES, Row, base
from benchmarks.flaws.plant import FLAWS, fits, plant

COMMAND = "from advisor.cli import main; main()"
RATES = (0.001, 0.01, 0.05, 0.20)
FORMATS = ("jsonl", "chat", "csv")
BARS = {"mislabelled-rows": (0.80, 0.80), "off-topic-rows": (0.90, 0.90), "cut-off-answers": (0.90, 0.80),
        "near-duplicate-rows": (0.95, 0.95)}  # fmt: skip
BAR = (0.98, 0.95)
FLIP_RATES = (0.02, 0.05, 0.10)
SEPARABLE = ("talk_topics", "subjects", "support_topics", "intents")
WARNED_SHARE = 0.01


Job = tuple[str, str, float, int, int, str, bool]
"""Flaw, base, rate, seed, rows, format, whether through the command line."""


def write(rows: list[Row], path: Path, form: str) -> None:
    """The rows as JSON lines, chat JSON lines or CSV."""
    if form == "csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("input", "output"))
            writer.writerows(rows)
        return
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            turns = [{"role": "user", "content": row.input}, {"role": "assistant", "content": row.answer}]
            record = {"messages": turns} if form == "chat" else {"prompt": row.input, "completion": row.answer}
            file.write(json.dumps(record, ensure_ascii=random.Random(row.input).random() < 0.5) + "\n")


def audit(path: Path, by_command: bool) -> dict:
    """The report, through the command line or in this process."""
    if by_command:
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, "audit", str(path), "--json", "-"],
            capture_output=True,
            text=True,
            check=False,
        )
        return json.loads(done.stdout)
    from backend.audit.run import audit_file

    return audit_file(path).model_dump(mode="json")


def planted(job: Job) -> dict:
    """One spoilt set: how many rows were named rightly and wrongly, and which (the first few)."""
    flaw_name, host_name, rate, seed, size, form, by_command = job
    flaw = next(flaw for flaw in FLAWS if flaw.name == flaw_name)
    truth = plant(flaw, base(host_name, size, seed), rate, seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"data.{'csv' if form == 'csv' else 'jsonl'}"
        write(truth.rows, path, form)
        report = audit(path, by_command)
    named = {row for finding in report["findings"] if finding["rule"] == flaw.rule for row in finding["rows"]}
    wrong, missed = sorted(named - truth.truth), sorted(truth.truth - named)
    result = {
        "rule": flaw.rule, "flaw": flaw.name, "base": host_name, "rate": rate, "seed": seed, "format": form,
        "rows": len(truth.rows), "planted": len(truth.truth), "right": len(named & truth.truth), "wrong": len(wrong),
        "not_asked": flaw.rule in report["not_asked"],
        "wrongly_named": [truth.rows[row] for row in wrong[:3]], "missed": [truth.rows[row] for row in missed[:3]],
    }  # fmt: skip
    result["separable"] = host_name in SEPARABLE
    if flaw.name == "flips":
        from benchmarks.flaws.peer import cleanlab_on

        peer = cleanlab_on([row.input for row in truth.rows], [row.answer for row in truth.rows])
        result |= {"peer_right": len(peer & truth.truth), "peer_wrong": len(peer - truth.truth)}
    if flaw.rule == "off-topic-rows":
        from benchmarks.flaws.peer import neighbours_on

        texts = [row.input if report["task"] == "classify" else f"{row.input} {row.answer}" for row in truth.rows]
        peer = neighbours_on(texts, len(truth.truth))
        result |= {"peer_right": len(peer & truth.truth), "peer_wrong": len(peer - truth.truth)}
    return result


def untouched(job: tuple[str, int, int, str]) -> dict:
    """One clean set: rules that blocked, and rows named per rule."""
    name, seed, size, form = job
    rows = clean.clean(name, size, seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"data.{'csv' if form == 'csv' else 'jsonl'}"
        write(rows, path, form)
        report = audit(path, by_command=False)
    findings = [finding for finding in report["findings"] if finding["rule"] not in ("too-few-examples",)]
    return {
        "set": name, "seed": seed, "format": form, "rows": len(rows),
        "blocks": [finding["rule"] for finding in findings if finding["severity"] == "block"],
        "warned": {finding["rule"]: len(finding["rows"]) for finding in findings},
        "examples": {finding["rule"]: [rows[row] for row in finding["rows"][:3]] for finding in findings},
    }  # fmt: skip


def jobs(only: str, size: int, seeds: int, rates: tuple[float, ...]) -> Iterator[Job]:
    """Every flaw in every base it fits, at every rate; formats take turns, and one set in forty goes by command."""
    number = 0
    for flaw in FLAWS:
        if only and only not in (flaw.rule, flaw.name) and not flaw.rule.startswith(only):
            continue
        for host in NAMES:
            if not fits(flaw, base(host, 1, 0)):
                continue
            for rate in FLIP_RATES if flaw.name == "flips" else rates:
                for seed in range(seeds):
                    number += 1
                    yield flaw.name, host, rate, seed, size, FORMATS[number % 3], number % 40 == 0


def main() -> None:
    """Run, print the tables, write the JSON."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--out", type=Path)
    words.add_argument("--only", default="", help="a rule or a flaw; 'clean' for the clean sets alone")
    words.add_argument("--rows", type=int, default=1500)
    words.add_argument("--seeds", type=int, default=2)
    words.add_argument("--rate", type=float, action="append")
    words.add_argument("--show", action="store_true", help="show rows missed and wrongly named")
    given = words.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    from benchmarks.flaws.show import show_clean, show_planted, show_prompts

    results, clean_results = [], []
    with ProcessPoolExecutor(int(os.environ.get("WORKERS", "2"))) as pool:
        if given.only != "clean":
            todo = jobs(given.only, given.rows, given.seeds, tuple(given.rate or RATES))
            results = list(pool.map(planted, list(todo)))
        if given.only in ("", "clean"):
            sets = [
                (name, seed, given.rows, FORMATS[at % 3])
                for seed in range(given.seeds)
                for at, name in enumerate(clean.NAMES)
            ]
            clean_results = list(pool.map(untouched, sets))
    summary = {"planted": show_planted(results, BARS, BAR, given.show)} if results else {}
    if clean_results:
        summary["clean"] = show_clean(clean_results, WARNED_SHARE, given.show)
    if not given.only:
        summary["prompts"] = show_prompts()
    if given.out:
        everything = {"summary": summary, "planted": results, "clean": clean_results}
        given.out.write_text(json.dumps(everything, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
