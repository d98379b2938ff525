"""Writes the tree in README.md: every file with the first sentence of its docstring. Run by `make docs`."""

from __future__ import annotations

import ast
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[1]
START, END = "<!-- tree -->\n", "<!-- end of tree -->\n"
FOLDERS = ("rules", "backend", "advisor")


def phrase(file: Path) -> str:
    """The first line of a module's docstring."""
    said = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return said.partition("\n")[0]


def tree() -> str:
    """The tree as Markdown: one table-free list a folder; the rules are counted, for docs/rules.md has each."""
    lines = []
    files = [f for folder in FOLDERS for f in sorted((ROOT / folder).rglob("*.py")) if f.name != "__init__.py"]
    for folder, group in groupby(sorted(files, key=lambda f: str(f.parent)), key=lambda f: f.parent.relative_to(ROOT)):
        own = list(group)
        if folder.parts[0] == "rules" and len(folder.parts) > 1:
            lines.append(f"- `{folder}/`: {len(own)} rules, a file each ([docs/rules.md](docs/rules.md))")
            continue
        lines.append(f"- `{folder}/`")
        lines += [f"  - `{file.name}`: {phrase(file)}" for file in own]
    return "\n".join(lines) + "\n"


def rewritten(readme: str) -> str:
    """The README with its tree brought up to date."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}{tree()}{END}{after}"


if __name__ == "__main__":
    path = ROOT / "README.md"
    new = rewritten(path.read_text(encoding="utf-8"))
    if sys.argv[1:] == ["--check"]:
        sys.exit(new != path.read_text(encoding="utf-8"))
    path.write_text(new, encoding="utf-8")
