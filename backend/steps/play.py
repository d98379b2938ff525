"""Step 8: base and tuned answer the same text with the same settings; people vote, blind if they like."""

from __future__ import annotations

import functools
import random
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args

from backend.decisions import Vote
from backend.domain import Evaluation, Message, Plan, Run, Split
from backend.errors import InputError
from backend.flow import require
from backend.playground import votes
from backend.playground.asked import MODELS, Asked, History, Said, Settings, Who
from backend.playground.talk import Bit, Lane, Talk, Voice
from backend.playground.votes import Preferences, Tally
from backend.project import Project
from backend.prompts.render import render
from backend.record import now
from backend.serving.chat import HangUp, is_healthy
from backend.serving.chat import stream as stream_from_server
from backend.serving.server import Server, find_running

Choice = Literal["left", "right", "tie", "both bad"]
EXAMPLES = 12
_talks: dict[Path, Talk] = {}
"""What is being answered in this process, by project folder: so that another request can stop it."""


class Playground:
    """Everything one can do in the playground of one project. Votes go to the journal, questions to `play/`."""

    def __init__(self, project: Project, home: Path) -> None:
        self.project, self.home = project, home
        self._history = History(project.folder / "play")

    def trained(self) -> Settings:
        """How the model was trained, evaluated and compared for parity: the defaults of every question."""
        plan = self.project.need(Plan, "Make the plan first (step 4).")
        split = self.project.need(Split, "Add data first (step 2).")
        limit = _answer_limit(self.project.folder, self.home, plan.model, split.fingerprint())
        return Settings(system=plan.prompt.system, max_tokens=limit)

    def ask(self, text: str, settings: Settings | None = None, blind: bool = False) -> Asked:
        """Ask both and wait for both whole answers."""
        *_, last = self.stream(text, settings, blind)
        return last

    def stream(self, text: str, settings: Settings | None = None, blind: bool = False) -> Iterator[Asked]:
        """The question with its growing answers; the last one is final and in the history.

        Both read the prompt the model was trained with, `settings.system` in place of its system message. They answer
        at the same time, each on a connection of its own; without a server one model on this computer answers for
        both, in turn, each timed alone. Whoever stops listening stops nothing: `stop` does.
        Raises Blocked before the evaluation, InputError for an empty text or settings out of range.
        """
        require(self.project, "play")
        settings = settings or self.trained()
        settings.check()
        if not text.strip():
            raise InputError("Type something for the two models to answer.")
        plan, run = self.project.need(Plan, "Plan first (step 4)."), self.project.need(Run, "Train first (step 6).")
        prompt = plan.prompt.model_copy(update={"system": settings.system})
        messages = tuple(render(prompt, text))
        server = self._server(run)
        if server is not None:
            lanes: list[Lane] = [[(who, _from_server(server, who, messages, settings))] for who in MODELS]
        else:
            lanes = [_from_here(self.home, plan.model, self.project.folder / run.adapter, messages, settings)]
        asked = Asked(
            id=secrets.token_hex(6), at=now(), text=text, settings=settings, messages=messages,
            # Blind, the sides are drawn by lot; open, base is always on the left.
            left=secrets.choice(MODELS) if blind else "base", blind=blind,
            engine="vLLM" if server is not None else "transformers", in_turn=server is None,
            base=Said(model="base"), tuned=Said(model="tuned"),
        )

        def whole(base: Said, tuned: Said) -> Asked:
            return asked.model_copy(update={"base": base, "tuned": tuned})

        talk = _talks[self.project.folder] = Talk(lanes, lambda base, tuned: self._history.add(whole(base, tuned)))
        talk.start()
        try:
            for base, tuned in talk.pairs():
                yield whole(base, tuned)
        except KeyboardInterrupt:  # Ctrl-C in a terminal
            talk.stop()
            raise

    def stop(self) -> bool:
        """End both answers at once, keeping what came. False when this process is answering nothing here."""
        talk = _talks.pop(self.project.folder, None)
        if talk is None or talk.over:
            return False
        talk.stop()
        return True

    def examples(self) -> tuple[str, tuple[str, ...]]:
        """("test", texts) of rows the evaluation has opened; before it ("validation", texts): test rows are sealed."""
        from backend.steps import data

        split = self.project.fresh(Split)
        if split is None:
            return "validation", ()
        evaluation = self.project.fresh(Evaluation)
        opened = [scored.row for scored in evaluation.arms[-1].rows] if evaluation is not None else []
        rows = opened or list(split.validation)
        picked = random.Random(split.seed).sample(rows, min(EXAMPLES, len(rows)))  # noqa: S311
        found = data.examples(self.project, picked)
        return "test" if opened else "validation", tuple(example.input for example in found)

    def history(self) -> tuple[Asked, ...]:
        """Every question since the history was last cleared, oldest first."""
        return self._history.all()

    def find(self, asked: str) -> Asked:
        """One question of the history. Raises InputError when it is gone."""
        return self._history.find(asked)

    def clear_history(self) -> int:
        """Clear the history (votes stay) and return how many questions that were; `bring_back` undoes it."""
        return self._history.clear()

    def bring_back(self) -> int:
        """Undo the last clearing and return how many questions came back. Raises InputError when there was none."""
        return self._history.bring_back()

    @property
    def can_bring_back(self) -> bool:
        """Whether the history was cleared and can be brought back."""
        return self._history.can_bring_back

    def vote(self, asked: str, choice: str, voter: str = "") -> Vote:
        """Vote on a question of the history, once. It counts as blind if the names were never seen before.

        Raises InputError for a second vote, and when an answer was stopped or failed: that would be no fair comparison.
        """
        if choice not in get_args(Choice):
            raise InputError("That is no vote.", where=repr(choice), do=f"Choose from: {', '.join(get_args(Choice))}.")
        with self.project.changing():
            found = self.find(asked)
            if self.voted(asked) is not None:
                raise InputError("You have voted on this already.", do="Take the vote back first, or ask again.")
            if not found.whole:
                do = "Ask again and let both finish."
                raise InputError("Only two whole answers can be compared.", why="One was stopped or failed.", do=do)
            left, right = found.sides
            sides: dict[str, str] = {"left": left.model, "right": right.model}
            vote = Vote.model_validate({
                "prompt": found.text, "left": left.text, "right": right.text, "winner": sides.get(choice, choice),
                "voter": voter.strip(), "blind": found.blind and asked not in self.seen(),
                "asked": asked, "left_model": left.model, "messages": found.messages,
            })
            self.project.journal.add("vote", vote)
            return vote

    def undo_vote(self) -> Vote:
        """Take the newest vote back and return it. Raises InputError when there is none."""
        with self.project.changing():
            return votes.undo_last(self.project.journal)

    def votes(self) -> tuple[Vote, ...]:
        """Every vote that was not taken back, oldest first."""
        return tuple(vote for _, vote in votes.valid_votes(self.project.journal))

    def voted(self, asked: str) -> Vote | None:
        """The vote on this question, or None."""
        return next((vote for vote in self.votes() if asked and vote.asked == asked), None)

    def seen(self) -> frozenset[str]:
        """Questions whose names were shown because of a vote, even one taken back since."""
        return votes.seen(self.project.journal)

    def named(self, asked: Asked) -> bool:
        """Whether the names may be shown: it was not blind, or has been voted on."""
        return not asked.blind or asked.id in self.seen()

    def tally(self, blind: bool = True) -> Tally:
        """How often the tuned model won among the blind votes (or the open ones), ties counted beside it."""
        return votes.tally(self.votes(), blind)

    def preferences(self, test_rows: bool = True) -> Preferences:
        """The votes as preference pairs for later training; without `test_rows` those about test rows are left out."""
        from backend.steps import data

        split = self.project.get(Split)
        inputs = {example.input for example in data.examples(self.project, split.test)} if split else set()
        return votes.preferences(self.votes(), inputs, test_rows)

    def _server(self, run: Run) -> Server | None:
        """The running server, if it serves this project's trained weights. Raises InputError while it is starting."""
        server = find_running(self.project.folder / "serving")
        if server is None or not {*MODELS} <= {*server.models}:
            return None
        if server.launch.adapter != (self.project.folder / run.adapter).resolve():
            return None  # it serves an earlier run
        if not is_healthy(server.endpoint):
            do = "Wait until it is ready, or stop it: without a server one model here answers for both, in turn."
            raise InputError("The server is starting.", where=server.endpoint.url, do=do)
        return server


