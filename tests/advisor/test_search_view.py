"""A search as people see it: every trial, what is best so far, and what was found."""

from __future__ import annotations

import re

from advisor import search_view
from backend.events import SearchEnded, Trial
from backend.searched import Searched, Tried


def trial(number, rate, rank, score, state="complete", **more):
    return Trial(number=number, of=4, settings={"learning_rate": rate, "rank": rank}, score=score, state=state, **more)


TRIALS = [
    trial(1, 2e-4, 16, 0.5, given=True, rows_seen=512, seconds=40, eta_s=120),
    trial(2, 1e-3, 8, None, "pruned", rows_seen=256),
    trial(3, 4e-4, 8, 0.4),
    trial(4, 6e-4, 16, 0.45),
]


def test_a_running_search_shows_its_trials_and_the_time_left():
    page = search_view.page(TRIALS[:1])
    assert "about 2 min for the rest" in page and "(as given)" in page and page.count("<svg") == 2
    assert search_view.page([]) == ""


def test_a_finished_search_can_be_read_without_seeing_the_chart():
    found = Searched(
        measure="loss", higher_is_better=False, given=1, best=3, chosen=3, gain=0.1, low=0.05, high=0.15, rows=90,
        tried=tuple(
            Tried(number=one.number, settings=one.settings, state=one.state, value=one.score, rows_seen=512,
                  seconds=40, given=one.given) for one in TRIALS
        ),
        importance={"learning_rate": 0.8, "rank": 0.2}, mattered="learning_rate", chance=0.01,
    )  # fmt: skip
    page = search_view.page([*TRIALS, SearchEnded(found=found)])
    read_aloud = re.findall(r'<svg[^>]*aria-label="([^"]*)"', page)
    assert "trial 3: learning rate 0.0004, rank 8, loss 0.400" in read_aloud[0]
    assert "best so far: from 0.5 to 0.4" in read_aloud[1]
    assert "The learning rate mattered most: it explains about 80%" in page
    assert "better by 0.1, with 95% certainty by 0.05 to 0.15 (90 validation rows). Its settings are better" in page
    assert "given up: worse than others at the same rows" in page


def test_the_best_so_far_of_a_score_is_the_highest():
    scores = [trial(n, 1e-4, 8, score, measure="accuracy") for n, score in ((1, 0.5), (2, 0.4), (3, 0.7))]
    assert search_view.best_so_far(scores) == ((1.0, 0.5), (2.0, 0.5), (3.0, 0.7))
    assert search_view.result(scores[2]) == "accuracy 70.0%"
