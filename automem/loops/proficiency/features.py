"""What a recipe's criteria may ask of an example: told from op records and outcomes alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from automem.agent.record import Step
from automem.loops.proficiency.counting import Feature, counted
from automem.loops.proficiency.example import Phase
from automem.loops.proficiency.parts import parts_of
from automem.loops.proficiency.sequel import NEVER, Sequel

SOON = 10
"""Within how many steps progress counts as following; `progress_in` and `useful_in` take any other number."""

FEATURES: Mapping[str, str] = {
    # Where it comes from
    "phase": "`log` or `plan`",
    "task": "the task's name",
    "step": "which step of its episode, from 1",
    "position": "the step's place in the episode: 0 the first, 1 the last",
    "left": "steps that were played after it",
    "progression": "of the episode at its end, 0 to 1",
    "rank": "the episode's place among those of its task by progression: 0 the best, 1 the last; of equal ones the "
    "lower seed first",
    # What it did to memory
    "ops": "its commands, those that end a phase or commit an action aside",
    "searches": "searches that ran",
    "hits": "searches that found something",
    "reads": "other looks at a file (read, tail, count) that ran",
    "vain": "searches and other looks that found nothing",
    "writes": "writes that ran",
    "stored": "writes that changed what is stored",
    "redundant": "writes of what stood there already",
    "failed": "writes that came to nothing for another reason (no room, no such line)",
    "looked": "every write came after an earlier answer of the phase had looked at the file by a command; true where "
    "nothing was written",
    "malformed": "commands that could not be understood, or that do not exist",
    "denied": "commands that the phase, their limit or the file does not allow",
    "rejected": "commands and actions that a guard refused",
    # How it went
    "turns": "answers",
    "cut": "answers that were cut off at the longest length",
    "ended": "a command ended the phase, or the consultation",
    "recalled": "before its last answer a command of the phase had found something",
    "pattern": "its commands in the order written, answers apart: `SEARCH / APPEND DONE`",
    "chars_in": "characters of its last request, which holds the whole conversation before",
    "chars_out": "characters of its answers",
    "tokens_in": "tokens of its last request, as the engine counts them; 0 where it does not",
    "tokens_out": "tokens of its answers, as the engine counts them; 0 where it does not",
    # What came of it
    "committed": "the step ended with an action of the world, chosen and not refused",
    "fallback": "the step ended with the default action instead",
    "reached": "progression before the step; episodes are taken to begin at 0",
    "progress_in": f"steps until progression next rises, its own action counted as 1; {NEVER:,} for never",
    "progress": f"progression rises within {SOON} steps",
    "lines": "lines that its writes stored",
    "reused": "of those lines, how many a later phase's read or search shows, as long as no later write brings the "
    "same line; what prompts show of a file by themselves is not counted",
    "useful_in": "fewest steps from such a read or search to the next rise of progression, 1 where both are of one "
    f"step; {NEVER:,} for never",
    "useful": f"such a read or search is followed by a rise of progression within {SOON} steps",
}
"""Name → what it is. Counts are whole numbers, and true where they are not 0."""

_TEXTS = ("phase", "task", "pattern")
_AT_LEAST = {"step": 1, "turns": 1, "chars_in": 1, "progress_in": NEVER, "useful_in": NEVER}
SAMPLES: Mapping[str, Mapping[str, Feature]] = {
    "in which nothing happened": {
        **dict.fromkeys(FEATURES, 0),
        **dict.fromkeys(_TEXTS, ""),
        **_AT_LEAST,
        "phase": "log",
    },
    "in which everything happened once": {**dict.fromkeys(FEATURES, 1), **dict.fromkeys(_TEXTS, "x"), "phase": "plan"},
}
"""What an example is like → features of every name, for trying an expression."""


@dataclass(frozen=True)
class Standing:
    """An episode among the others of its task.

    Arguments:
        task: the task.
        progression: at the end, 0 to 1.
        rank: 0 the best, 1 the last.
    """

    task: str
    progression: float
    rank: float


Key = tuple[int, Phase]
"""Step and phase."""


def features_of(steps: Iterable[Step], standing: Standing) -> dict[Key, dict[str, Feature]]:
    """The features of every phase of an episode, which must be finished.

    Arguments:
        steps: all of them, in order; each is looked at once, and none is kept.
        standing: of the episode.
    """
    sequel = Sequel()
    found: dict[Key, dict[str, Feature]] = {}
    last = 0
    for step in steps:
        for part in parts_of(step):
            found[step.number, part.phase] = {**counted(part), **_outcome(step), "reached": sequel.reached}
        sequel.add(step)
        last = step.number
    for (number, phase), features in found.items():
        features.update(
            phase=phase,
            task=standing.task,
            step=number,
            position=(number - 1) / (last - 1) if last > 1 else 0.0,
            left=last - number,
            progression=standing.progression,
            rank=standing.rank,
            **_later(sequel, (number, phase)),
        )
    return found


def _outcome(step: Step) -> dict[str, Feature]:
    return {"committed": step.valid and not step.fallback, "fallback": step.fallback}


def _later(sequel: Sequel, key: Key) -> dict[str, Feature]:
    progress_in, use = sequel.progress_in(key[0]), sequel.use(key)
    return {
        "progress_in": progress_in,
        "progress": progress_in <= SOON,
        "lines": use.lines,
        "reused": use.reused,
        "useful_in": use.useful_in,
        "useful": use.useful_in <= SOON,
    }
