"""How fast the audit is: its CPU time against that of reading and parsing the file, and against peers on the same file.

    python -m benchmarks.audit_speed                          100,000 rows, ours and the peers
    python -m benchmarks.audit_speed --rows 1000000 --only parse,audit --stages
    python -m benchmarks.audit_speed --kind classify --out speed.json

Each runs in a process of its own, one after the other, on one thread; CPU seconds are user and system time of that
process. Loading libraries is given apart ("start"): it is the same for ten rows and a million. So is the first audit
of much text on a machine, which compiles patterns for all that follow. Peers do one part of
what the audit does (near duplicates; Datalab also label issues and outliers); those too slow for the whole file get its
first rows, and their time is also given per row of the file. Peers that are not installed are named.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.speed.rows import write

DOES = {
    "parse": "read, json.loads per line",
    "audit": "all default checks",
    "rensa": "near duplicates",
    "datasketch": "near duplicates",
    "semhash": "near duplicates",
    "datalab": "labels, outliers, near duplicates",
}
NEEDS = {"rensa": "rensa", "datasketch": "datasketch", "semhash": "semhash", "datalab": "cleanlab"}
AT_MOST = {"semhash": 5_000, "datalab": 10_000}
"""Rows given to the slowest."""
LIMIT = 8.0
"""Times the CPU time of parsing that the audit of 100,000 rows may take."""


def run(name: str, file: Path, rows: int, cache: Path) -> dict[str, Any]:
    """One child's result, with `cpu_process`: everything its process used. Raises CalledProcessError when it fails."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false",
                   "HF_HUB_OFFLINE": "1", "PYTHONPYCACHEPREFIX": str(cache), "TUNEWISE_HOME": str(cache)}  # fmt: skip
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.speed.children", name, str(file), str(rows)],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
    after = os.times()
    if done.returncode:
        return {"error": f"ended with {done.returncode}: {done.stderr.strip()[-200:]}"}
    found = json.loads(done.stdout.strip().splitlines()[-1])
    used = after.children_user - before.children_user + after.children_system - before.children_system
    return {**found, "cpu_process": used}


def benchmark(rows: int, kind: str, seed: int, names: list[str], repeats: int) -> dict[str, Any]:
    """Results by name; of the parse and of the audit the median of `repeats` runs by CPU time, taken in turns."""
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        file, small, cache = Path(folder) / "rows.jsonl", Path(folder) / "small.jsonl", Path(folder) / "cache"
        write(file, rows, kind, seed)
        write(small, 300, kind, seed)
        size = file.stat().st_size
        missing = [name for name in names if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None]
        for name in names:
            if name not in missing:  # libraries are compiled once, as they are after an installation
                run(name, small, 300, cache)
        turns = [name for name in names if name in ("parse", "audit")]
        taken: dict[str, list[dict[str, Any]]] = {name: [] for name in turns}
        first = run("audit", file, rows, cache) if "audit" in turns else {}
        for _ in range(repeats):
            for name in turns:
                taken[name].append(run(name, file, rows, cache))
        for name, found in taken.items():
            results[name] = sorted(found, key=lambda one: one.get("cpu", 0.0))[len(found) // 2]
            results[name]["all_cpu"] = [round(one.get("cpu", 0.0), 3) for one in found]
        if "audit" in results and "cpu" in first:
            results["audit"]["first_cpu"] = first["cpu"]
        for name in names:
            if name in missing:
                results[name] = {"error": f"not installed: pip install {NEEDS[name]}"}
            elif name not in turns:
                results[name] = run(name, file, min(rows, AT_MOST.get(name, rows)), cache)
    return {"rows": rows, "kind": kind, "seed": seed, "bytes": size, "bytes_per_row": size / rows, "results": results}


def show(report: dict[str, Any], stages: bool) -> None:
    """The table."""
    results, rows = report["results"], report["rows"]
    base = results["parse"]["cpu"]
    print(f"{rows:,} rows of {report['bytes_per_row']:.0f} bytes ({report['kind']}), seed {report['seed']}\n")
    print(f"{'':<12}{'rows':>10}{'CPU s':>9}{'start':>7}{'µs/row':>9}{'x parse':>9}{'peak MB':>9}  what it does")
    for name, one in results.items():
        if "error" in one:
            print(f"{name:<12}{'not run':>10}  {one['error']}")
            continue
        per_row = one["cpu"] / one["rows"]
        start = max(0.0, one["cpu_process"] - one["cpu"]) if name in ("parse", "audit") else 0.0
        print(f"{name:<12}{one['rows']:>10,}{one['cpu']:>9.2f}{start:>7.2f}{per_row * 1e6:>9.1f}"
              f"{per_row * rows / base:>9.1f}{one['peak_mb']:>9.0f}  {DOES[name]}")  # fmt: skip
    ours = results.get("audit", {})
    if "cpu" in ours:
        whole = ours["cpu_process"] / base
        print(f"\nAudit: {ours['cpu'] / base:.1f} x parsing, {whole:.1f} x with libraries loaded from disk; "
              f"the limit for 100,000 rows is {LIMIT:.0f} x. The first on a machine, which compiles patterns: "
              f"{ours['first_cpu'] / base:.1f} x.")  # fmt: skip
        for one in ours["sampled"]:
            print(f"  sampled: {one['measurement']} in {one['looked_at']:,} of {one['of']:,} rows; what none "
                  f"of them shows is in fewer than {one['bound']:.2%}")  # fmt: skip
        if stages:
            print("\nCPU seconds by stage:")
            for words, seconds in ours["stages"].items():
                print(f"  {seconds:>8.2f}{seconds / base:>8.2f} x  {words}")


def main() -> None:
    """Run, print, write."""
    about = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    about.add_argument("--rows", type=int, default=100_000)
    about.add_argument("--kind", choices=("answer", "classify"), default="answer")
    about.add_argument("--seed", type=int, default=7)
    about.add_argument("--only", default=",".join(DOES), help="comma-separated: " + ", ".join(DOES))
    about.add_argument("--repeats", type=int, default=3, help="of the parse and the audit; the median counts")
    about.add_argument("--stages", action="store_true", help="CPU seconds of each stage of the audit")
    about.add_argument("--out", type=Path, help="write everything as JSON")
    given = about.parse_args()
    wanted = given.only.split(",")
    unknown = [name for name in wanted if name not in DOES]
    if unknown:
        about.error(f"unknown: {', '.join(unknown)}")
    names = [name for name in DOES if name in wanted or name == "parse"]
    report = benchmark(given.rows, given.kind, given.seed, names, given.repeats)
    show(report, given.stages)
    if given.out:
        given.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
