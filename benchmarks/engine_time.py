"""The engine's own time for a step: no world, no model, no network."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from automem.agent.agent import Agent
from automem.agent.episode import Episode
from automem.agent.phases import PhaseRun
from automem.agent.prompt import PhasePrompts
from automem.agent.record import Step
from automem.engines import Answer, Request
from automem.envs import Observation
from automem.memory.memory import Memory
from automem.runs.calls import Caller, Desk
from automem.runs.costs import Cost
from automem.runs.journal import Journal
from automem.runs.lineup import Lineup, line_up
from automem.runs.meter import Meter
from automem.runs.models import Models
from automem.traces.metrics import Meter as Metrics
from automem.traces.store import TraceWriter
from benchmarks.playing import Played, experiment, scripted_play, workplace

GOAL_MS = 1.0
REPEATS = 3
PARTS: tuple[tuple[str, type[Any], str], ...] = (
    ("observe: extract, state, updates", Episode, "observe"),
    ("prompts: render openings and replies", PhasePrompts, "opening"),
    ("prompts: render openings and replies", PhasePrompts, "message"),
    ("LOG: parse, guard, reply", PhaseRun, "log"),
    ("PLAN: parse, guard, reply", PhaseRun, "plan"),
    ("memory: the ops themselves", Memory, "run"),
    ("journal of answers", Caller, "ask"),
    ("trace: encode, compress, write", TraceWriter, "write"),
    ("behaviour metrics", Metrics, "add"),
    ("the rest", Agent, "play"),
)


class RecordedWorld:
    """Gives the observations of a recorded episode in their order, whatever is done."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        seen = [Observation(step.observation) for step in steps]
        self._seen = iter([*seen, Observation(steps[-1].outcome, done=True)])

    async def reset(self) -> Observation:
        return next(self._seen)

    async def step(self, action: str) -> Observation:
        return next(self._seen)


class RecordedEngine:
    """Gives the answers of a recorded episode in their order."""

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self._answers = iter([Answer(turn.answer) for step in steps for turn in step.turns])

    async def check(self) -> None:
        """There is nothing that could be missing."""

    async def ask(self, request: Request) -> Answer:
        return next(self._answers)

    async def close(self) -> None:
        """There is nothing to give back."""


@dataclass(frozen=True, order=True)
class Seconds:
    """Time of the processor, and by the clock: with waits for the disk and for other programs."""

    cpu: float
    wall: float


def replay(lineup: Lineup, played: Played, name: str) -> Seconds:
    """Play a recorded episode again with all that a run does around it."""
    engine = RecordedEngine(played.steps)
    desk = Desk(Models({"base": engine, "specialist": engine}), Meter(lineup.experiment.budget, Cost(), 0.0))
    journal = Journal(workplace() / f"{name}.calls", played.header.key)
    metrics = Metrics(played.header)
    actions: list[str] = []
    with TraceWriter(workplace() / f"{name}.jsonl.zst", played.header) as writer:

        def record(step: Step) -> None:
            writer.write(step)
            metrics.add(step)
            actions.append(step.action)

        cpu, wall = time.process_time(), time.perf_counter()
        asyncio.run(
            lineup.agents[played.header.task].play(
                RecordedWorld(played.steps),
                Caller(played.header.key, journal, lineup, desk).ask,
                workplace() / f"{name}-memory",
                lineup.experiment.sampling,
                lineup.split,
                record,
            )
        )
        seconds = Seconds(time.process_time() - cpu, time.perf_counter() - wall)
    journal.remove()
    if actions != [step.action for step in played.steps]:
        raise SystemExit("the replayed episode is not the recorded one")
    return seconds


class Stopwatch:
    """Seconds of the processor spent in each part, those in the parts within it left out."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._running: list[str] = []
        self._since = 0.0

    @contextmanager
    def _in(self, part: str) -> Iterator[None]:
        self._switch()
        self._running.append(part)
        try:
            yield
        finally:
            self._switch()
            self._running.pop()

    def _switch(self) -> None:
        now = time.process_time()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def timed(self, part: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """`call`, sync or async, with its time counted as `part`."""
        if asyncio.iscoroutinefunction(call):

            async def wait(*args: Any, **named: Any) -> Any:
                with self._in(part):
                    return await call(*args, **named)

            return wait

        def run(*args: Any, **named: Any) -> Any:
            with self._in(part):
                return call(*args, **named)

        return run


def main() -> None:
    """Replay a recorded episode, first undisturbed for the total, then with a stopwatch for its parts."""
    played = max(scripted_play(), key=lambda one: len(one.steps))
    lineup = line_up(experiment("engine-time", max_steps=500))
    count = len(played.steps)
    total = min(replay(lineup, played, f"total{number}") for number in range(REPEATS))
    watch = Stopwatch()
    with ExitStack() as patches:
        for part, owner, name in PARTS:
            patches.enter_context(patch.object(owner, name, watch.timed(part, getattr(owner, name))))
        replay(lineup, played, "parts")
    calls = sum(len(step.turns) for step in played.steps)
    print(f"Engine time over a recorded episode: {count} steps, {calls / count:.2f} calls a step (goal: {GOAL_MS} ms)")
    cpu, wall, watched = total.cpu / count * 1000, total.wall / count * 1000, sum(watch.seconds.values())
    print(f"  {'in all, processor':<40} {cpu:6.3f} ms/step  {cpu / GOAL_MS:5.0%} of the goal")
    print(f"  {'in all, by the clock (disk included)':<40} {wall:6.3f} ms/step  {wall / GOAL_MS:5.0%} of the goal")
    for part in dict.fromkeys(part for part, _, _ in PARTS):
        share = watch.seconds[part] / watched
        print(f"  {part:<40} {share * cpu:6.3f} ms/step  {share:5.0%} of the processor's")


if __name__ == "__main__":
    main()
