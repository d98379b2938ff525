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
    input_tokens: Annotated[
        int | None, typer.Option(min=1, help="Made-up prompts of this size, in place of texts.")
    ] = None,
    output_tokens: Annotated[
        int | None, typer.Option(min=1, help="Answers of exactly this size, where the server can.")
    ] = None,
    rate: Annotated[float | None, typer.Option(help="Requests a second that arrive, whether answered or not.")] = None,
    api_key_env: Annotated[
        str | None, typer.Option(metavar="VAR", help="The environment variable that holds the key.")
    ] = None,
    target: Annotated[
        list[str] | None, typer.Option(metavar="NAME=TIME", help="ttft=300ms, tpot=50ms, e2e=2s; may be repeated.")
    ] = None,
    preset: Annotated[
        str | None, typer.Option(help="Targets by use: chat, retrieval, completion, agent, mlperf, mlperf-interactive.")
    ] = None,
    share: Annotated[
        float | None, typer.Option(help="The share of requests that has to keep the targets; 0.95, or the preset's.")
    ] = None,
    compare: Annotated[
        str, typer.Option(metavar="MODEL,…", help="Measure these in turns with it (NAME or NAME@URL).")
    ] = "",
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
    from backend.latency import LatencyReport, LatencyTest, Progress, parse_targets, read_prompts, run_latency

    out = Output(json)
    levels, others = _levels(users), tuple(name.strip() for name in compare.split(",") if name.strip())
    targets, corrected = parse_targets(target or ()), None
    with out.progress() as tell:

        def news(now: Progress) -> None:
            tell(now.words, now.share_done)

        if "://" not in target_of:
            only_addresses = {"--rate": rate, "--prompts": prompts, "--api-key-env": api_key_env, "--model": model}
            for option, value in only_addresses.items():
                if value:
                    raise InputError(f"{option} goes with an address; a project's own settings hold.", where=target_of)
            wanted = LatencyTest(
                mode=mode or "quick", users=levels, requests=requests, share=share, preset=preset, compare=others,
                targets={f"{name}_ms": value for name, value in targets.asked.items()} or None,
                input_tokens=input_tokens, output_tokens=output_tokens,
            )  # fmt: skip
            record = Workbench.open(target_of, home).test_latency(wanted, news)
            done = LatencyReport.model_validate(record.report)
            corrected = record.calibration
        else:
            if not model:
                do = "Give its name at that address."
                raise InputError("Which model should answer?", where="--model", do=do)
            done = run_latency(
                target_of, model, mode=mode, users=levels or None, requests=requests, max_tokens=max_tokens,
                prompts=read_prompts(prompts) if prompts else None, input_tokens=input_tokens,
                output_tokens=output_tokens, rate=rate, api_key_env=api_key_env, targets=targets if target else None,
                preset=preset, share=share, compare=others, allow_remote=remote, request_log=request_log,
                on_progress=news,
            )  # fmt: skip
    _show(out, done)
    if corrected is not None:
        factors = ", ".join(f"{name.upper()} × {factor:.2g}" for name, factor in corrected.factors.items())
        out.say(f"The plan's latency estimate is corrected by this test from now on: {factors}.")
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
    several = len({level.model for level in done.levels}) > 1
    titles = ["at once", "requests", "failed", "first word p50", "p95", "per token p50", "p95", "whole answer p95"]
    for title in (["model"] if several else []) + titles + ["tokens/s", "in target"]:
        table.add_column(title, justify="right")
    for level in done.levels:
        within = level.within_target
        load = f"{level.rate_rps:g} a second" if level.rate_rps is not None else str(level.users)
        cells = [
            load, str(level.requests), str(level.failed), _ms(level.ttft_ms.p50), _ms(level.ttft_ms.p95),
            _ms(level.tpot_ms.p50), _ms(level.tpot_ms.p95), _ms(level.e2e_ms.p95),
            "–" if level.output_tokens_per_s is None else f"{level.output_tokens_per_s:.0f}",
            f"{within.good} of {within.of}" if within else "–",
        ]  # fmt: skip
        table.add_row(*([level.model] if several else []), *cells)
    out.show(table)
    out.say(f"{done.verdict}: {done.because}", style="bold")
    if done.cut_short and done.cut_short != done.because:
        out.say(f"Cut short: {done.cut_short}")
    if done.holds_users is not None:
        out.say(f"Shown to hold for up to {done.holds_users} at once.")
    if done.knee_users is not None:
        out.say(f"More than {done.knee_users} at once mostly wait for each other (the knee).")
    if done.cause is not None:
        out.say(f"Where the time goes: {done.cause.kind} ({done.cause.source}). {done.cause.because}")
        for advice in done.cause.advice:
            out.say(f"  - {advice}")
    for one in done.comparison:
        out.say(f"{one.because} ({one.blocks} turns each, {one.requests} requests, {one.users} at once)")
    for note in done.notes:
        out.say(f"Note: {note}")


def _ms(value: Any) -> str:
    return "–" if value is None else f"{value:.0f} ms"
