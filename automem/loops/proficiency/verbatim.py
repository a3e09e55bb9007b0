"""Nothing is trained on but what an agent wrote: every lesson is held against the traces of its episodes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from automem.agent.record import Said, Step, Turn
from automem.errors import RunError
from automem.loops.proficiency.example import Lesson
from automem.runs.layout import RunFolder
from automem.traces.store import iter_steps

_SHOWN = 60


class NotVerbatim(RunError):
    """A lesson says what no trace does; nothing may be trained on it."""


def check_verbatim(lessons: Iterable[Lesson], folder: RunFolder) -> None:
    """Hold every message of every lesson against what the trace of its episode has at the same place.

    A user message must be the recorded one. An answer must be a piece of the recorded answer of the same turn, and
    what stands before it there must be blank or end in a code fence's opening.

    Arguments:
        lessons: each names its episode, step and phase.
        folder: the run whose traces they were made from.

    Raises:
        NotVerbatim: the first message that is not as recorded, by episode, step and turn.
        RunError: a trace is missing or damaged.
    """
    places = sorted(((*_place(lesson), lesson) for lesson in lessons), key=lambda one: one[:2])
    for episode, found in groupby(places, key=lambda one: one[0]):
        _check_episode(folder, episode, [(step, lesson) for _, step, lesson in found])


def _place(lesson: Lesson) -> tuple[str, int]:
    episode, _, rest = lesson.example.partition("/")
    step = rest.partition("/")[0]
    if not step.isdecimal():
        raise NotVerbatim(f"the lesson {lesson.example!r} names no episode and step; nothing is trained on it")
    return episode, int(step)


def _check_episode(folder: RunFolder, episode: str, wanted: Sequence[tuple[int, Lesson]]) -> None:
    numbers = {number for number, _ in wanted}
    steps: Mapping[int, Step] = {
        step.number: step for step in iter_steps(folder.trace(episode)) if step.number in numbers
    }
    for number, lesson in wanted:
        if number not in steps:
            raise NotVerbatim(f"episode {episode} has no step {number}; nothing is trained on {lesson.example}")
        turns = [turn for turn in steps[number].turns if turn.phase == lesson.phase]
        if lesson.given:  # PLAN goes on with LOG's conversation
            turns = [*(turn for turn in steps[number].turns if turn.phase == "log"), *turns]
        _check(lesson, turns)


def _check(lesson: Lesson, turns: Sequence[Turn]) -> None:
    """One lesson against the turns of its conversation."""
    for number, said in enumerate(lesson.messages):
        turn = number // 2
        if said.speaker != ("user", "assistant")[number % 2]:
            raise _violation(lesson, turn, said, f"{said.speaker} speaks out of turn")
        if turn >= len(turns):
            raise _violation(lesson, turn, said, f"the phase has only {len(turns)} turns")
        if said.speaker == "user" and turns[turn].new[-1].text != said.text:
            raise _violation(lesson, turn, said, "this was not said to the agent")
        if said.speaker == "assistant" and not _within(said.text, turns[turn].answer):
            raise _violation(lesson, turn, said, "this is not in the recorded answer")


def _within(text: str, answer: str) -> bool:
    """Whether `answer` says `text` from its beginning on, a code fence and what leads to it aside."""
    if not text or text not in answer:
        return False
    lead = answer.partition(text)[0].rstrip()
    return not lead or lead.rstrip("abcdefghijklmnopqrstuvwxyz_-").endswith("```")


def _violation(lesson: Lesson, turn: int, said: Said, what: str) -> NotVerbatim:
    episode, step = _place(lesson)
    shown = said.text if len(said.text) <= _SHOWN else said.text[:_SHOWN] + "…"
    return NotVerbatim(
        f"episode {episode}, step {step}, {lesson.phase.upper()} turn {turn + 1}: {what}: {shown!r}; the trial stops "
        "here, since only recorded text may be trained on: make its lessons anew out of the run's traces"
    )
