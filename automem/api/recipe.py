"""What a recipe would train on, out of what a run has played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automem.engines.local.place import find_model
from automem.errors import AutoMemError, RunError, SpecError
from automem.evidence.view import View
from automem.loops.proficiency.criteria import load_recipe
from automem.loops.proficiency.encoding import Tokenizer
from automem.loops.proficiency.examples import Examples, examples_of
from automem.loops.proficiency.preparing import VERDICTS
from automem.loops.proficiency.preview import Preview, preview
from automem.loops.proficiency.recipes import recipe_of
from automem.loops.proficiency.selection import Selected, select, select_again
from automem.loops.proficiency.verdicts import read_verdicts
from automem.runs.layout import DEFAULT_RUNS, RunFolder
from automem.runs.listing import find_run
from automem.runs.records import Recorded
from automem.runs.store import Store
from automem.runs.trials import TrialRow
from automem.runs.versions import current
from automem.spec.experiment import Experiment
from automem.spec.load import load_scaffold
from automem.spec.recipe import Recipe
from automem.spec.source import read_document
from automem.spec.validation import validate

LIMIT = 2
"""Examples shown where nobody says how many."""


@dataclass(frozen=True)
class Previewed:
    """A recipe on a run.

    Arguments:
        run: the run's name.
        episodes: how many finished episodes of the train seeds were looked at.
        scaffold: what they were played with.
        unjudged: whether the recipe has a judge, who was not asked.
        without_tokens: why lengths and marks are not in tokens; empty where they are.
        preview: what the recipe would train on.
    """

    run: str
    episodes: int
    scaffold: str
    unjudged: bool
    without_tokens: str
    preview: Preview

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data."""
        about = {name: value for name, value in vars(self).items() if name != "preview"}
        return {**about, **self.preview.as_data()}


def preview_recipe(
    run: str,
    recipe: Path | None = None,
    runs: Path = DEFAULT_RUNS,
    *,
    trial: int | None = None,
    limit: int = LIMIT,
    rejected: int = 0,
) -> Previewed:
    """What a recipe selects of the train seeds' episodes of a run's scaffold as it stands; nothing is trained.

    Arguments:
        run: the run.
        recipe: its file; the trial's own where left out.
        runs: the folder that holds the run.
        trial: what that trial of the run selected, instead of selecting anew.
        limit: how many chosen examples are shown in full.
        rejected: how many rejected ones.

    Raises:
        SpecError: the recipe is wrong.
        RunError: there is no such run or trial, or it has played no train seeds.
        AutoMemError: neither recipe nor trial is given.
    """
    folder = find_run(run, runs)
    row = None if trial is None else _trial(folder, trial)
    meant = _recipe(recipe, row)
    version, episodes = _collected(folder, row)
    scaffold, pool = load_scaffold(folder.scaffold(version)), examples_of(folder, episodes)
    source = meant.reuse if trial is None else trial
    selected = select(meant, pool) if source is None else _kept(folder, pool, source)
    tokenizer, why = _tokenizer(folder)
    return Previewed(
        run=run,
        episodes=len(episodes),
        scaffold=f"{scaffold.name} v{version}",
        unjudged=meant.select.judge is not None and source is None,
        without_tokens=why,
        preview=preview(meant, pool, selected, scaffold, tokenizer, limit, rejected),
    )


def _recipe(file: Path | None, trial: TrialRow | None) -> Recipe:
    if file is not None:
        return load_recipe(file)
    if trial is None:
        raise AutoMemError("say which recipe, or which trial of the run")
    if not trial.recipe:
        raise RunError(f"trial {trial.name} has no recipe yet")
    return recipe_of(trial)


def _trial(folder: RunFolder, number: int) -> TrialRow:
    with Store.read(folder.database) as store:
        known = {one.number: one for one in store.trials()}
    if number not in known:
        some = ", ".join(one.name for one in known.values()) or "none"
        raise RunError(f"run {folder.name} has no trial t{number}; it has: {some}")
    return known[number]


def _collected(folder: RunFolder, trial: TrialRow | None) -> tuple[int, Sequence[Recorded]]:
    """The version and its finished episodes of the train seeds: those of a trial, else as the run stands."""
    with Store.read(folder.database) as store:
        version = current(store)
    number = trial.version if trial is not None else version.number if version is not None else 0
    view = View(folder, (number,), "train", trial.conditions if trial is not None else "")
    if not view.episodes:
        raise RunError(
            f"run {folder.name} has no finished episode of train seeds for its scaffold v{number}; give the experiment "
            "`seeds: {train: …}` and `train: {recipe: …}`, and `automem apply` it"
        )
    return number, view.episodes


def _kept(folder: RunFolder, pool: Examples, trial: int) -> Selected:
    verdicts = read_verdicts(folder.trial(trial) / VERDICTS)
    return select_again(pool.within({one.episode for one in verdicts}), verdicts)


def _tokenizer(folder: RunFolder) -> tuple[Tokenizer | None, str]:
    """The tokenizer of the run's base model, from files on this machine alone; without one, why."""
    experiment, issues = validate(read_document(folder.experiment), Experiment)
    if experiment is None:
        raise SpecError(issues)
    base = experiment.models.base
    if base.engine != "local":
        return None, f"the engine {base.engine!r} has no tokenizer here"
    try:
        from automem.engines.local.tokenizer import load_tokenizer  # an optional part, and slow to import

        found: Any = load_tokenizer(find_model(base.model))
    except ImportError:
        return None, "transformers is not installed: pip install 'automem[local]'"
    except (AutoMemError, OSError, ValueError) as error:
        return None, f"the tokenizer of {base.model} cannot be loaded: {' '.join(str(error).split())[:300]}"
    return found, ""
