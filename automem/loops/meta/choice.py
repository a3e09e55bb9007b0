"""Who proposes, as `models.meta` says it for both loops at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from automem.errors import AutoMemError, SpecError
from automem.registry import UnknownPart
from automem.spec.experiment import ModelSection
from automem.spec.issues import near
from automem.spec.load import LoadedExperiment

T = TypeVar("T")
Make = Callable[[ModelSection, Path], T]
"""What a registry of those who propose holds: (the entry, the folder of the experiment's file) → who proposes.

The entry's `model` and `settings` are the proposer's own to read; paths in it are meant against the folder. It must not
touch the network, and raises AutoMemError where a setting is unknown or wrong, with its name.
"""

ASK_NO_MODEL = ("catalogue", "file")
"""Those that propose without a model, and so cost nothing."""

WITHOUT_KEY = ModelSection(engine="catalogue")
"""Who proposes where the experiment names nobody."""

SETTINGS: Mapping[str, tuple[str, ...]] = {"catalogue": ("catalogue", "moves"), "file": ("patches", "recipes")}
"""The settings of those; each loop reads its own and leaves the other's alone."""

_UNPRICED = (
    "cannot be kept without prices: add `prices: {input: …, output: …}`, in US dollars per million tokens, "
    "to models.meta"
)


def chosen(find: Callable[[str], Make[T]], loaded: LoadedExperiment, section: str, usd: float | None) -> T:
    """Who proposes in an experiment.

    Arguments:
        find: the `engine` of `models.meta` → what makes its proposer; raises UnknownPart.
        loaded: the experiment.
        section: its part that limits a proposal: `optimize` or `train`.
        usd: the money that a proposal may cost; None without a limit.

    Raises:
        SpecError: nobody is called so, a setting is wrong, or money is limited and its price not known.
    """
    experiment = loaded.experiment
    meta = experiment.models.meta or WITHOUT_KEY
    if meta.prices is None and meta.engine not in ASK_NO_MODEL:
        limits = {("budget", "usd"): experiment.budget.usd, (section, "propose", "usd"): usd}
        issues = [loaded.document.issue(path, _UNPRICED) for path, limit in limits.items() if limit is not None]
        if issues:
            raise SpecError(issues)
    try:
        return find(meta.engine or "")(meta, Path(loaded.document.file).parent)
    except UnknownPart as error:
        raise SpecError([loaded.document.issue(("models", "meta", "engine"), str(error))]) from error


def settings_of(model: ModelSection) -> dict[str, Any]:
    """The settings of one that asks no model, refused where one is not among `SETTINGS`.

    Raises:
        AutoMemError: it names the setting.
    """
    known = SETTINGS[model.engine or ""]
    for name in model.settings:
        if name not in known:
            raise AutoMemError(f"models.meta (engine {model.engine}): unknown setting {name!r}{near(name, known)}")
    return model.settings


def files_of(model: ModelSection, setting: str) -> list[str]:
    """The paths that `engine: file` lists under a setting.

    Raises:
        AutoMemError: it is no list of paths.
    """
    paths = settings_of(model).get(setting)
    if not isinstance(paths, list) or not paths or not all(isinstance(path, str) for path in paths):
        raise AutoMemError(
            f"models.meta (engine file): `{setting}` must list the files of {setting}, such as [first.yaml]"
        )
    return paths
