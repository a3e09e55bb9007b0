"""One proposal by a meta-model: it looks at the run with tools until it proposes, gives up or meets a cap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from automem.engines.tools.base import Reply, ToolCall, ToolModel, ToolResult, Turn
from automem.errors import AutoMemError, BudgetReached, ContextExceeded
from automem.loops.meta.caps import Caps
from automem.loops.meta.goal import Goal
from automem.loops.meta.toolbox import Outcome, Question, Toolbox
from automem.loops.meta.transcript import (
    Answered,
    Ended,
    Head,
    Paid,
    Returned,
    Said,
    StaleTranscript,
    Transcript,
)
from automem.runs.costs import Cost, cost_of
from automem.spec.experiment import Prices, Proposing

MOST_REMINDERS = 2
"""Answers in a row without a call that the model is reminded after."""
MOST_CALLS = 12
"""Calls of one answer that are carried out."""


@dataclass(frozen=True)
class Brief:
    """What a meta-model is asked for.

    Arguments:
        system: the instructions, the same for every proposal.
        task: the first message.
        questions: what it may ask.
        goal: what it is to propose.
        transcript: the file that keeps the conversation; read when a proposal is gone on with.
        limits: turns, tokens and money.
        spend: told what each answer cost before it is used; raises BudgetReached where the run's budget is met.
    """

    system: str
    task: str
    questions: Sequence[Question]
    goal: Goal
    transcript: Path
    limits: Proposing
    spend: Callable[[Cost], None]


class Dialogue:
    """The conversation about one brief.

    Arguments:
        proposer: its name.
        model: who is asked.
        prices: of the model, where they are known.
        brief: what is asked for.

    Raises:
        AutoMemError: money is limited, and there are no prices.
    """

    def __init__(self, proposer: str, model: ToolModel, prices: Prices | None, brief: Brief) -> None:
        if brief.limits.usd is not None and prices is None:
            raise AutoMemError(
                f"{brief.goal.limited}.usd limits money; give models.meta its `prices: {{input: …, output: …}}`"
            )
        self._model, self._prices, self._brief = model, prices, brief
        self._tools = Toolbox(brief.questions, brief.goal)
        self._head = Head(proposer, brief.system, list(self._tools.specs), brief.task)
        self._begin()

    async def run(self) -> Ended:
        """How it ended; where it was cut off, it is gone on with.

        Raises:
            EngineRefused, EngineUnavailable, BudgetReached: the conversation is kept, and gone on with next time.
        """
        try:
            try:
                ended = await self._talk()
            except StaleTranscript:
                self._transcript.close()
                self._transcript.set_aside()
                self._begin()
                ended = await self._talk()
        finally:
            self._transcript.close()
        return ended

    def _begin(self) -> None:
        self._transcript = Transcript(self._brief.transcript, self._head, self._model.hide)
        self._caps = Caps(self._brief.limits, self._brief.goal, self._model.context_tokens)
        self._turns: list[Turn] = [self._head.task]
        self._silent = 0

    async def _talk(self) -> Ended:
        if ended := self._transcript.ended:
            return ended
        while True:
            answered = self._transcript.take(Answered)
            if answered is None and (cap := self._caps.reached):
                return self._transcript.keep(Ended(None, cap))
            try:
                answered = answered or await self._ask()
            except ContextExceeded as error:
                if len(self._turns) == 1:  # the task alone: no attempt would fare better
                    raise
                return self._transcript.keep(Ended(None, f"the conversation grew too long: {error}"))
            if ended := await self._act_on(answered):
                return self._transcript.keep(ended)

    async def _ask(self) -> Answered:
        limits = self._brief.limits
        reply = await self._model.converse(self._head.system, self._head.tools, self._turns, limits.max_tokens)
        # Where a server does not count, what was asked is taken to be as long as its text.
        chars = sum(map(_chars, (self._head.system, str(self._head.tools), *self._turns)))
        return self._transcript.keep(Answered(reply, cost_of(reply.written, chars, self._prices)))

    async def _act_on(self, answered: Answered) -> Ended | None:
        """Pay for an answer, carry out its calls, say what is to be said. Gives how the conversation ends, if so."""
        reply = answered.reply
        if self._transcript.take(Paid) is None:
            self._pay(answered.cost)
        self._caps.answered(answered.cost)
        self._turns.append(reply)
        if reply.answer.finish == "refusal":
            return Ended(None, f"the model refused to go on: {reply.answer.text.strip() or 'it gave no reason'}")
        for position, call in enumerate(reply.calls):
            if (proposed := await self._carry_out(call, position, reply)) is not None:
                return Ended(proposed, reply.answer.text.strip())
        if reply.calls:
            self._silent = 0
            self._say(self._caps.notice)
            return None
        return None if reply.answer.finish == "pause" else self._urge(reply)

    def _urge(self, reply: Reply) -> Ended | None:
        """Remind a model that called nothing, or give it up."""
        if self._silent == MOST_REMINDERS:
            silent, noun = self._silent + 1, self._brief.goal.noun
            return Ended(None, f"the model called no tool in {silent} answers in a row, and proposed no {noun}")
        self._silent += 1
        reminder = _reminder(reply, self._brief)
        self._say(f"{reminder} {self._caps.notice}".strip())
        return None

    def _pay(self, cost: Cost) -> None:
        try:
            self._brief.spend(cost)
        except BudgetReached:  # it is counted all the same
            self._transcript.keep(Paid())
            raise
        self._transcript.keep(Paid())

    async def _carry_out(self, call: ToolCall, position: int, reply: Reply) -> str | None:
        """Answer a call, or take the recorded answer; the document where one was proposed without an error."""
        returned = self._transcript.take(Returned)
        if returned is None:
            outcome = await asyncio.to_thread(self._outcome, call, position, reply)  # a question may take minutes
            if outcome.proposed is not None:
                return outcome.proposed
            returned = self._transcript.keep(Returned(ToolResult(call.id, outcome.text, outcome.is_error)))
        self._turns.append(returned.result)
        self._caps.add(returned.result.text)
        return None

    def _outcome(self, call: ToolCall, position: int, reply: Reply) -> Outcome:
        if position >= MOST_CALLS:
            return Outcome(f"only {MOST_CALLS} calls of one answer are carried out; call it again", True)
        if isinstance(call.arguments, str) and reply.answer.finish == "length":
            most = self._brief.limits.max_tokens
            return Outcome(f"your answer was cut off after {most} tokens, within this call; write less at once", True)
        outcome = self._tools.answer(call)
        if outcome.proposed is None and not self._caps.fits(outcome.text):
            noun = self._brief.goal.noun
            return Outcome(f"the conversation has no room for this result; ask for less, or propose a {noun} now", True)
        return outcome

    def _say(self, text: str) -> None:
        """Tell the model something; where the conversation is gone on with, what it was told then."""
        said = self._transcript.take(Said) if self._transcript.next_is(Said) else None
        if said is None and text and not self._transcript.replaying:
            said = self._transcript.keep(Said(text))
        if said is not None:
            self._turns.append(said.text)
            self._caps.add(said.text)


def _reminder(reply: Reply, brief: Brief) -> str:
    if reply.answer.finish == "length":
        most = brief.limits.max_tokens
        return f"Your answer was cut off after {most} tokens, before it called a tool. Write less, and call a tool."
    goal = brief.goal
    return f"You called no tool. Look further with the tools, or propose a {goal.noun} with {goal.propose}."


def _chars(turn: Turn) -> int:
    if isinstance(turn, str):
        return len(turn)
    return len(turn.text) if isinstance(turn, ToolResult) else len(turn.written.text)
