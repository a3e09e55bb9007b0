"""The scaffolds that loop 1 starts from against the evolved ones, by the players at hand, paired by task and seed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from automem.api.render import render
from automem.api.report import run_report
from automem.library import shipped_spec
from automem.report.lineage import effect_figures, shown_unit
from benchmarks.playing import experiment, play, workplace

SCAFFOLDS = ("v0", "evolved")
SHOWN = (
    "progression",
    "memory_growth",
    "repeated_action_rate",
    "empty_search_rate",
    "invalid_rate",
    "malformed_op_rate",
    "calls",
    "input_chars",
)


class Course(NamedTuple):
    """Who plays what: a world with its settings, seeds, an engine and its model."""

    env: dict[str, Any]
    seeds: str
    engine: str
    model: str


COURSES = (
    Course({"name": "crafter", "max_steps": 200}, "42..51", "scripted", "crafter"),
    Course({"name": "minihack", "max_steps": 100, "levels": "generated"}, "42..44", "scripted", "nethack"),
    Course({"name": "nethack", "max_steps": 1000, "no_progress": 150}, "42..51", "scripted", "nethack"),
    Course({"name": "crafter", "max_steps": 60}, "42..51", "local", "tiny"),
)


def compared(course: Course) -> Iterator[str]:
    """What changed from v0 to the evolved scaffold: metric, both means, paired difference and its 95 % interval."""
    world = course.env["name"]
    name = f"evolved-{world}-{course.model}"
    for scaffold in SCAFFOLDS:
        loaded = experiment(
            name,
            course.env["max_steps"],
            scaffold=f"{world}/{scaffold}.yaml",
            env=course.env,
            seeds={"select": course.seeds},
            models={"base": {"engine": course.engine, "model": course.model}},
            sampling={"max_tokens": 128},
        )
        play(loaded)
    (shift,) = run_report(name, workplace()).shifts
    for effect in shift.effects:
        if effect.metric in SHOWN:
            before, after, difference, interval = effect_figures(effect)
            yield (
                f"  {effect.metric:22} {before:>14} → {after:>14}   {difference:>8} ({interval}) "
                f"{shown_unit(effect.metric)}"
            )


def sizes(world: str) -> Iterator[str]:
    """How long the prompts of a sample step are, and how much of them never changes."""
    for scaffold in SCAFFOLDS:
        path = shipped_spec(f"{world}/{scaffold}.yaml")
        assert path is not None
        for phase, prompt in render(path).prompts.items():
            share = prompt.stable / len(prompt.text)
            yield f"  {scaffold:8} {phase:5} {len(prompt.text):6,} characters, {share:.0%} of them a stable prefix"


def main() -> None:
    """Play and print."""
    for world in ("crafter", "minihack", "nethack"):
        print(f"{world}: prompts of a sample step", *sizes(world), sep="\n")
    for course in COURSES:
        print(f"{course.env} seeds {course.seeds}, {course.engine} {course.model}:", flush=True)
        print(*compared(course), sep="\n", flush=True)


if __name__ == "__main__":
    main()
