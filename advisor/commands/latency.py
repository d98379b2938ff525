"""`latency`: measure how long an endpoint lets people wait, against a target."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from advisor.commands.options import Home, Json
from advisor.terminal import Output

if TYPE_CHECKING:
    from backend.latency import LatencyReport

EXIT_CODES = {"pass": 0, "fail": 3, "borderline": 4, "invalid": 4}


def latency(
    target_of: Annotated[
        str, typer.Argument(metavar="URL|PROJECT", help="An OpenAI-compatible address, or a project that is served.")
    ],
    model: Annotated[str, typer.Option(help="The model's name at that address.")] = "",
    mode: Annotated[
        Literal["quick", "standard", "sweep"] | None, typer.Option(help="How thorough: minutes, ten, or to the limit.")
    ] = None,
    users: Annotated[str, typer.Option(metavar="N,N,…", help="How many ask at once, level by level.")] = "",
    requests: Annotated[int | None, typer.Option(min=1, help="Counted requests a level.")] = None,
    max_tokens: Annotated[int, typer.Option(min=1, help="The longest answer.")] = 64,
    prompts: Annotated[Path | None, typer.Option(metavar="FILE", help="Prompts: JSONL, or a text line each.")] = None,
    rate: Annotated[float | None, typer.Option(help="Requests a second that arrive, whether answered or not.")] = None,
    api_key_env: Annotated[
        str | None, typer.Option(metavar="VAR", help="The environment variable that holds the key.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option(metavar="NAME=TIME", help="ttft=300ms, tpot=50ms, e2e=2s; may be repeated.")
    ] = None,
    share: Annotated[float, typer.Option(help="The share of requests that has to keep the targets.")] = 0.95,
    remote: Annotated[
        bool, typer.Option("--remote", help="The address is on another machine, and I may test it.")
    ] = False,
    request_log: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write every request as a JSON line.")
    ] = None,
    json: Json = None,
    home: Home = None,
) -> None:
    """Measure waiting times. Exit code 0 when the target is kept, 3 when missed, 4 when it can't be told."""
    from backend import InputError, Workbench
    from backend.latency import LatencyReport, LatencyTest, parse_targets, read_prompts, run_latency

    out = Output(json)
    levels = _levels(users)
    if "://" not in target_of:
        wb = Workbench.open(target_of, home)
        with out.progress() as tell:
            asked = LatencyTest(mode=mode or "quick", users=levels, requests=requests)
            record = wb.test_latency(asked, lambda news: tell(news.words, news.share_done))
        done = LatencyReport.model_validate(record.report)
    else:
        if not model:
            raise InputError("Which model should answer?", where="--model", do="Give its name at that address.")
        with out.progress() as tell:
            done = run_latency(
                target_of, model, mode=mode, users=levels or None, requests=requests, max_tokens=max_tokens,
                prompts=read_prompts(prompts) if prompts else None, rate=rate, api_key_env=api_key_env,
                targets=parse_targets(target or ()), share=share, allow_remote=remote, request_log=request_log,
                on_progress=lambda news: tell(news.words, news.share_done),
            )
    _show(out, done)
    out.result(done.model_dump(mode="json"))
    if EXIT_CODES[done.verdict]:
        raise typer.Exit(EXIT_CODES[done.verdict])


def _levels(users: str) -> tuple[int, ...]:
    from backend import InputError

    try:
        return tuple(int(part) for part in users.split(",") if part.strip())
    except ValueError as error:
        raise InputError(f"{users!r} is no list of numbers.", where="--users", do='Write it like "1,4,8".') from error


def _show(out: Output, done: LatencyReport) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("at once", "requests", "failed", "first word p50", "p95", "per token p50", "p95", "whole answer p95",
                  "tokens/s", "in target"):
        table.add_column(title, justify="right")
    for level in done.levels:
        within = level.within_target
        table.add_row(
            str(level.users), str(level.requests), str(level.failed), _ms(level.ttft_ms.p50), _ms(level.ttft_ms.p95),
            _ms(level.tpot_ms.p50), _ms(level.tpot_ms.p95), _ms(level.e2e_ms.p95),
            "–" if level.output_tokens_per_s is None else f"{level.output_tokens_per_s:.0f}",
            f"{within.good} of {within.of}" if within else "–",
        )
    out.show(table)
    out.say(f"{done.verdict}: {done.because}", style="bold")


def _ms(value: Any) -> str:
    return "–" if value is None else f"{value:.0f} ms"
