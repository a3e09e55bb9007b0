"""The prompts exactly as a model will read them, with the size and stability of each part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automem.agent.agent import Agent
from automem.agent.prompt import Prompt
from automem.api.lookup import find_document
from automem.api.read import finished_episode
from automem.envs import WORLDS, Observation
from automem.errors import AutoMemError, RunError
from automem.evidence.recorded import Unplayable, live_again
from automem.evidence.view import View
from automem.runs.layout import DEFAULT_RUNS
from automem.runs.listing import find_run
from automem.spec.experiment import EnvSection
from automem.spec.load import load_experiment, load_scaffold, open_scaffold
from automem.spec.resolve import ResolvedScaffold
from automem.spec.source import read_document


@dataclass(frozen=True)
class Rendering:
    """The opening prompts of one task.

    Arguments:
        scaffold: the scaffold's name.
        task: the task.
        prompts: phase → prompt, in the order of play.
        place: the recorded step that they are of; empty where they are of a sample.
    """

    scaffold: str
    task: str
    prompts: dict[str, Prompt]
    place: str = ""

    def as_data(self) -> dict[str, Any]:
        """The same as plain data, for `--json`."""
        return {
            "scaffold": self.scaffold,
            "task": self.task,
            **({"place": self.place} if self.place else {}),
            "prompts": {
                phase: {
                    "text": prompt.text,
                    "chars": len(prompt.text),
                    "stable_prefix_chars": prompt.stable,
                    "sections": [
                        {"name": part.name, "chars": len(part.text), "stable": part.stable} for part in prompt.parts
                    ],
                }
                for phase, prompt in self.prompts.items()
            },
        }


def render(
    path: Path,
    task: str | None = None,
    observation: Observation | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Rendering:
    """Render a scaffold's opening prompts on a sample observation.

    Arguments:
        path: the scaffold, or an experiment: then its scaffold in its world.
        task: the task; the first when left out.
        observation: what is observed; a recorded observation of real play when left out.
        settings: the world's settings; the experiment's when left out.

    Raises:
        SpecError: the scaffold is wrong; with every issue.
        AutoMemError: the world or the task is unknown.
    """
    scaffold, env = _open(path)
    world = WORLDS.load(env.name)
    task = task if task is not None else (env.tasks or world.tasks())[0]
    info = world.describe(task, env.settings if settings is None else settings)
    return Rendering(scaffold.name, info.task, Agent(scaffold, info).preview(observation))


def render_step(run: str, episode: str, step: int, scaffold: str | None = None, runs: Path = DEFAULT_RUNS) -> Rendering:
    """Render the opening prompts of a recorded step: as they were, or as another scaffold would have had them.

    The steps up to it are lived again with the recorded observations, answers and actions.

    Arguments:
        run: the run.
        episode: a seed, or the beginning of the episode's id or key.
        step: counted from 1; the first has no LOG.
        scaffold: another scaffold, as `find_document` takes it; the one that was played when left out.
        runs: the folder that holds the run.

    Raises:
        SpecError: the scaffold is wrong; with every issue.
        RunError: no such run, episode or step, or the scaffold fails on one of the steps up to it.
        AutoMemError: there is no such scaffold, it plays another world, or the world is not installed.
    """
    recorded, folder = finished_episode(run, episode, runs), find_run(run, runs)
    view = View(folder, (recorded.version,), recorded.row.stage, recorded.row.conditions)
    document = view.scaffold() if scaffold is None else find_document(scaffold, runs)
    shown, row = open_scaffold(document), recorded.row
    if shown.data["env"] != row.env:
        raise AutoMemError(
            f"{document.file} plays {shown.data['env']!r}, not {row.env!r} as episode {recorded.id} does"
        )
    if not 1 <= step <= (row.steps or 0):
        raise RunError(f"there is no step {step}; episode {recorded.id} has steps 1 to {row.steps}")
    try:
        *_, lived = live_again(view, shown, recorded, step)
    except Unplayable as problem:
        raise RunError(str(problem)) from problem
    return Rendering(shown.name, row.task, dict(lived.openings), f"step {step} of {recorded.id}")


def _open(path: Path) -> tuple[ResolvedScaffold, EnvSection]:
    """A scaffold and the world to show it in."""
    if read_document(path).plain().get("kind") == "experiment":
        loaded = load_experiment(path)
        return loaded.scaffold, loaded.experiment.env
    scaffold = load_scaffold(path)
    return scaffold, EnvSection(name=scaffold.data["env"])
