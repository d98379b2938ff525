"""Every command explains itself with an example, and none of that costs an import."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.main import get_command

from advisor.cli import COMMANDS, app
from advisor.words import HOW_TO
from rules.judge import all_rules

NAMES = [function.__name__ for function, _ in COMMANDS]
CONTRACT = [
    "app", "demo", "audit", "new", "status", "check", "prompt", "plan", "review", "sign", "train", "follow",
    "stop", "evaluate", "chat", "serve", "latency", "report", "estimate", "rules", "doctor",
]  # fmt: skip
HEAVY = (
    "torch", "gradio", "pandas", "transformers", "datasets", "langchain_core", "numpy", "rich", "pydantic", "backend",
)  # fmt: skip


def test_the_commands_of_the_contract_are_there():
    assert set(CONTRACT) <= set(NAMES)
    assert len(NAMES) == len(set(NAMES))


@pytest.mark.parametrize("name", NAMES)
def test_help_has_an_example_of_this_command(name: str, tunewise: Callable):
    ended = tunewise(name, "--help")
    assert ended.code == 0
    assert f"Example: tunewise {name}" in ended.out
    assert "--home" in ended.out


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ("app", "stop")])
def test_commands_with_a_result_can_write_json(name: str, tunewise: Callable):
    assert "--json" in tunewise(name, "--help").out


def test_without_arguments_it_shows_the_help(tunewise: Callable):
    ended = tunewise()
    assert ended.code == 0
    assert all(f"  {name} " in ended.out for name in NAMES)


def test_help_imports_nothing_heavy():
    code = (
        "import sys; from advisor.cli import execute; execute(['--help']); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert ended.stdout.splitlines()[-1] == "[]"


def test_the_console_script_runs():
    script = Path(sys.executable).with_name("tunewise")
    ended = subprocess.run([script, "rules", "leaked-rows"], capture_output=True, text=True, check=True)
    assert "Some test rows are also in the training data." in ended.stdout


@pytest.mark.parametrize(("name", "example"), [(function.__name__, example) for function, example in COMMANDS])
def test_examples_are_commands_that_would_run(name: str, example: str):
    """Parsed by the command itself, without running it: a wrong option or a missing value raises."""
    script, command, *arguments = shlex.split(example, comments=True)
    assert (script, command) == ("tunewise", name)
    get_command(app).commands[name].make_context(name, arguments)  # type: ignore[attr-defined]


def test_commands_named_in_advice_exist():
    rules = {rule.id: f"{rule.fix} {rule.why}" for rule in all_rules()}
    for where, text in {**rules, **{step: " ".join(lines) for step, lines in HOW_TO.items()}}.items():
        assert set(re.findall(r"`?tunewise ([a-z]+)", text)) <= set(NAMES), where
