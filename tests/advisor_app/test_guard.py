"""The guard: who is let in, who is turned away, and with which headers."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from advisor.guard import WRONG_TRIES, Door, Guard

HERE = "http://127.0.0.1:7860"


def hello(request: Request) -> Response:
    return PlainTextResponse("hello", headers={"x-frame-options": "ALLOWALL"})


def client(password: str = "") -> tuple[TestClient, Door]:
    door = Door(7860, password)
    app = Starlette(routes=[Route("/", hello, methods=["GET", "POST"]), Route("/goal", hello)])
    guard = Guard(app, door, {"127.0.0.1", "localhost", "::1"})
    return TestClient(guard, base_url=HERE, follow_redirects=False), door


def test_the_link_lets_in_and_leaves_no_token_in_the_address():
    browser, door = client()
    assert browser.get("/").status_code == 401
    opened = browser.get(f"/goal?project=a%20b&token={door.token}")
    assert opened.status_code == 303
    assert opened.headers["location"] == "/goal?project=a+b"
    assert browser.get("/").text == "hello"


def test_a_redirect_never_leaves_the_app():
    browser, door = client()
    opened = browser.get(f"{HERE}//evil.example/?token={door.token}")
    assert opened.headers["location"] == "/evil.example/"


@pytest.mark.parametrize("token", ["", "wrong", "ünïcode"])
def test_another_token_does_not(token: str):
    browser, _ = client()
    assert browser.get("/", params={"token": token}).status_code == 401


def test_a_cookie_of_an_earlier_start_does_not():
    browser, _ = client()
    browser.cookies.set("tunewise-7860", "old")
    assert browser.get("/").status_code == 401


@pytest.mark.parametrize("host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", ""])
def test_another_host_is_refused(host: str):
    browser, door = client()
    assert browser.get(f"/?token={door.token}", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "[::1]:7860", "localhost"])
def test_our_own_names_are_not(host: str):
    browser, door = client()
    assert browser.get(f"/?token={door.token}", headers={"host": host}).status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": HERE}, 200),
        ({"origin": HERE, "sec-fetch-site": "same-origin"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://127.0.0.1:9999"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_changes_come_from_our_own_page_only(headers: dict[str, str], status: int):
    browser, door = client()
    browser.get(f"/?token={door.token}")
    assert browser.post("/", headers=headers).status_code == status


def test_security_headers_are_on_everything_and_ours_win():
    browser, door = client()
    for answer in (browser.get("/"), browser.get(f"/?token={door.token}"), browser.get("/"), browser.get("/nowhere")):
        assert answer.headers.get_list("x-frame-options") == ["DENY"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_with_a_password_the_link_is_not_enough_and_guessing_is_slowed():
    browser, door = client("a long password")
    assert browser.get(f"/?token={door.token}").status_code == 401
    for _ in range(WRONG_TRIES):
        assert browser.post("/sign-in", data={"password": "guess"}).status_code == 401
    assert browser.post("/sign-in", data={"password": "a long password"}).status_code == 429
    door.wrong.clear()
    assert browser.post("/sign-in", data={"password": "a long password"}).status_code == 303
    assert browser.get("/").text == "hello"
