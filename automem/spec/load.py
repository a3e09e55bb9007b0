"""From a path to something that can run: read, validate, check, resolve; every issue at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from automem.errors import SpecError
from automem.library import shipped_spec
from automem.spec.check import Checker
from automem.spec.experiment import Experiment
from automem.spec.issues import Issue, sort_issues
from automem.spec.overlay import overlaid
from automem.spec.resolve import ResolvedScaffold, resolve
from automem.spec.salvage import salvage
from automem.spec.scaffold import Scaffold
from automem.spec.source import Document, read_document
from automem.spec.templates import shipped_schemas, shipped_templates
from automem.spec.use import fill_in, write_out
from automem.spec.validation import validate


@dataclass(frozen=True)
class LoadedExperiment:
    """An experiment ready to plan or apply.

    Arguments:
        experiment: the document.
        scaffold: the scaffold it names, self-contained.
        document: the experiment's file.
        scaffold_document: the scaffold's file.
    """

    experiment: Experiment
    scaffold: ResolvedScaffold
    document: Document
    scaffold_document: Document


def load_scaffold(path: Path) -> ResolvedScaffold:
    """Load, check and resolve the scaffold at `path`.

    Raises:
        SpecError: with every issue of the file, sorted by line.
    """
    document = read_document(path)
    _be(document, "scaffold", "render takes an experiment or")
    return open_scaffold(document)


def open_scaffold(document: Document) -> ResolvedScaffold:
    """Check and resolve a scaffold that is read already.

    Raises:
        SpecError: with every issue of the file, sorted by line.
    """
    _be(document, "scaffold", "wanted is")
    resolved, issues = examine_scaffold(document)
    if resolved is None:
        raise SpecError([issue for issue in issues if issue.severity == "error"])
    return resolved


def examine_scaffold(document: Document) -> tuple[ResolvedScaffold | None, list[Issue]]:
    """The scaffold of a document, and everything to be said about it; none where there are errors."""
    document, astray = fill_in(document)
    if astray:
        return None, sort_issues(astray)
    scaffold, issues = _read(document)
    scaffolds = [scaffold] if scaffold is not None else []
    for name in scaffold.variants if scaffold is not None else ():
        laid, found = _read(overlaid(document, name))
        scaffolds += [laid] if laid is not None else []
        issues += (_of_variant(issue, name) for issue in found if issue not in issues)
    issues = sort_issues(issues)
    failed = any(issue.severity == "error" for issue in issues)
    return (None if failed else resolve(write_out(document), scaffolds)), issues


def _read(document: Document) -> tuple[Scaffold | None, list[Issue]]:
    """A scaffold, or what can be read of a mistaken one, and everything to be said about it."""
    scaffold, issues = validate(document, Scaffold)
    if scaffold is not None:
        return scaffold, _crossed(scaffold, document)
    salvaged = salvage(document, Scaffold)
    if salvaged is None:
        return None, issues
    scaffold, left = salvaged
    return scaffold, issues + [issue for issue in _crossed(scaffold, document) if not left.echoes(issue)]


def _crossed(scaffold: Scaffold, document: Document) -> list[Issue]:
    templates = {**shipped_templates(), **scaffold.library.templates, **scaffold.templates}
    schemas = {**shipped_schemas(), **scaffold.library.schemas, **scaffold.schemas}
    return list(Checker(scaffold, document, templates, schemas).issues())


def _of_variant(issue: Issue, name: str) -> Issue:
    """An issue that a variant brings about outside itself says so."""
    inside = issue.path.startswith(f"variants/{name}/")
    return issue if inside else replace(issue, message=f"with the variant {name!r}: {issue.message}")


def load_experiment(path: Path) -> LoadedExperiment:
    """Load the experiment at `path` and the scaffold it names.

    Raises:
        SpecError: with every issue of both files.
    """
    loaded, issues = examine_experiment(read_document(path), path)
    if loaded is None:
        raise SpecError([issue for issue in issues if issue.severity == "error"])
    return loaded


def examine_experiment(document: Document, path: Path) -> tuple[LoadedExperiment | None, list[Issue]]:
    """The experiment of a document, and everything to be said about it and its scaffold."""
    _be(document, "experiment", "plan, apply and noise take")
    experiment, issues = validate(document, Experiment)
    if experiment is None:
        return None, issues
    scaffold_path = find_scaffold(experiment, path)
    if scaffold_path is None:
        message = f"there is no scaffold {experiment.scaffold!r} beside this file or among the shipped specs"
        return None, [*issues, document.issue(("scaffold",), message)]
    scaffold_document = read_document(scaffold_path)
    resolved, found = examine_scaffold(scaffold_document)
    issues += found
    if resolved is None:
        return None, issues
    env = resolved.data["env"]
    if env != experiment.env.name and ":" not in experiment.env.name:
        message = f"the scaffold {experiment.scaffold} plays {env!r}, not {experiment.env.name!r}"
        return None, [*issues, document.issue(("env", "name"), message)]
    return LoadedExperiment(experiment, resolved, document, scaffold_document), issues


def _be(document: Document, kind: str, takes: str) -> None:
    """Refuse a document of another kind by one line, instead of all that its kind lacks."""
    found = document.plain().get("kind")
    if isinstance(found, str) and found != kind:
        article = "an" if kind[0] in "aeiou" else "a"
        raise SpecError([document.issue(("kind",), f"this is a document of kind {found!r}; {takes} {article} {kind}")])


def find_scaffold(experiment: Experiment, path: Path) -> Path | None:
    """Where the experiment's scaffold is: beside the experiment's file, else among the shipped specs."""
    beside = path.parent / experiment.scaffold
    return beside if beside.is_file() else shipped_spec(experiment.scaffold)