def _from_server(server: Server, who: Who, messages: tuple[Message, ...], settings: Settings) -> Voice:
    chat = [message.model_dump() for message in messages]

    def voice(hang_up: HangUp) -> Iterator[Bit]:
        for piece in stream_from_server(
            server.endpoint, who, chat, max_tokens=settings.max_tokens, temperature=settings.temperature,
            top_p=settings.top_p, seed=settings.seed, count=True, hang_up=hang_up,
        ):
            end: Any = piece.finish if piece.finish in ("", "length") else "stop"
            yield Bit(piece.text, piece.completion_tokens, piece.ms / 1000, end)

    return voice


def _from_here(home: Path, model: str, adapter: Path, messages: tuple[Message, ...], settings: Settings) -> Lane:
    """One model in memory answers for both: base with the adapter switched off."""

    @functools.cache
    def loaded() -> Any:
        from backend.models.generate import LocalModel
        from backend.models.resolve import resolve

        return LocalModel(resolve(model, home), adapter=adapter)

    def voice(who: Who) -> Voice:
        def speak(hang_up: HangUp) -> Iterator[Bit]:
            import time
            from contextlib import nullcontext

            local = loaded()
            with local.base() if who == "base" else nullcontext():
                began = time.perf_counter()
                for piece in local.stream(
                    messages, settings.max_tokens, settings.temperature, settings.seed, settings.top_p
                ):
                    yield Bit(piece.text, piece.tokens, time.perf_counter() - began, piece.end)
                    if hang_up.done:
                        return

        return speak

    return [(who, voice(who)) for who in MODELS]


@functools.lru_cache(maxsize=32)
def _answer_limit(folder: Path, home: Path, model: str, split: str) -> int:
    """As in the evaluation. Remembered by what it follows from: reading a tokenizer takes seconds the first time."""
    from backend.models.load import load_tokenizer
    from backend.models.resolve import resolve
    from backend.steps import data
    from backend.steps.arms import longest_answer

    project = Project(folder)
    train = data.examples(project, project.need(Split, "Add data first (step 2).").train)
    return longest_answer(load_tokenizer(resolve(model, home).path), train)
