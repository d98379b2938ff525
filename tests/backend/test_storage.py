"""Files, journal and index: a kill or an edit is noticed and loses nothing confirmed."""

import multiprocessing
import os
import signal
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.decisions import Waiver
from backend.errors import InputError
from backend.events import Done, Failed, Phase, Progress, append, follow, read
from backend.index import Index
from backend.journal import START, Journal
from backend.store import inside, write_text


def _waiver(n):
    return Waiver(rule="r", by="Ada", why=f"because of {n}", step_fingerprint="f", message="m")


def test_write_replaces_whole_files_and_leaves_no_temporary(tmp_path):
    path = tmp_path / "deep" / "a.json"
    write_text(path, "one")
    write_text(path, "zwei ✓")
    assert path.read_text(encoding="utf-8") == "zwei ✓"
    assert [p.name for p in path.parent.iterdir()] == ["a.json"]


def test_a_full_disk_is_said_and_the_old_content_stays(tmp_path):
    # A file-size limit makes the kernel refuse the write as a full disk would.
    code = (
        "import resource, signal, sys; from pathlib import Path; from backend.store import write_text;"
        "from backend.errors import InputError; import errno, os\n"
        "real = os.fsync\n"
        "def full(fd): raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "write_text(Path(sys.argv[1]), 'old'); os.fsync = full\n"
        "try: write_text(Path(sys.argv[1]), 'new')\n"
        "except InputError as error: print(error)\n"
    )
    path = tmp_path / "x.json"
    out = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True).stdout
    assert "The disk is full" in out
    assert str(path) in out
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../b", "", "a\0b"])
def test_names_cannot_lead_out(tmp_path, name):
    with pytest.raises(InputError):
        inside(tmp_path, name)


def test_a_link_out_is_refused(tmp_path):
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path)
    with pytest.raises(InputError):
        inside(tmp_path / "root", "link/secret")


def test_journal_chains_and_shows_every_kind_of_tampering(tmp_path):
    journal = Journal(tmp_path / "j.jsonl")
    assert journal.head() == START
    for n in range(4):
        journal.add("waiver", _waiver(n))
    assert [entry.number for entry in journal.entries()] == [0, 1, 2, 3]
    lines = journal.path.read_bytes().splitlines(keepends=True)
    edited = [*lines]
    edited[1] = edited[1].replace(b"because of 1", b"because of 9")
    for tampered in (edited, [lines[0], lines[2], lines[1], lines[3]], [lines[0], lines[2], lines[3]]):
        journal.path.write_bytes(b"".join(tampered))
        with pytest.raises(InputError, match="changed after it was written"):
            list(journal.entries())


def test_journal_passes_over_a_torn_last_line_and_goes_on(tmp_path):
    journal = Journal(tmp_path / "j.jsonl")
    journal.add("waiver", _waiver(0))
    with journal.path.open("ab") as file:
        file.write(b'{"number": 1, "at"')
    assert len(list(journal.entries())) == 1
    journal.add("waiver", _waiver(1))
    assert [entry.body["why"] for entry in journal.entries()] == ["because of 0", "because of 1"]


def _add_many(path, start):
    for n in range(20):
        Journal(path).add("waiver", _waiver(start + n))


def test_journal_keeps_every_entry_of_concurrent_writers(tmp_path):
    path = tmp_path / "j.jsonl"
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_add_many, args=(path, 100 * n)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len({entry.body["why"] for entry in Journal(path).entries()}) == 60


EVENTS = [
    Phase(name="loading"),
    Progress(step=1, of=2, loss=1.5, learning_rate=1e-4, tokens_per_s=9, memory_gib=1, eta_s=3, epoch=0.5),
    Done(why="finished", steps=2),
]


@settings(max_examples=50)
@given(cuts=st.lists(st.integers(0, 600), max_size=8))
def test_events_are_the_same_however_the_bytes_arrive(tmp_path_factory, cuts):
    path = tmp_path_factory.mktemp("events") / "events.jsonl"
    whole = tmp_path_factory.mktemp("events") / "whole.jsonl"
    for event in EVENTS:
        append(whole, event)
    content = whole.read_bytes()
    offset, seen, at = 0, [], 0
    for cut in [*sorted(min(cut, len(content)) for cut in cuts), len(content)]:
        with path.open("ab") as file:
            file.write(content[at:cut])
        at = cut
        events, offset = read(path, offset)
        seen += events
    assert seen == EVENTS


def test_a_silent_death_is_failed_never_running(tmp_path):
    path = tmp_path / "events.jsonl"
    append(path, EVENTS[0])
    *_, last = follow(path, alive=lambda: False)
    assert isinstance(last, Failed)
    assert str(tmp_path) in last.log


def test_follow_tails_a_real_process_killed_half_way(tmp_path):
    path = tmp_path / "events.jsonl"
    code = (
        "import sys, time; from pathlib import Path; from backend.events import *\n"
        "for n in range(100):\n"
        "    append(Path(sys.argv[1]), Phase(name=str(n))); time.sleep(0.05)\n"
    )
    worker = subprocess.Popen([sys.executable, "-c", code, str(path)])
    events = []
    for event in follow(path, alive=lambda: worker.poll() is None, poll_s=0.05):
        events.append(event)
        if len(events) == 3:
            os.kill(worker.pid, signal.SIGKILL)
    assert isinstance(events[-1], Failed)
    assert [event.name for event in events[:3]] == ["0", "1", "2"]


def test_index_remembers_projects_runs_and_chat(tmp_path):
    index = Index(tmp_path)
    index.add_project("a", "A")
    index.add_project("b", "B")
    index.add_project("a", "A again")
    assert [(p, n) for p, n, _ in index.projects()] == [("b", "B"), ("a", "A")]
    index.add_run("r1", "a")
    index.add_chat("a", "user", "hi")
    assert index.runs("a") == ["r1"]
    assert Index(tmp_path).chat("a") == [("user", "hi")]
