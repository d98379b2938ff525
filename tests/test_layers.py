"""advisor → backend → rules, never the other way; and what each layer may import."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FORBIDDEN = {
    "rules": {"backend", "advisor"},
    "backend": {"advisor", "gradio", "langchain_core", "langchain_openai", "typer"},
    "advisor": {"torch", "transformers", "peft", "datasets", "evaluate", "optuna", "sklearn"},
}
HEAVY = {
    "torch", "transformers", "peft", "datasets", "evaluate", "gradio", "sklearn", "pandas", "plotly", "langchain_core",
    "rich", "pydantic", "backend", "rapidfuzz",
}  # fmt: skip
"""What the command line may not import before a command runs."""


def modules(layer: str) -> list[Path]:
    return sorted((ROOT / layer).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """(top-level package, is it imported when the module is) of every import; type checking does not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    at_once: set[ast.AST] = set()
    skipped: set[ast.AST] = set()
    for node in tree.body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            skipped.update(ast.walk(node))
        elif not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            at_once.update(ast.walk(node))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((name.name.partition(".")[0], node in at_once) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0], node in at_once


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_layers(layer: str):
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(layer)
        for name, _ in imports(path)
        if name in FORBIDDEN[layer]
    }
    # The doctor looks at what is installed; it does nothing with it.
    assert wrong - {"advisor/commands/machine.py imports torch"} == set()


def test_rules_use_the_standard_library_only():
    allowed = set(sys.stdlib_module_names) | {"rules"}
    assert {(path.name, name) for path in modules("rules") for name, _ in imports(path) if name not in allowed} == set()


def test_gradio_and_langchain_live_in_the_advisor_only():
    for layer in ("rules", "backend"):
        for path in modules(layer):
            assert not {name for name, _ in imports(path)} & {"gradio", "langchain_core"}, path


def test_the_command_line_imports_nothing_heavy_before_a_command_runs():
    paths = [ROOT / "advisor" / "cli.py", ROOT / "advisor" / "terminal.py", *modules("advisor/commands")]
    wrong = {(path.name, name) for path in paths for name, at_once in imports(path) if at_once and name in HEAVY}
    assert wrong == set()


@pytest.mark.parametrize("layer", FORBIDDEN)
def test_every_file_can_be_held_in_the_head_and_says_what_it_is(layer: str):
    for path in modules(layer):
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= 350 or path.name in ("domain.py", "workbench.py"), path
        if text.strip():
            docstring = ast.get_docstring(ast.parse(text))
            assert docstring, f"{path} does not say what it is"
