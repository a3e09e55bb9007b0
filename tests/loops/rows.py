"""Episode rows and pairs for tests, with no more than they need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from automem.loops.pairs import Pair
from automem.traces.summary import EpisodeRow


def row(
    seed: int,
    progression: float | None,
    *,
    task: str = "t",
    replay: int = 0,
    metrics: Mapping[str, float | None] | None = None,
) -> EpisodeRow:
    return EpisodeRow(
        f"{task}{seed}-{replay}",
        "select",
        "v0",
        "",
        "crafter",
        task,
        seed,
        "owed" if progression is None else "done",
        progression,
        metrics=metrics or {},
        replay=replay,
    )


def pairs(differences: Sequence[float], before: float = 0.4) -> list[Pair]:
    return [Pair("t", seed, before, before + difference) for seed, difference in enumerate(differences)]
