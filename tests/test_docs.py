"""What the documents say is what the code is."""

import re
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).parents[1]


def test_the_tree_in_the_readme_is_up_to_date():
    checked = subprocess.run([sys.executable, "scripts/readme_tree.py", "--check"], cwd=REPO, check=False)
    assert checked.returncode == 0, "run `make docs`"


def test_every_file_is_one_a_person_can_hold_in_the_head():
    long = {
        str(file.relative_to(REPO)): lines
        for folder in ("rules", "backend", "advisor")
        for file in (REPO / folder).rglob("*.py")
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 350
    }
    assert not long


def test_every_link_between_documents_leads_somewhere():
    for page in [*REPO.glob("*.md"), *(REPO / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_make_has_what_the_readme_and_the_dockerfile_run():
    makefile = (REPO / "Makefile").read_text(encoding="utf-8")
    docker = (REPO / "Dockerfile").read_text(encoding="utf-8")
    wanted = set(re.findall(r"\bmake ([a-z-]+)", (REPO / "README.md").read_text(encoding="utf-8")))
    wanted |= set(re.findall(r"^RUN make ([a-z-]+)", docker, flags=re.MULTILINE))
    assert {"demo", "test", "install", "vllm"} <= wanted
    for target in wanted - {"may"}:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target
    assert "make test" in (REPO / ".ci" / "run").read_text(encoding="utf-8")


def test_every_rule_has_its_place_on_the_rules_page():
    page = (REPO / "docs" / "rules.md").read_text(encoding="utf-8")
    for file in (REPO / "rules").glob("*/*.py"):
        if file.name != "__init__.py":
            assert file.stem.replace("_", "-") in page
