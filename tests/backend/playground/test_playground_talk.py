"""Two answers at once over real connections: neither waits for the other; hanging up ends both before a word came."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from backend.errors import InputError
from backend.playground.asked import Said
from backend.playground.talk import Bit, Talk
from backend.serving import Endpoint
from backend.serving.chat import HangUp, stream

HELLO = [{"role": "user", "content": "hello"}]


class Handler(BaseHTTPRequestHandler):
    """`base` is silent until released; `tuned` answers at once."""

    released = threading.Event()

    def log_message(self, *args):
        pass

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        if asked["model"] == "base":
            self.released.wait(60)
        chunk = {"choices": [{"delta": {"content": "Grüße"}, "finish_reason": "length"}]}
        usage = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 3}}
        for one in (chunk, usage):
            self.wfile.write(f"data: {json.dumps(one)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")


@pytest.fixture
def endpoint():
    Handler.released.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Endpoint(f"http://127.0.0.1:{server.server_port}")
    Handler.released.set()
    server.shutdown()
    server.server_close()


def lanes(endpoint: Endpoint):
    def voice(who):
        def speak(hang_up: HangUp) -> Iterator[Bit]:
            for piece in stream(endpoint, who, HELLO, 9, hang_up=hang_up):
                yield Bit(piece.text, piece.completion_tokens, piece.ms / 1000, piece.finish)

        return speak

    return [[(who, voice(who))] for who in ("base", "tuned")]


def test_a_silent_one_holds_nobody_up_and_a_stop_ends_it_before_its_first_word(endpoint):
    kept: list[tuple[Said, Said]] = []
    talk = Talk(lanes(endpoint), lambda *both: kept.append(both))
    talk.start()
    for base, tuned in talk.pairs():
        if tuned.end and not talk.over:
            assert (base.text, base.end) == ("", "")
            talk.stop()
    assert (tuned.text, tuned.tokens, tuned.end) == ("Grüße", 3, "length")
    assert (base.text, base.end) == ("", "stopped")
    assert kept == [(base, tuned)]


def test_nobody_has_to_listen_for_both_to_be_kept(endpoint):
    kept: list[tuple[Said, Said]] = []
    talk = Talk(lanes(endpoint), lambda *both: kept.append(both))
    talk.start()
    Handler.released.set()
    deadline = time.monotonic() + 30
    while not talk.over and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [said.text for said in kept[0]] == ["Grüße", "Grüße"]


def test_the_trouble_of_one_is_told_in_its_answer_ours_is_raised(endpoint):
    def refuses(hang_up: HangUp) -> Iterator[Bit]:
        yield Bit("Half", 1, 0.1)
        raise InputError("The server died.", do="Start it again.")

    def breaks(hang_up: HangUp) -> Iterator[Bit]:
        raise ZeroDivisionError
        yield

    fine = lanes(endpoint)[1]
    talk = Talk([[("base", refuses)], fine], lambda *both: None)
    talk.start()
    *_, (base, tuned) = talk.pairs()
    assert (base.text, base.end, base.error) == ("Half", "failed", "The server died. Start it again.")
    assert tuned.end == "length"
    talk = Talk([[("base", breaks)], fine], lambda *both: None)
    talk.start()
    with pytest.raises(ZeroDivisionError):
        list(talk.pairs())
