"""A run at a glance: versions, metrics with their trends, and what each episode achieved and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field

from automem.evidence.summary import Thirds, summary_of
from automem.evidence.tool import MOST_CHARS, OfVersion, Paged, Tool, chars_of, clip, page, short, within
from automem.evidence.view import View
from automem.runs.records import Recorded
from automem.traces.metrics import METRICS, metric_of
from automem.traces.summary import mean_of

_MOST_VERSIONS = 30
_ACHIEVED_ROOM = 2_000
_MAIN = (
    *("progression", "steps", "reward", "invalid_rate", "fallback_rate", "unchanged_rate", "repeated_action_rate"),
    "intention_differs",
    *("memory_growth", "memory_chars", "duplicate_lines", "empty_search_rate", "redundant_write_rate"),
    *("blind_write_rate", "malformed_op_rate", "denied_op_rate", "calls", "input_chars", "uncached_share"),
)


class Overview(Paged, OfVersion):
    """Arguments of `overview`; its pages are of episodes."""


class Metrics(Paged, OfVersion):
    """Arguments of `metrics`."""

    name: str = Field("", max_length=200, description="only metrics whose name begins so, such as duplicate_lines")


def overview(view: View, args: Overview) -> Mapping[str, Any]:
    """Progression by version, the main metrics of one version, and its episodes."""
    episodes = view.of_version(args.version)
    known = _names(episodes)
    summaries = [summary_of(view, episode) for episode in episodes]
    about = {
        "run": view.folder.name,
        "stage": view.stage,
        "versions": [_version(view, number) for number in sorted(view.versions)[-_MOST_VERSIONS:]],
        "version": view.version if args.version is None else args.version,
        "metrics": {name: _mean(_values(episodes, name)) for name in _MAIN if name in known},
        "trends": {
            "memory_growth": _thirds(one.growth for one in summaries),
            "input_chars": _thirds(one.input for one in summaries),
        },
    }
    room = MOST_CHARS - chars_of(about) - 20
    return {**about, "episodes": page(episodes, args, room, lambda episode: _row(view, episode))}


def _version(view: View, number: int) -> dict[str, Any]:
    version = view.known_versions[number]
    scores = [episode.row.progression for episode in view.of_version(number)]
    return {"version": number, "origin": version.origin, "parent": version.parent, "progression": _mean(scores)}


def _mean(values: Iterable[float | None]) -> dict[str, Any]:
    found = mean_of(values)
    return {"mean": short(found.mean), "se": short(found.se), "episodes": found.n}


def _names(episodes: Iterable[Recorded]) -> dict[str, None]:
    """The measured names of some episodes, each once."""
    return {name: None for episode in episodes for name in episode.row.metrics}


def _values(episodes: Iterable[Recorded], name: str) -> list[float | None]:
    """A metric in each episode; those that lack a count have the value that the metric says."""
    absent = metric_of(name).absent
    return [episode.row.metrics.get(name, absent) for episode in episodes]


def _thirds(parts: Iterable[Thirds]) -> list[float | None]:
    return [short(mean_of(third).mean) for third in zip(*parts, strict=True)]


def _row(view: View, episode: Recorded) -> dict[str, Any]:
    row, summary = episode.row, summary_of(view, episode)
    return {
        "episode": episode.id,
        "task": row.title,
        "seed": row.seed,
        **({"replay": row.replay} if row.replay else {}),
        "progression": short(row.progression),
        "steps": row.steps,
        "end": summary.end,
        "achieved": within((f"{clip(event, 60)} at {step}" for step, event in summary.achieved), _ACHIEVED_ROOM),
        "without_progress": [f"{first}-{last}" for first, last in summary.streaks],
    }


def metrics(view: View, args: Metrics) -> Mapping[str, Any]:
    """Every metric of a version beside its values in the others."""
    played = {number: view.of_version(number) for number in view.versions[-_MOST_VERSIONS:]}
    number = view.version if args.version is None else args.version
    episodes = view.of_version(number)
    order = list(METRICS)
    names = sorted(
        (name for name in _names(episodes) if name.startswith(args.name)), key=lambda n: order.index(n.split(".")[0])
    )

    def entry(name: str) -> dict[str, Any]:
        metric = metric_of(name)
        others = {f"v{one}": short(mean_of(_values(of, name)).mean) for one, of in played.items()}
        about = {"metric": name, "unit": metric.unit, "better": metric.better, "meaning": metric.meaning}
        return {**about, **_mean(_values(episodes, name)), "versions": others}

    return {"version": number, **page(names, args, MOST_CHARS - 40, entry)}


TOOLS = (
    Tool(
        "overview",
        "Start here. How each version of the scaffold plays (progression: 0 to 1, mean and standard error), the main"
        " metrics of one version, their trends over the thirds of an episode, and for each episode its score, what it"
        " achieved at which step, how it ended, and its longest stretches of steps without progress.",
        Overview,
        overview,
    ),
    Tool(
        "metrics",
        "Every metric of a version, with meaning, unit and which way is better, as mean and standard error over its"
        " episodes, beside the means of the other versions.",
        Metrics,
        metrics,
    ),
)
