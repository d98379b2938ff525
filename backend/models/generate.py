"""A model on this computer that answers: greedy batches, likeliest label, streaming, bits per byte."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from backend.domain import Message
from backend.models.batches import Prefilled, Prefix, by_length
from backend.models.folder import ModelFolder, inspect
from backend.models.load import Precision, is_whole, load_model, load_tokenizer, stop_ids
from backend.prompts.encode import encode, prompt_ids

Conversation = Sequence[Message]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Generated:
    """One answer. `ids` leave out the stop token; `hit_limit` says that no stop token came."""

    text: str
    ids: tuple[int, ...]
    hit_limit: bool

    @property
    def tokens(self) -> int:
        """Tokens produced, the stop token counted, as servers count them."""
        return len(self.ids) + (0 if self.hit_limit else 1)


@dataclass(frozen=True)
class Chosen:
    """The likeliest label, and for each label the mean log-probability (nats) of its tokens."""

    choice: str
    log_probs: dict[str, float]


@dataclass(frozen=True)
class Streamed:
    """What one token added to a streamed answer. `tokens` so far, the stop token counted; `end` with the last."""

    text: str
    tokens: int
    end: Literal["", "stop", "length"]


class LocalModel:
    """A base model, with a LoRA adapter on top if one is given. Loading takes seconds; keep it and use it again."""

    def __init__(self, folder: ModelFolder | Path, adapter: Path | None = None, as_: Precision | None = None) -> None:
        self.folder = folder if isinstance(folder, ModelFolder) else inspect(folder)
        self.adapter = adapter
        self.tokenizer = load_tokenizer(self.folder.path)
        self.model = load_model(self.folder, adapter, as_)
        self.stops = stop_ids(self.model, self.tokenizer)

    @classmethod
    def around(cls, model: Any, tokenizer: Any, folder: ModelFolder) -> LocalModel:
        """The same around a model that is already in memory, such as the one being trained."""
        made = cls.__new__(cls)
        made.folder, made.adapter, made.tokenizer, made.model = folder, None, tokenizer, model
        made.stops = stop_ids(model, tokenizer)
        return made

    @contextmanager
    def base(self) -> Iterator[LocalModel]:
        """Within this context the adapter is off: the base model answers."""
        if self.adapter is None:
            yield self
        elif is_whole(self.adapter):  # another set of weights: the two take turns
            tuned, self.model = self.model, load_model(self.folder)
            try:
                yield self
            finally:
                self.model = tuned
        else:
            with self.model.disable_adapter():
                yield self

    def generate(
        self,
        conversations: Sequence[Conversation],
        max_new_tokens: int,
        batch_size: int = 16,
        on_progress: Progress | None = None,
    ) -> list[Generated]:
        """Greedy answers, in the order of the conversations. `on_progress` gets (rows done, rows)."""
        import torch

        prompts = self._prompts(conversations)
        answers: list[Generated | None] = [None] * len(prompts)
        done = 0
        with torch.inference_mode():
            prefix = Prefix(self.model, prompts) if prompts else None
            for batch in by_length(prompts, batch_size):
                assert prefix is not None
                for position, answer in zip(batch, self._greedy(prefix, batch, prompts, max_new_tokens), strict=True):
                    answers[position] = answer
                done += len(batch)
                if on_progress:
                    on_progress(done, len(prompts))
        return [answer for answer in answers if answer is not None]

    def choose(
        self,
        conversations: Sequence[Conversation],
        choices: Sequence[str],
        batch_size: int = 16,
        on_progress: Progress | None = None,
    ) -> list[Chosen]:
        """For each conversation the label the model finds likeliest, by the mean log-probability of its tokens."""
        import torch

        if not conversations:
            return []
        prompts = self._prompts(conversations)
        labels = [self._label_ids(conversations[0], choice) for choice in choices]
        found: list[Chosen | None] = [None] * len(prompts)
        done = 0
        with torch.inference_mode():
            prefix = Prefix(self.model, prompts)
            for batch in by_length(prompts, batch_size):
                state = prefix.prefill([prompts[i] for i in batch], self._pad)
                scores = torch.stack([self._label_score(prefix, state, label) for label in labels], dim=1)
                for position, row in zip(batch, scores.tolist(), strict=True):
                    best = max(range(len(choices)), key=row.__getitem__)
                    found[position] = Chosen(choices[best], dict(zip(choices, row, strict=True)))
                done += len(batch)
                if on_progress:
                    on_progress(done, len(prompts))
        return [chosen for chosen in found if chosen is not None]

    def stream(
        self, messages: Conversation, max_new_tokens: int, temperature: float = 0.0, seed: int = 0, top_p: float = 1.0
    ) -> Iterator[Streamed]:
        """The answer token by token; temperature 0 is greedy. Closing the iterator stops the work."""
        import torch

        generator = torch.Generator(device=self.model.device).manual_seed(seed)
        ids: list[int] = []
        shown = ""
        with torch.inference_mode():
            prefix = Prefix(self.model, [])
            state = prefix.prefill([prompt_ids(self.tokenizer, messages)], self._pad)
            for number in range(1, max_new_tokens + 1):
                token = _draw(state.logits, temperature, top_p, generator)
                ended, last = token in self.stops, number == max_new_tokens
                ids += [] if ended else [token]
                text = self._text(ids)
                if text.endswith("�") and not (ended or last):
                    text = shown  # half of a character that the next token completes
                yield Streamed(text[len(shown) :], number, "stop" if ended else "length" if last else "")
                if ended or last:
                    return
                shown = text
                state.logits = prefix.step(state, torch.tensor([[token]], device=self.model.device))[:, -1]

    def bits_per_byte(self, pairs: Sequence[tuple[Conversation, str]], batch_size: int = 16) -> float:
        """How surprising the answers are to the model, in bits per UTF-8 byte: lower is closer to what it knows.

        Comparable between models with different tokenizers. Raises ValueError for no pairs or only empty answers.
        """
        import torch

        encoded = [encode(self.tokenizer, messages, answer, self.stops) for messages, answer in pairs]
        size = sum(len(answer.encode()) for _, answer in pairs)
        if not size:
            raise ValueError("bits per byte needs at least one answer that is not empty")
        rows = [[*pair.prompt, *pair.answer[:-1]] for pair in encoded]  # the stop token has no bytes
        nats = 0.0
        with torch.inference_mode():
            prefix = Prefix(self.model, [pair.prompt for pair in encoded])
            for batch in by_length(rows, batch_size):
                keep = max(len(encoded[i].answer) for i in batch)
                logits = prefix.prefill([rows[i] for i in batch], self._pad, keep + 1).logits.float()
                for row, position in zip(logits, batch, strict=True):
                    answer = torch.tensor(encoded[position].answer[:-1], device=row.device)
                    if len(answer):
                        chances = torch.log_softmax(row[-len(answer) - 1 : -1], dim=-1)  # (answer, vocabulary)
                        nats -= float(chances.gather(1, answer[:, None]).sum())
        return nats / math.log(2) / size

    def logits(self, conversations: Sequence[Conversation]) -> Any:
        """Next-token logits after each conversation, (rows, vocabulary), float32 on the CPU."""
        import torch

        prompts = self._prompts(conversations)
        with torch.inference_mode():
            return Prefix(self.model, prompts).prefill(prompts, self._pad).logits.float().cpu()

    @property
    def _pad(self) -> int:
        return int(self.tokenizer.pad_token_id)

    def _prompts(self, conversations: Sequence[Conversation]) -> list[list[int]]:
        return [prompt_ids(self.tokenizer, messages) for messages in conversations]

    def _text(self, ids: Sequence[int]) -> str:
        return str(self.tokenizer.decode(list(ids), skip_special_tokens=True))

    def _greedy(
        self, prefix: Prefix, batch: Sequence[int], prompts: Sequence[Sequence[int]], limit: int
    ) -> list[Generated]:
        import torch

        state = prefix.prefill([prompts[i] for i in batch], self._pad)
        ids: list[list[int]] = [[] for _ in batch]
        stopped = [False] * len(batch)
        active = list(range(len(batch)))
        for step in range(limit):
            tokens = state.logits.argmax(dim=-1)  # (active,)
            going = []
            for place, (row, token) in enumerate(zip(active, tokens.tolist(), strict=True)):
                if token in self.stops:
                    stopped[row] = True
                else:
                    ids[row].append(token)
                    going.append(place)
            if not going or step == limit - 1:
                break
            if len(going) < len(active):  # rows that ended cost no more steps
                kept = torch.tensor(going, device=tokens.device)
                state.select(kept)
                tokens = tokens[kept]
                active = [active[place] for place in going]
            state.logits = prefix.step(state, tokens[:, None])[:, -1]
        return [Generated(self._text(row), tuple(row), not end) for row, end in zip(ids, stopped, strict=True)]

    def _label_ids(self, messages: Conversation, label: str) -> tuple[int, ...]:
        return encode(self.tokenizer, messages, label, self.stops).answer[:-1]

    def _label_score(self, prefix: Prefix, state: Prefilled, label: Sequence[int]) -> Any:
        """Mean log-probability of a label's tokens after each prompt of the batch, (batch,)."""
        import torch

        total = torch.log_softmax(state.logits.float(), dim=-1)[:, label[0]]
        if len(label) > 1:
            ids = torch.tensor([label[:-1]], device=self.model.device).repeat(len(total), 1)
            branch = Prefilled(state.logits, copy.deepcopy(state.cache), state.mask)
            chances = torch.log_softmax(prefix.step(branch, ids).float(), dim=-1)  # (batch, label - 1, vocabulary)
            later = torch.tensor(label[1:], device=self.model.device)
            total = total + chances.gather(2, later[None, :, None].expand(len(total), -1, 1)).sum(dim=(1, 2))
        return total / len(label)


def _draw(logits: Any, temperature: float, top_p: float, generator: Any) -> int:
    """The next token from logits (1, vocabulary): the likeliest at temperature 0, else drawn.

    With `top_p` below 1 only from the likeliest tokens that together reach that chance (nucleus sampling, Holtzman
    et al. 2020).
    """
    import torch

    if temperature <= 0:
        return int(logits.argmax(dim=-1).item())
    chances, tokens = torch.softmax(logits[0].float() / temperature, dim=-1).sort(descending=True)
    chances[chances.cumsum(dim=-1) - chances >= top_p] = 0  # the one that crosses the line is still in
    return int(tokens[torch.multinomial(chances, 1, generator=generator)].item())
