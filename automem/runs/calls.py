"""How one episode asks: seeded, answered from the journal where it can be, paid for where it cannot."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from automem.agent.record import Role
from automem.engines.base import Answer, Request
from automem.errors import AutoMemError, RunError
from automem.runs.costs import Cost
from automem.runs.journal import Call, Journal, digest
from automem.runs.keys import call_seed, weights_hash
from automem.runs.lineup import Lineup
from automem.runs.meter import Meter
from automem.runs.models import Models


class Halted(Exception):
    """The run is being stopped: no further call is made. Why is in `Desk.stopped`."""


@dataclass
class Desk:
    """What all episodes of an apply share when they ask.

    Arguments:
        models: the engines that the experiment names.
        meter: counts what is spent.
        stopped: why no further call may be made; None while they may.
    """

    models: Models
    meter: Meter
    stopped: AutoMemError | None = None
    _adapted: dict[str, Models] = field(default_factory=dict)

    def models_of(self, lineup: Lineup) -> Models:
        """The engines that answer in the episodes of a lineup.

        Raises:
            RunError: its adapter is not what was trained any more.
            AutoMemError: its adapter cannot be put on the base.
        """
        adapter = lineup.adapter
        if adapter is None:
            return self.models
        if adapter.weights not in self._adapted:
            if weights_hash(adapter.folder) != adapter.weights:
                raise RunError(
                    f"{adapter.folder} is not the adapter that was trained there; put that back, or remove the run"
                )
            self._adapted[adapter.weights] = self.models.with_specialist(adapter.folder)
        return self._adapted[adapter.weights]

    async def release(self) -> None:
        """Give back what adapters hold; whoever is still needed is loaded again."""
        while self._adapted:
            await self._adapted.popitem()[1].engines["specialist"].close()

    async def close(self) -> None:
        """Give back what all engines hold."""
        await self.release()
        await self.models.close()


class Caller:
    """Asks for one attempt at one episode; its `ask` is what the agent is given.

    Arguments:
        key: the episode's key, from which each call's sampling seed is derived.
        journal: the episode's journal, rewound.
        lineup: who answers, and at what prices.
        desk: what the episodes share.
    """

    def __init__(self, key: str, journal: Journal, lineup: Lineup, desk: Desk) -> None:
        self._key = key
        self._lineup = lineup
        self._journal = journal
        self._desk = desk
        self._index = 0

    async def ask(self, role: Role, request: Request) -> Answer:
        """Answer one request of the agent.

        Raises:
            StaleJournal: the journal answers another question.
            Halted: the run is being stopped.
            BudgetReached, EngineRefused, EngineUnavailable: as they say.
        """
        seeded = replace(request, seed=call_seed(self._key, self._index))
        self._index += 1
        asked = digest(role, seeded)
        recorded = self._journal.replay(asked)
        return recorded if recorded is not None else await self._ask_live(role, seeded, asked)

    async def _ask_live(self, role: Role, request: Request, asked: str) -> Answer:
        desk = self._desk
        if desk.stopped is not None:
            raise Halted
        desk.meter.begin()
        cost: Cost | None = None
        try:
            answer = await desk.models_of(self._lineup).engines[role].ask(request)
            chars = sum(len(message.text) for message in request.messages)
            call = Call(asked, role, chars, answer)
            self._journal.append(call)
            cost = self._lineup.cost(call)
        finally:
            desk.meter.end(cost)
        return answer
