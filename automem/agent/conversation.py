"""A list of messages that grows: what is said to a model, what it answers, and the record of both."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from automem.agent.record import Role, Said, Turn
from automem.engines.base import Answer, Message, Request
from automem.spec.experiment import Sampling

Ask = Callable[[Role, Request], Awaitable[Answer]]
"""(who is asked, the request) → the answer; seeds, retries, journals and budgets lie behind it."""


class Conversation:
    """One conversation of a step.

    Arguments:
        number: which of the step's conversations this is, from 0.
        ask: how a model is asked.
        sampling: how answers are drawn.
        keep: where turns are recorded.
    """

    def __init__(self, number: int, ask: Ask, sampling: Sampling, keep: Callable[[Turn], None]) -> None:
        self._number = number
        self._ask = ask
        self._sampling = sampling
        self._keep = keep
        self._messages: list[Message] = []
        self._recorded = 0

    def say(self, text: str, stable: int = 0) -> None:
        """Add a user message, the first `stable` characters of which never change during an episode."""
        self._messages.append(Message("user", text, stable))

    async def turn(self, phase: str, number: int, role: Role, ends: tuple[tuple[str, str], ...] = ()) -> str:
        """Ask `role`, record the turn, and add the answer to the conversation.

        Arguments:
            phase, number: which of the phase's turns it is, counted from 0.
            role: who is asked.
            ends: what completes the answer, as in `Request`.
        """
        request = Request(
            tuple(self._messages),
            temperature=self._sampling.temperature,
            max_tokens=self._sampling.max_tokens,
            top_p=self._sampling.top_p,
            ends=ends,
        )
        answer = await self._ask(role, request)
        self._keep(self._record(phase, number, role, answer))
        self._messages.append(Message("assistant", answer.text))
        return answer.text

    def withdraw(self, text: str) -> None:
        """Put `text` in place of the last answer, as later turns shall see it."""
        self._messages[-1] = Message("assistant", text)

    def _record(self, phase: str, number: int, role: Role, answer: Answer) -> Turn:
        new = self._messages[self._recorded :]
        self._recorded = len(self._messages)
        return Turn(
            phase=phase,
            turn=number,
            role=role,
            conversation=self._number,
            new=tuple(Said(message.speaker, message.text, message.stable) for message in new),
            answer=answer.text,
            prompt_chars=sum(len(message.text) for message in self._messages),
            stable_chars=self._messages[0].stable,
            input_tokens=answer.input_tokens,
            cached_tokens=answer.cached_tokens,
            output_tokens=answer.output_tokens,
            finish=answer.finish,
            seconds=answer.seconds,
            retries=answer.retries,
        )
