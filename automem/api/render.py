"""The prompts exactly as a model will read them, with the size and stability of each part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automem.agent.agent import Agent
from automem.agent.prompt import Prompt
from automem.envs import WORLDS, Observation
from automem.spec.experiment import EnvSection
from automem.spec.load import load_experiment, load_scaffold
from automem.spec.resolve import ResolvedScaffold
from automem.spec.source import read_document


@dataclass(frozen=True)
class Rendering:
    """The opening prompts of one task.

    Arguments:
        scaffold: the scaffold's name.
        task: the task.
        prompts: phase → prompt, in the order of play.
    """

    scaffold: str
    task: str
    prompts: dict[str, Prompt]

    def as_data(self) -> dict[str, Any]:
        """The same as plain data, for `--json`."""
        return {
            "scaffold": self.scaffold,
            "task": self.task,
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


def _open(path: Path) -> tuple[ResolvedScaffold, EnvSection]:
    """A scaffold and the world to show it in."""
    if read_document(path).plain().get("kind") == "experiment":
        loaded = load_experiment(path)
        return loaded.scaffold, loaded.experiment.env
    scaffold = load_scaffold(path)
    return scaffold, EnvSection(name=scaffold.data["env"])
