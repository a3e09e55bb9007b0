"""The batch: sequences join it between two tokens, with what is known of their prompts, and leave it when complete."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence

from torch import Tensor

from automem.engines.base import Message
from automem.engines.local.chat import Chat
from automem.engines.local.loading import Loaded
from automem.engines.local.remembered import Entry, Remembered
from automem.engines.local.row import Job, Row, settle
from automem.engines.local.runner import Runner
from automem.engines.local.sampling import sample
from automem.errors import ContextExceeded, EngineRefused, EngineUnavailable

CHUNK = 2048
"""Tokens of one prompt that are read at once: bounds the memory of masks."""
WASTE = 2
"""Prompts are read together when the longest is at most this many times as long as the shortest."""
TOGETHER = 8192
"""Tokens of several prompts that are read at once, padding included."""


class Batch:
    """All sequences that are being answered. Used by one thread.

    Arguments:
        loaded: the model.
        cache_bytes: memory for prompts that were read before.
    """

    def __init__(self, loaded: Loaded, cache_bytes: int) -> None:
        self._loaded = loaded
        self._runner = Runner(loaded)
        self._remembered = Remembered(cache_bytes)
        self.adapters = self._runner.adapters
        self.chat = Chat(loaded.name, loaded.tokenizer, loaded.model.generation_config)
        self.rows: list[Row] = []

    def check(self) -> None:
        """Find out that the model can be run in batches.

        Raises:
            EngineRefused: it cannot.
        """
        self._runner.check(self.chat.read([Message("user", "What do you see to the north?")])[1])

    def join(self, jobs: Iterable[Job]) -> None:
        """Read the prompts of new requests, and draw the first token of each answer."""
        new = [row for job in jobs for row in self._open(job)]
        new.sort(key=lambda row: len(row.prompt) - row.cached)
        while new:
            group = _alike([len(row.prompt) - row.cached for row in new])
            self._read(new[:group])
            new = new[group:]

    def step(self) -> None:
        """Draw the next token of every sequence."""
        for slot in reversed([slot for slot, row in enumerate(self.rows) if row.job.future.cancelled()]):
            self._leave(slot)
        if self.rows:
            tokens = [[row.output[-1]] for row in self.rows]
            self._draw(0, self._run(0, self.rows, tokens, [row.length for row in self.rows]))

    def _run(self, first: int, rows: Sequence[Row], tokens: Sequence[list[int]], starts: Sequence[int]) -> Tensor:
        return self._runner.run(first, tokens, starts, [row.job.adapter for row in rows])

    @property
    def cached_bytes(self) -> int:
        """Memory of the prompts that are remembered."""
        return self._remembered.bytes

    def fail(self, error: BaseException) -> None:
        """End every sequence with an error."""
        for row in self.rows:
            settle(row.job.future, error=error)
        self.rows.clear()

    def forget(self, adapter: Hashable) -> None:
        """Give back an adapter and all that was read under it; who still waits for its answer is told."""
        for slot in reversed([slot for slot, row in enumerate(self.rows) if row.job.adapter == adapter]):
            settle(self.rows[slot].job.future, error=self._gone())
            self._leave(slot)
        self.adapters.unload(adapter)
        self._remembered.forget(adapter)

    def log_probs(self, messages: Sequence[Message], answer: str, adapter: Hashable | None) -> list[float]:
        """The natural logarithm of the probability of each token of `answer`, after those before it."""
        prompt, said = self.chat.read(messages)[1], self.chat.tokens(answer)
        found = self._runner.plain([*prompt, *said[:-1]], len(said), adapter)
        values: list[float] = found[list(range(len(said))), said].tolist()
        return values

    def _gone(self) -> EngineUnavailable:
        return EngineUnavailable(f"model {self._loaded.name!r}: an adapter on it was closed while it was asked")

    def _open(self, job: Job) -> Iterator[Row]:
        """The row of a job; none where it is refused or nobody waits for it any more."""
        if job.future.cancelled():
            return
        try:
            if job.adapter is not None and job.adapter not in self.adapters.names:
                raise self._gone()
            text, prompt = self.chat.read(job.request.messages)
            room = self._loaded.context - len(prompt)
            if room < 1:
                raise ContextExceeded(
                    f"model {self._loaded.name!r}: the prompt has {len(prompt)} tokens, and the model takes "
                    f"{self._loaded.context} with its answer; let the scaffold say less, or name another model"
                )
        except (EngineRefused, EngineUnavailable) as error:
            settle(job.future, error=error)
            return
        row = Row(job, text, prompt, min(job.request.max_tokens, room), self.chat)
        row.cached, row.known = self._remembered.find(_keys(job), prompt[:-1])
        yield row

    def _read(self, rows: list[Row]) -> None:
        """Read the prompts of rows that are not of the batch yet."""
        first = len(self.rows)
        self._runner.slots.reserve(first + len(rows), max(len(row.prompt) for row in rows))
        starts = []
        for slot, row in enumerate(rows, first):
            if row.cached:
                self._runner.slots.write(slot, row.known, row.cached)
                row.known = []
            start = row.cached
            while len(row.prompt) - start > CHUNK:
                self._run(slot, [row], [row.prompt[start : start + CHUNK]], [start])
                start += CHUNK
            starts.append(start)
        tokens = [row.prompt[start:] for row, start in zip(rows, starts, strict=True)]
        logits = self._run(first, rows, tokens, starts)
        self.rows += rows
        for slot, row in enumerate(rows, first):
            self._remember_stable(slot, row)
        self._draw(first, logits)

    def _draw(self, first: int, logits: Tensor) -> None:
        """Go on with the rows from `first` on by the tokens their logits give."""
        tokens = sample(logits, [row.draw for row in self.rows[first:]])
        done = []
        for slot, token in enumerate(tokens, first):
            answer = self.rows[slot].take(token)
            if answer is not None:
                settle(self.rows[slot].job.future, answer)
                done.append(slot)
        for slot in reversed(done):
            self._remember_talk(slot)
            self._leave(slot)

    def _leave(self, slot: int) -> None:
        """Take a row out; the last one moves to its slot."""
        last = self.rows.pop()
        if slot < len(self.rows):
            self.rows[slot] = last
            self._runner.slots.move(len(self.rows), slot, last.length)

    def _remember_stable(self, slot: int, row: Row) -> None:
        """Keep what never changes in an episode, for its other prompts and for other episodes."""
        first = row.job.request.messages[0]
        if not (self._remembered.on and first.stable):
            return
        key = _stable_key(row.job)
        if key not in self._remembered:
            length = self.chat.stable(first, row.text, row.prompt)
            self._remembered.put(key, Entry(row.prompt[:length], self._runner.slots.read(slot, length)))

    def _remember_talk(self, slot: int) -> None:
        """Keep a conversation for its next turn."""
        if not self._remembered.on:
            return
        row = self.rows[slot]
        texts = [message.text for message in row.job.request.messages]
        if len(texts) > 2:  # the turn before is of no more use
            self._remembered.drop((row.job.adapter, *texts[:-2]))
        self._remembered.put((row.job.adapter, *texts), Entry(row.tokens, self._runner.slots.read(slot, row.length)))


def _alike(lengths: Sequence[int]) -> int:
    """How many of some prompts, the shortest first, are read together."""
    for count, length in enumerate(lengths[1:], 1):
        if length > WASTE * lengths[0] or length * (count + 1) > TOGETHER:
            return count
    return len(lengths)


def _keys(job: Job) -> Iterator[tuple[Hashable, ...]]:
    """Under which keys a prompt's beginning may be remembered: earlier turns, the latest first, and its stable part."""
    texts = [message.text for message in job.request.messages]
    for end in range(len(texts) - 2, 0, -2):
        yield (job.adapter, *texts[:end])
    if job.request.messages[0].stable:
        yield _stable_key(job)


def _stable_key(job: Job) -> tuple[Hashable, ...]:
    first = job.request.messages[0]
    return (job.adapter, "", first.text[: first.stable])
