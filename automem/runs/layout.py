"""Where the files of a run lie."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from automem.errors import RunError

DEFAULT_RUNS = Path("runs")


@dataclass(frozen=True)
class RunFolder:
    """The folder `runs/<experiment name>/`.

    Arguments:
        path: the folder itself; it need not exist yet.
    """

    path: Path

    @property
    def name(self) -> str:
        """The run's name, which is its experiment's."""
        return self.path.name

    @property
    def database(self) -> Path:
        """The SQLite file that says what is finished."""
        return self.path / "run.db"

    @property
    def lock(self) -> Path:
        """The file that an apply holds while it works."""
        return self.path / "lock"

    @property
    def experiment(self) -> Path:
        """The experiment as it was last applied, resolved."""
        return self.path / "experiment.yaml"

    @property
    def scaffolds(self) -> Path:
        """Folder of the scaffold's versions."""
        return self.path / "scaffolds"

    @property
    def traces(self) -> Path:
        """Folder of traces and of the journals of unfinished episodes."""
        return self.path / "traces"

    @property
    def memories(self) -> Path:
        """Folder of the memory directories that finished episodes left."""
        return self.path / "memory"

    @property
    def report(self) -> Path:
        """Folder of written reports."""
        return self.path / "report"

    @property
    def patches(self) -> Path:
        """Folder of the patches that were proposed."""
        return self.path / "patches"

    @property
    def proposals(self) -> Path:
        """Folder of the conversations with the models that proposed them."""
        return self.path / "proposals"

    @property
    def trials(self) -> Path:
        """Folder of what loop 2 trained on, a folder for each trial."""
        return self.path / "trials"

    @property
    def adapters(self) -> Path:
        """Folder of the adapters that it trained."""
        return self.path / "adapters"

    @property
    def set_aside(self) -> Path:
        """Folder of complete traces and memories that the database does not know of."""
        return self.path / "set-aside"

    def scaffold(self, version: int) -> Path:
        """The resolved text of one version."""
        return self.scaffolds / f"v{version}.yaml"

    def patch(self, candidate: int) -> Path:
        """The patch of a candidate."""
        return self.patches / f"c{candidate}.yaml"

    def undo(self, candidate: int) -> Path:
        """The patch that takes a candidate's patch back, byte for byte."""
        return self.patches / f"c{candidate}.undo.yaml"

    def transcript(self, candidate: int) -> Path:
        """The conversation that a candidate came of."""
        return self.proposals / f"c{candidate}.jsonl"

    def trial(self, number: int) -> Path:
        """What a trial was trained by and on: its recipe, its lessons, its loss curve."""
        return self.trials / f"t{number}"

    def checkpoints(self, trial: int) -> Path:
        """What a training that was cut off goes on from; gone once the trial is decided."""
        return self.trial(trial) / "checkpoints"

    def adapter(self, trial: int) -> Path:
        """The adapter of a trial, as PEFT writes it."""
        return self.adapters / f"t{trial}"

    def trial_transcript(self, number: int) -> Path:
        """The conversation that a trial's recipe came of."""
        return self.proposals / f"t{number}.jsonl"

    def trace(self, episode: str) -> Path:
        """The trace of a finished episode."""
        return self.traces / f"{episode}.jsonl.zst"

    def journal(self, episode: str) -> Path:
        """The answers an unfinished episode has received."""
        return self.traces / f"{episode}.calls"

    def memory(self, episode: str) -> Path:
        """The memory directory of a finished episode."""
        return self.memories / episode

    def live_memory(self, episode: str) -> Path:
        """The memory directory of an episode being played."""
        return self.memories / f"{episode}.partial"

    def create(self) -> None:
        """Make the folders that play writes to.

        Raises:
            RunError: a file lies where one of them should.
        """
        for folder in (
            self.scaffolds,
            self.traces,
            self.memories,
            self.patches,
            self.proposals,
            self.trials,
            self.adapters,
        ):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except (FileExistsError, NotADirectoryError) as error:
                file = next(path for path in (*reversed(folder.parents), folder) if not path.is_dir())
                raise RunError(f"{file} is no folder, and the run needs one there; move it away and apply") from error
