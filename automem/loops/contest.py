"""A contest: a challenger plays the incumbent's seeds as far as the gate needs, and the gate decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from automem.agent.located import RuleError
from automem.errors import AutoMemError, EngineRefused
from automem.loops.gates import Gate, screen
from automem.loops.gates.base import over
from automem.loops.pairs import Pair, pairs_of
from automem.runs.candidates import Decision
from automem.runs.keys import Episode
from automem.runs.lineup import Adapter
from automem.runs.records import Version
from automem.runs.session import Session
from automem.traces.summary import EpisodeRow


@dataclass(frozen=True)
class Challenger:
    """What wants to be kept.

    Arguments:
        version: the scaffold's.
        adapter: the specialist's; None where the run's models play as the experiment names them.
        title: what its play is called, for people.
    """

    version: Version
    adapter: Adapter | None
    title: str


class Contest:
    """Plays and judges challengers.

    Arguments:
        session: the apply that plays.
        gate: decides.
        screened: seeds of each task that are looked at first, to drop what is worse; 0 for none.
    """

    def __init__(self, session: Session, gate: Gate, screened: int = 0) -> None:
        self._session = session
        self._gate = gate
        self._screened = screened * len(session.lineup.tasks)

    async def judge(
        self, challenger: Challenger, episodes: Sequence[Episode], before: Sequence[EpisodeRow]
    ) -> Decision | None:
        """What the gate says; None where the session was stopped or episodes are owed.

        Arguments:
            episodes: the challenger's, seed by seed.
            before: what the incumbent has played of the same tasks and seeds.
        """
        return await self._played(challenger, episodes, before) or await self._refusal(challenger)

    async def _played(
        self, challenger: Challenger, episodes: Sequence[Episode], before: Sequence[EpisodeRow]
    ) -> Decision | None:
        pairs = list[Pair]()
        for look in self._looks(len(episodes)):
            if not await self._play(challenger, episodes[:look]):
                return None
            pairs = pairs_of(before, self._session.rows(episodes[:look]))
            decision = self._look(pairs, look, len(episodes))
            if decision is not None:
                # what comes later is measured against all that an accepted one can play
                whole = not decision.accepted or await self._play(challenger, episodes)
                return decision if whole else None
        why = f"only {over(len(pairs))} of {len(episodes)} can be compared: the other episodes reached no progression"
        return Decision(self._gate.name, False, why, len(pairs))

    async def _play(self, challenger: Challenger, episodes: Sequence[Episode]) -> bool:
        """Play what is missing of some episodes; whether all of them are finished."""
        session = self._session
        await session.play(challenger.version, episodes, challenger.title, challenger.adapter)
        return session.stopped is None and not session.missing(episodes)

    def _looks(self, total: int) -> Sequence[int]:
        return sorted({*self._gate.looks(total), *([self._screened] if 0 < self._screened < total else [])})

    def _look(self, pairs: Sequence[Pair], look: int, total: int) -> Decision | None:
        if look == self._screened and (dropped := screen(pairs)) is not None:
            return dropped
        return self._gate.judge(pairs, total) if look in self._gate.looks(total) else None

    async def _refusal(self, challenger: Challenger) -> Decision | None:
        """A rejection of what cannot be played, or whose prompts are refused by a server that answers otherwise."""
        desk = self._session.desk
        error = desk.stopped
        if isinstance(error, RuleError):  # what no sample and no recorded step had shown
            desk.stopped = None
            return Decision(self._gate.name, False, f"it cannot be played: {error}", 0)
        if not isinstance(error, EngineRefused):
            return None
        try:
            await desk.models_of(self._session.lineup_of(challenger.version, challenger.adapter)).check()
        except AutoMemError:
            return None
        desk.stopped = None
        return Decision(self._gate.name, False, f"its prompts are refused: {error}", 0)
