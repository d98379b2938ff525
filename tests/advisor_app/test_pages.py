"""The app as a whole, without a browser: a page a step, every field named, every handler reachable by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor import steps
from rules.rule import STEPS


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> dict:
    from advisor.app import build

    return build(tmp_path_factory.mktemp("home")).get_config_file()


def test_there_is_a_page_for_every_step_and_one_to_start(config: dict):
    assert set(config["page"]) == {"", *STEPS}


def test_every_field_has_a_label(config: dict):
    fields = {"textbox", "dropdown", "checkbox", "checkboxgroup", "file", "chatbot", "number", "radio"}
    for component in config["components"]:
        if component["type"] in fields:
            assert component["props"].get("label"), component


def test_nothing_of_the_person_is_kept_in_the_page(config: dict):
    assert not [component for component in config["components"] if component["type"] == "browserstate"]


def test_every_action_has_a_name_of_its_own(config: dict):
    names = [one["api_name"] for one in config["dependencies"] if one["api_visibility"] == "undocumented"]
    assert len(names) == len(set(names))
    assert {"goal_save", "data_add", "prompt_measure", "plan_make", "signoff_sign", "train_start", "evaluate_run",
            "play_ask", "serve_start", "serve_latency", "report_write"} <= set(names)  # fmt: skip
    assert {f"{step}_waive" for step in STEPS} <= set(names)
    assert {f"{step}_advise" for step in STEPS} <= set(names)


@pytest.mark.parametrize("step", STEPS)
def test_every_step_says_what_it_is_and_why(step: str):
    module = steps.page_of(step)
    assert module.LEAD.endswith((".", "?"))
    assert len(module.WHY) > 100
    assert len(Path(module.__file__).read_text(encoding="utf-8").splitlines()) <= 350
