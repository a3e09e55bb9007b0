"""The agent: a scaffold made ready for one task, which plays any number of its episodes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from automem.agent.conversation import Ask, Conversation
from automem.agent.episode import Episode
from automem.agent.phases import Commit, PhaseRun
from automem.agent.program import Program
from automem.agent.prompt import Prompt
from automem.agent.record import Step
from automem.agent.rehearsal import openings, rehearse
from automem.agent.retrace import Retraced, echo, run_through
from automem.envs.base import Observation, TaskInfo
from automem.memory.memory import Memory
from automem.spec.experiment import Sampling
from automem.spec.resolve import ResolvedScaffold


class PlayedWorld(Protocol):
    """An episode of a world, wherever it runs."""

    async def reset(self) -> Observation:
        """The first observation."""
        ...

    async def step(self, action: str) -> Observation:
        """Play one action."""
        ...


class Agent:
    """Plays a scaffold in one task. Holds nothing of any episode, so one agent serves all at once.

    Arguments:
        scaffold: self-contained.
        info: the task.

    Raises:
        AutoMemError: the scaffold does not fit the task.
    """

    def __init__(self, scaffold: ResolvedScaffold, info: TaskInfo) -> None:
        self.scaffold = scaffold
        self.program = Program(scaffold, info)

    def rehearse(self) -> None:
        """Say once, on the task's sample and after each of its actions, all that the scaffold may say.

        Raises:
            RuleError: a rule of the scaffold cannot be carried out.
        """
        info = self.program.info
        with self._second_step(info.sample, info.default_action) as episode:
            rehearse(episode)
        for action in info.actions:
            with self._second_step(info.sample, action) as episode:
                dict(openings(episode))

    def sample_values(self) -> dict[str, Any]:
        """What the extractors make of the task's sample: variable → value."""
        with self._second_step(self.program.info.sample, self.program.info.default_action) as episode:
            return dict(episode.values["obs"])

    def memory_header(self) -> dict[str, Any]:
        """The memory an episode begins with, as plain data for a trace's header."""
        program = self.program
        return {
            "files": {name: schema.model_dump(exclude_unset=True) for name, schema in program.files.items()},
            "create": program.create.model_dump(exclude_unset=True) if program.create else None,
            "max_files": program.rule.memory.create.max_files,
            "limits": program.rule.memory.limits.model_dump(),
            "initial": program.initial,
        }

    def _memory(self, folder: Path) -> Memory:
        program = self.program
        memory = program.rule.memory
        return Memory(folder, program.files, program.create, memory.create.max_files, memory.limits, program.initial)

    @contextmanager
    def _second_step(self, observation: Observation, action: str) -> Iterator[Episode]:
        """An episode that has come to its second step by an action, observing the same as at its first."""
        with TemporaryDirectory() as folder, closing(self._memory(Path(folder) / "memory")) as memory:
            episode = Episode(self.program, memory)
            episode.observe(observation)
            episode.acted(action, action, valid=True)
            episode.observe(observation)
            yield episode

    async def play(
        self,
        world: PlayedWorld,
        ask: Ask,
        folder: Path,
        sampling: Sampling,
        split: bool,
        record: Callable[[Step], None],
    ) -> None:
        """Play one episode to its end.

        Arguments:
            world: fresh, not yet reset.
            ask: how a model is asked.
            folder: where the memory's files lie; made, and empty.
            sampling: how answers are drawn.
            split: whether the specialist is a model of its own.
            record: called with each step as it is complete.

        Raises:
            Owed: a model or the world failed; the episode must not be scored.
        """
        memory = self._memory(folder)
        try:
            episode = Episode(self.program, memory)
            seen = await world.reset()
            while not seen.done:
                episode.observe(seen)
                commit = await self._think(episode, ask, sampling, split)
                action = commit.action or self.program.actions.fallback
                before, seen = seen, await world.step(action)
                record(_step(episode, commit, action, before, seen))
                episode.acted(action, commit.raw, valid=commit.valid)
        finally:
            memory.close()

    async def _think(self, episode: Episode, ask: Ask, sampling: Sampling, split: bool) -> Commit:
        """LOG from the second step on, the updates, then PLAN."""
        program = self.program
        talk = Conversation(0, ask, sampling, episode.turns.append)
        if episode.values["step"] > 1:
            if program.log is not None:
                await PhaseRun(episode, "log", program.log, talk).log(split)
            episode.logged()
            if program.log is not None and not episode.values["continued"]:
                talk = Conversation(1, ask, sampling, episode.turns.append)
        return await PhaseRun(episode, "plan", program.plan, talk).plan(split)

    def retrace(self, steps: Iterable[Step]) -> Iterator[Retraced]:
        """Live recorded steps again: the same observations, answers and executed actions, this agent's scaffold.

        Under the scaffold that recorded them the prompts are the recorded ones, character for character.

        Arguments:
            steps: from the first step of an episode on.

        Raises:
            RuleError: a rule of the scaffold cannot be carried out.
        """
        with TemporaryDirectory() as folder, closing(self._memory(Path(folder) / "memory")) as memory:
            episode = Episode(self.program, memory)
            for step in steps:
                episode.observe(Observation(step.observation, data=step.data))
                split = any(turn.role == "specialist" for turn in step.turns)
                run_through(self._think(episode, echo(episode, step.turns), Sampling(), split))
                yield Retraced(
                    step, dict(episode.openings), tuple(episode.turns), tuple(episode.ops), tuple(episode.firings)
                )
                episode.acted(step.action, step.raw, valid=step.valid)

    def preview(self, observation: Observation | None = None) -> dict[str, Prompt]:
        """The opening prompts of the second step, as the model would read them: phase → prompt.

        Arguments:
            observation: what is observed at both steps; the task's sample when left out.
        """
        info = self.program.info
        with self._second_step(info.sample if observation is None else observation, info.default_action) as episode:
            return dict(openings(episode))


def _step(episode: Episode, commit: Commit, action: str, before: Observation, after: Observation) -> Step:
    return Step(
        number=episode.values["step"],
        observation=before.text,
        data=dict(before.data),
        turns=tuple(episode.turns),
        ops=tuple(episode.ops),
        firings=tuple(episode.firings),
        raw=commit.raw,
        action=action,
        valid=commit.valid,
        fallback=commit.action is None,
        intention=commit.intention,
        reward=after.reward,
        progression=after.progression,
        events=after.events,
        done=after.done,
        end=after.end,
        outcome=after.text if after.done else "",
    )
