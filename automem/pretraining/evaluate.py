"""How the model in the box plays: `python -m automem.pretraining.evaluate --model FOLDER --out FOLDER`.

It plays shipped scaffolds of all three worlds, one of an evolved kind that it was never taught among them; those of
Crafter that it was taught, again where every search and every reading of a file finds nothing, which shows what its
memory is worth; and one where commands have names, and prompts a notice, that it was never taught.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from automem.errors import AutoMemError, Incomplete
from automem.library import shipped_spec
from automem.loops.apply import apply
from automem.pretraining.coordinates import count_coordinates
from automem.pretraining.syllabus import MAZES
from automem.pretraining.variants import Data
from automem.runs.layout import RunFolder
from automem.runs.result import Result
from automem.spec.load import load_experiment
from automem.spec.source import read_document
from automem.traces.summary import EpisodeRow, mean_of, paired

_FORGETS = {"read.ok": "{{ file }} is empty", "search.ok": "no line of {{ file }} contains '{{ args.word }}'"}
_UNSEEN = {"SEARCH": "LOOKUP", "READ": "VIEW", "MAP": "PIN", "APPEND": "JOT", "ACTION": "MOVE"}
FORGETTING = "nothing ever found"
SURPRISED = "commands and a notice it was never taught"
_NOTICE = "Rumour has it that the nights are getting longer."
_LONGEST = 128  # tokens of an answer; what the players say is shorter
_METRICS = ("invalid_rate", "malformed_op_rate", "fallback_rate", "empty_search_rate.plan", "turns.log", "turns.plan")


@dataclass(frozen=True)
class Trial:
    """Episodes to play.

    Arguments:
        name: of the trial.
        scaffold: a shipped one.
        seeds: as an experiment says them.
        steps: an episode's length at most.
        like: the trial it is compared with, by seed; empty for none.
        change: what is different about the scaffold, one of `CHANGES`; empty for nothing.
        world: which game.
        tasks: of that world, each played with every seed; its only one where none is named.
    """

    name: str
    scaffold: str
    seeds: str
    steps: int = 300
    like: str = ""
    change: str = ""
    world: str = "crafter"
    tasks: tuple[str, ...] = ()


def _forget(data: Data) -> None:
    data["replies"] = data.get("replies", {}) | _FORGETS


def _surprise(data: Data) -> None:
    data["ops"] = {_UNSEEN.get(tag, tag): rule for tag, rule in data["ops"].items()}
    data["phases"]["plan"]["sections"]["rumour"] = {"text": _NOTICE}


CHANGES: Mapping[str, Callable[[Data], None]] = {
    FORGETTING: _forget,
    SURPRISED: _surprise,
}
"""What may be different about a scaffold, and what makes it so."""

TRIALS = (
    Trial("v0", "crafter/v0.yaml", "42..81"),
    Trial("v0-forgetting", "crafter/v0.yaml", "42..81", like="v0", change=FORGETTING),
    Trial("evolved", "crafter/evolved.yaml", "42..51", like="v0"),
    Trial("compact", "crafter/compact.yaml", "42..51"),
    Trial("forgetting", "crafter/compact.yaml", "42..51", like="compact", change=FORGETTING),
    Trial("surprised", "crafter/compact.yaml", "42..51", like="compact", change=SURPRISED),
    Trial("mazes", "minihack/compact.yaml", "42..46", steps=100, world="minihack", tasks=MAZES),
    Trial("nethack", "nethack/compact.yaml", "42..46", steps=400, world="nethack"),
)


def evaluate(model: Path, out: Path, trials: Sequence[Trial] = TRIALS) -> list[dict[str, Any]]:
    """Play all trials; what was played before is reused.

    Arguments:
        model: the model's folder.
        out: gets the experiments, their runs, and what is returned as `figures.json`.
        trials: what to play.

    Returns:
        For each trial its own settings, progression and behaviour as means with their standard errors, how many of the
        coordinates that the model wrote are those of where it stood, and against the trial it is like the paired
        difference in progression.

    Raises:
        AutoMemError: something cannot be played, or was not played to the end.
    """
    out.mkdir(parents=True, exist_ok=True)
    rows: dict[str, Sequence[EpisodeRow]] = {}
    figures = []
    for trial in trials:
        result = _play(model.resolve(), out, trial)
        rows[trial.name] = played = result.rows
        figure = asdict(trial) | {"progression": asdict(mean_of(row.progression for row in played))}
        figure |= {name: asdict(mean_of(row.metrics.get(name) for row in played)) for name in _METRICS}
        figure["coordinates"] = asdict(count_coordinates(RunFolder(result.folder).traces))
        if trial.like:
            figure["difference"] = asdict(paired(_scores(rows[trial.like]), _scores(played)))
        figures.append(figure)
    (out / "figures.json").write_text(json.dumps(figures, indent=2) + "\n")
    return figures


def _play(model: Path, out: Path, trial: Trial) -> Result:
    experiment = {
        "kind": "experiment",
        "name": trial.name,
        "scaffold": _scaffold(out, trial),
        "env": {"name": trial.world, "max_steps": trial.steps} | ({"tasks": [*trial.tasks]} if trial.tasks else {}),
        "seeds": {"select": trial.seeds},
        "models": {"base": {"engine": "local", "model": str(model)}},
        "sampling": {"max_tokens": _LONGEST},
        "parallel": {"episodes": 10},
    }
    path = out / f"{trial.name}.yaml"
    path.write_text(json.dumps(experiment, indent=2) + "\n")  # JSON is YAML
    result = apply(load_experiment(path), out / "runs")
    if result.left:
        raise Incomplete(f"{path}: {result.left} episodes are left ({result.stopped}); run the same command again")
    return result


def _scaffold(out: Path, trial: Trial) -> str:
    """The scaffold's name; where something is different about it, of a copy."""
    if not trial.change:
        return trial.scaffold
    path = shipped_spec(trial.scaffold)
    if path is None:
        raise AutoMemError(f"no scaffold {trial.scaffold} is shipped")
    data = read_document(path).plain()
    CHANGES[trial.change](data)
    name = f"{trial.name}.scaffold.yaml"
    (out / name).write_text(json.dumps(data, indent=2) + "\n")
    return name


def _scores(rows: Sequence[EpisodeRow]) -> dict[tuple[str, int], float | None]:
    return {(row.task, row.seed): row.progression for row in rows}


@click.command(help=__doc__)
@click.option("--model", required=True, type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False))
def main(model: Path, out: Path) -> None:
    """Play and write the figures."""
    for figure in evaluate(model, out):
        progression = figure["progression"]
        click.echo(f"{figure['name']}: {100 * progression['mean']:.1f} % after {figure['steps']} steps at most")


if __name__ == "__main__":
    main()
