"""Lessons for tests: a scaffold with ops of its own names, and episodes that a scripted player really played."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from runs.making import Lab

from automem.agent.record import Said
from automem.loops.proficiency.example import Example, Lesson, Phase
from automem.loops.proficiency.examples import examples_of
from automem.loops.proficiency.lessons import lesson_of
from automem.runs.layout import RunFolder
from automem.spec.load import load_scaffold
from automem.spec.resolve import ResolvedScaffold

SCAFFOLD = """\
kind: scaffold
name: renamed
env: toy
memory: {files: {log.md: {schema: log}}}
ops:
  FIND:   {verb: search, phases: [log, plan]}
  NOTE:   {verb: append, phases: [log]}
  OVER:   {verb: end, phases: [log]}
  ENOUGH: {verb: end, phases: [plan]}
  GO:     {verb: commit, phases: [plan]}
phases:
  log:  {sections: {what: {text: LOG}, commands: {template: common/commands}}}
  plan: {turns: 3, sections: {what: {text: PLAN}, commands: {template: common/commands}}}
"""


def renamed(folder: Path) -> ResolvedScaffold:
    """A scaffold whose ops are called as no shipped one calls them."""
    file = folder / "renamed.yaml"
    file.write_text(SCAFFOLD)
    return load_scaffold(file)


def example(phase: Phase, *answers: str, given: int = 0) -> Example:
    """A phase in which these were the answers, each to a message of its own."""
    said = [
        Said(speaker, text)
        for number, answer in enumerate(answers)
        for speaker, text in (("user", f"prompt {number}"), ("assistant", answer))
    ]
    return Example("lamps-1-00000000", "lamps", 1, 2, phase, tuple(said), (), given=given)


@dataclass(frozen=True)
class Played:
    """Finished episodes, and all that can be learnt from them."""

    run: RunFolder
    examples: tuple[Example, ...]
    lessons: tuple[Lesson, ...]


def play(folder: Path, *, steps: int = 40, conversation: str = "per_phase") -> Played:
    """Two episodes of Crafter by the scripted player, and their lessons."""
    lab = Lab(folder)
    lab.scaffold.write_text(
        lab.scaffold.read_text().replace("env: crafter\n", f"env: crafter\nconversation: {conversation}\n")
    )
    loaded = lab.load(max_steps=steps, models={"base": {"engine": "scripted", "model": "crafter"}})
    lab.apply(max_steps=steps, models={"base": {"engine": "scripted", "model": "crafter"}})
    examples = tuple(examples_of(lab.run, lab.details().episodes))
    found = [lesson_of(one, loaded.scaffold) for one in examples]
    return Played(lab.run, examples, tuple(one for one in found if isinstance(one, Lesson)))
