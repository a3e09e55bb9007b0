"""Everything that can be found wrong with a patch before it is played: on paper, and in the world's sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from automem.agent.fit import fit
from automem.envs import WORLDS
from automem.errors import AutoMemError, SpecError
from automem.patches.apply import Patched, apply_patch
from automem.patches.invariants import broken
from automem.patches.model import Patch
from automem.patches.read import ReadPatch, read_patch
from automem.patches.told import told
from automem.spec.experiment import EnvSection
from automem.spec.issues import Issue, sort_issues
from automem.spec.load import examine_scaffold
from automem.spec.resolve import ResolvedScaffold
from automem.spec.source import Document, parse_document
from automem.spec.use import USE, uses


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Arguments:
        issues: everything to be said, warnings included; about the patch, or about the scaffold it would make.
        patch: the document; None where it is none.
        scaffold: the scaffold it makes, self-contained; None where there are errors.
        inverse: the patch that takes it back, as YAML; empty where there are errors.
        text: the scaffold it makes as its author would keep it, without the shipped parts unless they were written
            there before; empty where there are errors.
    """

    issues: tuple[Issue, ...]
    patch: Patch | None = None
    scaffold: ResolvedScaffold | None = None
    inverse: str = ""
    text: str = ""

    @property
    def errors(self) -> tuple[Issue, ...]:
        """The issues that keep the patch from being played."""
        return tuple(issue for issue in self.issues if issue.severity == "error")


def check_patch(text: str, file: str, scaffold: Document, env: EnvSection | None = None) -> Checked:
    """Find everything that is wrong with a patch of a scaffold. Nothing in it is trusted, and nothing is written.

    A fault that lies within what an edit puts in is told at that place of the patch, every other fault of the
    result at its place in the patched scaffold (`FILE (patched)`). What was so before the patch is not told again
    where it is a warning or a broken invariant; errors of the scaffold that the patch leaves in are.

    Arguments:
        text: the patch as YAML.
        file: its name in messages.
        scaffold: what it changes, as its author wrote it or as a run keeps it.
        env: the experiment's world, tasks and settings; the scaffold's own world as it is when left out.
    """
    try:
        read = read_patch(text, file)
    except SpecError as error:
        return Checked(error.issues)
    before, known = examine_scaffold(scaffold)
    issues = list(_addressed(read, scaffold, before))
    if any(issue.severity == "error" for issue in issues):
        return Checked(tuple(issues), read.patch)
    try:
        patched = apply_patch(scaffold, read.patch, read.document)
        result = parse_document(patched.text, f"{scaffold.file} (patched)")
    except SpecError as error:
        return Checked((*issues, *error.issues), read.patch)
    after, found = examine_scaffold(result)
    found += _reused(scaffold, result)
    if after is not None:
        found += _in_play(after, result, before, scaffold, env)
    issues += [told(issue, read, result) for issue in _new(found, known)]
    if before is not None and after is not None and before.hash == after.hash:
        message = "nothing changes that counts for play; `about` and remarks do not"
        issues.append(read.document.issue(("edits",), message))
    return _checked(sort_issues(issues), read.patch, after, patched)


def _checked(issues: list[Issue], patch: Patch, after: ResolvedScaffold | None, patched: Patched) -> Checked:
    if after is None or any(issue.severity == "error" for issue in issues):
        return Checked(tuple(issues), patch)
    return Checked(tuple(issues), patch, after, patched.inverse, patched.text)


def _addressed(read: ReadPatch, scaffold: Document, before: ResolvedScaffold | None) -> Iterator[Issue]:
    """Whether the patch was written for this scaffold, and for this version of it."""
    name, _, beginning = read.patch.of.partition("@")
    own, kind = (str(scaffold.data.get(key)) for key in ("name", "kind"))
    if kind != "scaffold":
        yield scaffold.issue(("kind",), f"this is a document of kind {kind!r}; a patch changes a scaffold")
    elif name != own:
        yield read.document.issue(("of",), f"this patch is for the scaffold {name!r}; {scaffold.file} is {own!r}")
    elif before is not None and not before.hash.startswith(beginning):
        message = f"written against another version: this one is {own}@{before.hash[:12]}"
        yield read.document.issue(("of",), message, severity="warning")


def _in_play(
    after: ResolvedScaffold,
    result: Document,
    before: ResolvedScaffold | None,
    scaffold: Document,
    env: EnvSection | None,
) -> list[Issue]:
    """What keeps the result from being played in its world, and the invariants that held before and hold no longer."""
    unfit = list(fit(after, result, env=env))
    lost = broken(after, result, _tasks(after))
    if before is None:
        return unfit + lost
    known = list(fit(before, scaffold, env=env)) if unfit else []
    return _new(unfit, known) + _new(lost, broken(before, scaffold, _tasks(before)) if lost else [], errors=True)


def _reused(scaffold: Document, result: Document) -> Iterator[Issue]:
    """What the patch would `use` in a scaffold that a run keeps: that says everything itself, and so do its patches."""
    if "library" in scaffold.plain():
        for path in uses(result.plain()):
            yield result.issue((*path, USE), f"a scaffold that a run keeps has no `{USE}`; write out what this puts in")


def _tasks(scaffold: ResolvedScaffold) -> tuple[str, ...]:
    """The tasks of a scaffold's world; none where the world is not installed, which `fit` says."""
    try:
        return tuple(WORLDS.load(scaffold.data["env"]).tasks())
    except AutoMemError:
        return ()


def _new(found: list[Issue], known: list[Issue], errors: bool = False) -> list[Issue]:
    """Issues without the warnings, or with `errors` also without the errors, that were there before."""
    before = {(issue.path, issue.message) for issue in known}
    return [
        issue
        for issue in found
        if (issue.path, issue.message) not in before or (issue.severity == "error" and not errors)
    ]
