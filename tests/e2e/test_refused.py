"""A hidden button is no gate: whoever calls the app past its pages is refused by the server."""

import httpx
import pytest
from browser_app import App

from backend import Goal, Workbench
from backend.domain import PromptTrials, Run, SignOff


@pytest.mark.parametrize(
    ("endpoint", "data"),
    [
        ("prompt_measure", ["smollm2-135m", "10", *[True, "bare", "", "{input}", False, False] * 6]),
        ("plan_make", [None, *[""] * 9]),
        ("signoff_sign", ["Ann", "I have checked all of it.", []]),
        ("train_start", ["", "", ""]),
        ("evaluate_run", [""]),
        ("serve_start", [False]),
    ],
)
def test_a_handler_called_directly_is_refused(app: App, bench: Workbench, endpoint: str, data: list) -> None:
    bench.set_goal(Goal(task="classify", sentence="Sort mails.", expert="Ann"))
    said = app.call(endpoint, bench.project.id, *data)
    assert "start yet" in said
    assert "is-block" in said
    assert bench.run_state() is None
    assert [bench.fresh(record) for record in (PromptTrials, SignOff, Run)] == [None, None, None]


def test_another_project_cannot_be_reached_by_a_path(app: App, bench: Workbench) -> None:
    said = app.call("report_write", "../../etc")
    assert "leads outside" in said or "no Tunewise project" in said


def test_only_our_own_page_may_act(app: App, bench: Workbench) -> None:
    body = {"data": [bench.project.id]}
    with app.client() as client:
        own = client.post("/gradio_api/call/report_write", json=body, headers={"origin": app.base})
        foreign = client.post("/gradio_api/call/report_write", json=body, headers={"origin": "https://evil.example"})
        sneaky = client.post("/gradio_api/call/report_write", json=body, headers={"sec-fetch-site": "cross-site"})
        upload = client.post(
            "/gradio_api/upload", files={"files": ("a.csv", b"a,b")}, headers={"origin": "https://evil.example"}
        )
        rebound = client.get("/", headers={"host": "evil.example"})
        described = client.get("/openapi.json")
        hidden = client.get(f"/gradio_api/file={app.home}/projects/{bench.project.id}/project.json")
    assert own.status_code == 200
    assert {foreign.status_code, sneaky.status_code, upload.status_code} == {403}
    assert rebound.status_code == 400
    assert described.status_code == 404
    assert hidden.status_code in {403, 404}


def test_nobody_comes_in_without_the_link(app: App) -> None:
    for path in ("/", "/goal?project=x", "/config", "/gradio_api/info", "/?token=wrong", "/report/x.html"):
        answer = httpx.get(app.base + path)
        assert answer.status_code == 401, path
        assert "tunewise" in answer.text.lower()
    let_in = httpx.get(app.link)
    cookie = let_in.headers["set-cookie"].lower()
    assert let_in.status_code == 303
    assert "token" not in let_in.headers["location"]
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_every_answer_carries_the_security_headers(app: App) -> None:
    with app.client() as client:
        for answer in (client.get("/"), httpx.get(app.base)):
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["x-frame-options"] == "DENY"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
