"""One episode, from its first step to its row in the database, whatever happens in between."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from automem.agent.record import Header, Step
from automem.envs.worker import start_remote
from automem.errors import EnvironmentFailure
from automem.runs.calls import Caller, Desk
from automem.runs.files import settle_folder
from automem.runs.journal import Journal, StaleJournal
from automem.runs.keys import Episode
from automem.runs.layout import RunFolder
from automem.runs.lineup import Lineup
from automem.runs.progress import Progress
from automem.runs.records import Recorded, Version
from automem.runs.rows import done_row, header_of
from automem.runs.store import Store
from automem.traces.metrics import Meter as BehaviourMeter
from automem.traces.store import TraceWriter
from automem.traces.summary import EpisodeRow

WORLD_TIMEOUT_S = 120.0
"""The longest a world may take to start or for one step; then its process is taken to hang."""


@dataclass(frozen=True)
class Table:
    """What the episodes of an apply are played with.

    Arguments:
        lineup: the experiment, made ready.
        version: the scaffold's version in this run.
        folder: where files go.
        store: the run's database.
        desk: engines and budget.
        progress: told what happens.
    """

    lineup: Lineup
    version: Version
    folder: RunFolder
    store: Store
    desk: Desk
    progress: Progress

    async def play(self, episode: Episode) -> EpisodeRow:
        """Play one episode to its end and record it.

        A failure of the world's process is tried once more; what the journal holds is not asked again.

        Raises:
            EnvironmentFailure: the world failed twice.
            Halted, BudgetReached, EngineRefused, EngineUnavailable: as calls raise them; the journal stays.
        """
        journal = Journal(self.folder.journal(episode.id), episode.key)
        max_steps = self.lineup.tasks[episode.task].max_steps
        self.progress.episode_started(episode, max_steps, len(journal.calls))
        failed = False
        try:
            while True:
                try:
                    return await self._attempt(episode, journal)
                except StaleJournal:
                    self._drop(episode, journal)
                except EnvironmentFailure as error:
                    if failed:
                        raise
                    failed = True
                    self._tell("retried", f"{error}; the episode is tried once more", episode)
        finally:
            journal.close()

    async def _attempt(self, episode: Episode, journal: Journal) -> EpisodeRow:
        began = time.monotonic()
        recorded_s = sum(call.answer.seconds for call in journal.calls)
        journal.rewind()
        header = header_of(self.lineup, self.version, episode)
        behaviour = BehaviourMeter(header)
        await self._play_world(episode, Caller(episode.key, journal, self.lineup, self.desk), header, behaviour)
        settle_folder(self.folder.live_memory(episode.id), self.folder.memory(episode.id))
        metrics = behaviour.result(_contents(self.folder.memory(episode.id)))
        bytes_ = self.folder.trace(episode.id).stat().st_size
        seconds = time.monotonic() - began + recorded_s
        recorded = done_row(self.lineup, self.version, episode, metrics, seconds, bytes_)
        self._commit(recorded, journal)
        self.progress.episode_finished(episode, recorded.row)
        return recorded.row

    async def _play_world(self, episode: Episode, caller: Caller, header: Header, behaviour: BehaviourMeter) -> None:
        experiment, memory = self.lineup.experiment, self.folder.live_memory(episode.id)

        def record(step: Step) -> None:
            writer.write(step)
            behaviour.add(step)
            self.progress.step(episode, step.number, step.progression)

        world = await start_remote(
            experiment.env.name, episode.task, episode.seed, experiment.env.settings, WORLD_TIMEOUT_S
        )
        try:
            with TraceWriter(self.folder.trace(episode.id), header) as writer:
                await self.lineup.agents[episode.task].play(
                    world, caller.ask, memory, experiment.sampling, self.lineup.split, record
                )
                writer.finish()
        except BaseException:
            shutil.rmtree(memory, ignore_errors=True)
            raise
        finally:
            await world.close()

    def _commit(self, recorded: Recorded, journal: Journal) -> None:
        with self.store.together():
            self.store.put_episode(recorded)
            self.store.add_costs(recorded.row.key, self.lineup.costs(journal.calls))
            self.store.log("finished", f"after {recorded.row.steps} steps", recorded.id)
        journal.remove()

    def _drop(self, episode: Episode, journal: Journal) -> None:
        text = f"its {len(journal.calls)} recorded answers are for other questions (the program has changed)"
        with self.store.together():
            self.store.add_costs(episode.key, self.lineup.costs(journal.calls), discarded=True)
            self._tell("journal dropped", f"{text}; it is played anew", episode)
        journal.remove()

    def _tell(self, kind: str, text: str, episode: Episode) -> None:
        self.store.log(kind, text, episode.id)
        self.progress.note(f"{episode.id}: {text}")


def _contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_bytes().decode() for file in sorted(folder.iterdir())}
