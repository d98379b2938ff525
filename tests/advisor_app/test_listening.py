"""Where the app listens: a free port, the one that was asked for, and nowhere others could reach unasked."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from advisor.server import FIRST_PORT, LAST_PORT, listen, password_for
from backend import InputError


def test_a_free_port_is_found():
    with listen("127.0.0.1", None) as first, listen("127.0.0.1", None) as second:
        ports = {first.getsockname()[1], second.getsockname()[1]}
    assert len(ports) == 2
    assert all(FIRST_PORT <= port <= LAST_PORT for port in ports)


def test_a_taken_port_is_said_plainly():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(InputError, match=f"port {port}") as error:
            listen("127.0.0.1", port)
        assert "Leave --port out" in str(error.value)
        run = subprocess.run(
            [sys.executable, "-m", "advisor.app", "--port", str(port), "--no-browser"], capture_output=True, text=True
        )
    assert run.returncode == 2
    assert f"port {port}" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("port", [70_000, -1])
def test_a_port_that_cannot_be(port: int):
    with pytest.raises(InputError, match="not a port number"):
        listen("127.0.0.1", port)


def test_an_address_that_is_not_ours():
    with pytest.raises(InputError, match=r"cannot listen on 203\.0\.113\.7"):
        listen("203.0.113.7", None)


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "example.org"])
@pytest.mark.parametrize("password", ["", "short"])
def test_no_other_machine_without_a_good_password(host: str, password: str):
    with pytest.raises(InputError, match="without a password"):
        password_for(host, password)


def test_this_machine_needs_none_and_others_get_the_one_given():
    assert password_for("127.0.0.1", "") == ""
    assert password_for("0.0.0.0", "correct horse battery") == "correct horse battery"
