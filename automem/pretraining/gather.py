"""Plays the syllabus and keeps its conversations: `python -m automem.pretraining.gather --out TALKS.jsonl.zst`."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import click

from automem.pretraining.collect import play_all, thin
from automem.pretraining.drill import drills
from automem.pretraining.quiz import quizzed
from automem.pretraining.syllabus import SYLLABUS, lessons
from automem.pretraining.talk import Talk, write_talks

_DULL = 0.2  # of the conversations that record nothing, or sleep, so many are kept
_QUIZZED = 0.5  # of the conversations end with a quiz
_DRILLS = 8_000
_EVERY = 50  # episodes, between two lines of progress


def gather(share: float, world: str, workers: int) -> Iterator[Talk]:
    """The conversations of the syllabus, the dull ones thinned, half of them with a quiz; and drills.

    Arguments:
        share: of its episodes, above 0 and up to 1.
        world: only scaffolds whose names begin so; empty for all.
        workers: processes that play.
    """
    rng = random.Random(1)
    parts = tuple(part for part in SYLLABUS if part.scaffold.startswith(world))
    found = list(lessons(parts, share))
    for number, talks in enumerate(play_all(found, workers), 1):
        for talk in thin(talks, rng, _DULL):
            yield quizzed(talk, rng) if rng.random() < _QUIZZED else talk
        if number % _EVERY == 0:
            click.echo(f"{number} of {len(found)} episodes played", err=True)
    yield from drills(round(share * _DRILLS), 0)


@click.command(help=__doc__)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="file of conversations to write")
@click.option("--share", default=1.0, show_default=True, type=click.FloatRange(0, 1, min_open=True))
@click.option("--world", default="", help="only this world's part, and drills: crafter, minihack or nethack")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1), help="processes that play")
def main(out: Path, share: float, world: str, workers: int) -> None:
    """Play, thin and write."""
    out.parent.mkdir(parents=True, exist_ok=True)
    click.echo(f"{write_talks(out, gather(share, world, workers))} conversations in {out}")


if __name__ == "__main__":
    main()
