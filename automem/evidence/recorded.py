"""Recorded steps under a scaffold: which are looked at, and how they are lived again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from automem.agent.agent import Agent
from automem.agent.record import Header
from automem.agent.retrace import Retraced
from automem.envs import WORLDS
from automem.errors import AutoMemError, RunError
from automem.evidence.view import View
from automem.runs.records import Recorded
from automem.spec.experiment import EnvSection
from automem.spec.resolve import ResolvedScaffold

MOST_EPISODES = 4
MOST_STEPS = 400
"""Steps of an episode that a sample reaches; an agent has to live all that come before."""


class Unplayable(Exception):
    """A scaffold fails on a recorded step; the message says where, and why."""


@dataclass(frozen=True)
class Sample:
    """Some steps of one episode.

    Arguments:
        episode: which one.
        steps: their numbers, ascending; at least one.
    """

    episode: Recorded
    steps: tuple[int, ...]


def spread(episodes: Sequence[Recorded], most: int) -> list[Sample]:
    """About `most` steps, evenly over at most `MOST_EPISODES` episodes and the beginning of each."""
    chosen = [episodes[at] for at in evenly(len(episodes), MOST_EPISODES)]
    each = max(1, most // max(1, len(chosen)))
    samples = []
    for episode in chosen:
        reach = min(episode.row.steps or 0, MOST_STEPS)
        steps = tuple(at + 1 for at in evenly(reach, each))
        samples += [Sample(episode, steps)] if steps else []
    return samples


def evenly(total: int, count: int) -> list[int]:
    """At most `count` of the positions 0 to `total` - 1, spread evenly, the last one among them."""
    count = min(total, count)
    return [(at + 1) * total // count - 1 for at in range(count)]


def env_of(header: Header, tasks: Sequence[str]) -> EnvSection:
    """The world of a recorded episode, set up as it was, with some of its tasks."""
    return EnvSection.model_validate({**header.settings, "name": header.env, "tasks": list(tasks)})


def live_again(
    view: View, scaffold: ResolvedScaffold, episode: Recorded, last: int, env: EnvSection | None = None
) -> Iterator[Retraced]:
    """The first `last` steps of a recorded episode under a scaffold.

    Arguments:
        env: the world and its settings; those of the recording when left out.

    Raises:
        Unplayable: a rule of the scaffold fails on one of them, or it does not fit the task.
        RunError: the trace cannot be read.
        AutoMemError: the world is not installed.
    """
    header = view.header(episode)
    name, settings = (header.env, header.settings) if env is None else (env.name, env.settings)
    info = WORLDS.load(name).describe(header.task, settings)
    done = 0
    try:
        for retraced in Agent(scaffold, info).retrace(islice(view.steps(episode), last)):
            done = retraced.step.number
            yield retraced
    except RunError:
        raise
    except AutoMemError as error:
        raise Unplayable(f"at step {done + 1} of episode {episode.id}: {error}") from error
