"""One proposal by a meta-model: it looks at the run with tools until it proposes a patch, gives up or meets a cap."""

from __future__ import annotations

from automem.engines.tools.base import Reply, ToolCall, ToolModel, ToolResult, Turn
from automem.errors import AutoMemError, BudgetReached, ContextExceeded
from automem.loops.structure.proposers.base import Assignment, Proposal
from automem.loops.structure.proposers.briefing import system_prompt, task_text
from automem.loops.structure.proposers.caps import Caps
from automem.loops.structure.proposers.toolbox import Outcome, Toolbox
from automem.loops.structure.proposers.transcript import (
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
from automem.spec.experiment import Prices

MOST_REMINDERS = 2
"""Answers in a row without a call that the model is reminded after."""
MOST_CALLS = 12
"""Calls of one answer that are carried out."""


class Dialogue:
    """The conversation about one assignment.

    Arguments:
        proposer: its name.
        model: who is asked.
        prices: of the model, where they are known.
        assignment: what is asked for.

    Raises:
        AutoMemError: money is limited, and there are no prices.
    """

    def __init__(self, proposer: str, model: ToolModel, prices: Prices | None, assignment: Assignment) -> None:
        if assignment.limits.usd is not None and prices is None:
            raise AutoMemError(
                "optimize.propose.usd limits money; give models.meta its `prices: {input: …, output: …}`"
            )
        self._model, self._prices, self._assignment = model, prices, assignment
        self._tools = Toolbox(assignment.evidence, assignment.check)
        self._head = Head(proposer, system_prompt(), list(self._tools.specs), task_text(assignment))
        self._begin()

    async def run(self) -> Proposal:
        """The proposal; see `Proposer.propose`."""
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
        return Proposal(ended.patch, ended.said)

    def _begin(self) -> None:
        self._transcript = Transcript(self._assignment.transcript, self._head, self._model.hide)
        self._caps = Caps(self._assignment.limits, self._model.context_tokens)
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
            if ended := self._act_on(answered):
                return self._transcript.keep(ended)

    async def _ask(self) -> Answered:
        limits = self._assignment.limits
        reply = await self._model.converse(self._head.system, self._head.tools, self._turns, limits.max_tokens)
        # Where a server does not count, what was asked is taken to be as long as its text.
        chars = sum(map(_chars, (self._head.system, str(self._head.tools), *self._turns)))
        return self._transcript.keep(Answered(reply, cost_of(reply.written, chars, self._prices)))

    def _act_on(self, answered: Answered) -> Ended | None:
        """Pay for an answer, carry out its calls, say what is to be said. Gives how the conversation ends, if so."""
        reply = answered.reply
        if self._transcript.take(Paid) is None:
            self._pay(answered.cost)
        self._caps.answered(answered.cost)
        self._turns.append(reply)
        if reply.answer.finish == "refusal":
            return Ended(None, f"the model refused to go on: {reply.answer.text.strip() or 'it gave no reason'}")
        for position, call in enumerate(reply.calls):
            if (patch := self._carry_out(call, position, reply)) is not None:
                return Ended(patch, reply.answer.text.strip())
        if reply.calls:
            self._silent = 0
            self._say(self._caps.notice)
            return None
        return None if reply.answer.finish == "pause" else self._urge(reply)

    def _urge(self, reply: Reply) -> Ended | None:
        """Remind a model that called nothing, or give it up."""
        if self._silent == MOST_REMINDERS:
            said = f"the model called no tool in {self._silent + 1} answers in a row, and proposed no patch"
            return Ended(None, said)
        self._silent += 1
        reminder = _reminder(reply, self._assignment.limits.max_tokens)
        self._say(f"{reminder} {self._caps.notice}".strip())
        return None

    def _pay(self, cost: Cost) -> None:
        try:
            self._assignment.spend(cost)
        except BudgetReached:  # it is counted all the same
            self._transcript.keep(Paid())
            raise
        self._transcript.keep(Paid())

    def _carry_out(self, call: ToolCall, position: int, reply: Reply) -> str | None:
        """Answer a call, or take the recorded answer; the patch where one was proposed without an error."""
        returned = self._transcript.take(Returned)
        if returned is None:
            outcome = self._outcome(call, position, reply)
            if outcome.patch is not None:
                return outcome.patch
            returned = self._transcript.keep(Returned(ToolResult(call.id, outcome.text, outcome.is_error)))
        self._turns.append(returned.result)
        self._caps.add(returned.result.text)
        return None

    def _outcome(self, call: ToolCall, position: int, reply: Reply) -> Outcome:
        if position >= MOST_CALLS:
            return Outcome(f"only {MOST_CALLS} calls of one answer are carried out; call it again", True)
        if isinstance(call.arguments, str) and reply.answer.finish == "length":
            most = self._assignment.limits.max_tokens
            return Outcome(f"your answer was cut off after {most} tokens, within this call; write less at once", True)
        outcome = self._tools.answer(call)
        if outcome.patch is None and not self._caps.fits(outcome.text):
            return Outcome("the conversation has no room for this result; ask for less, or propose a patch now", True)
        return outcome

    def _say(self, text: str) -> None:
        """Tell the model something; where the conversation is gone on with, what it was told then."""
        said = self._transcript.take(Said) if self._transcript.next_is(Said) else None
        if said is None and text and not self._transcript.replaying:
            said = self._transcript.keep(Said(text))
        if said is not None:
            self._turns.append(said.text)
            self._caps.add(said.text)


def _reminder(reply: Reply, most: int) -> str:
    if reply.answer.finish == "length":
        return f"Your answer was cut off after {most} tokens, before it called a tool. Write less, and call a tool."
    return "You called no tool. Look further with the tools, or propose a patch with propose_patch."


def _chars(turn: Turn) -> int:
    if isinstance(turn, str):
        return len(turn)
    return len(turn.text) if isinstance(turn, ToolResult) else len(turn.written.text)
