"""Patches of a scaffold: checked, applied and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from automem.api.diff import unified
from automem.errors import AutoMemError, SpecError
from automem.patches.check import Checked, check_patch
from automem.patches.read import ReadPatch, read_patch
from automem.patches.revert import reverted
from automem.runs.files import write_text
from automem.spec.issues import Issue
from automem.spec.source import Document, read_document


@dataclass(frozen=True)
class Patching:
    """What a patch makes of a scaffold; nothing is written yet.

    Arguments:
        checked: what was found.
        scaffold: what it was tried on.
    """

    checked: Checked
    scaffold: Document

    @property
    def lines(self) -> tuple[str, ...]:
        """A unified diff of the scaffold before and after; empty where there are errors."""
        file, text = self.scaffold.file, self.checked.text
        return unified(self.scaffold.text, text, file, f"{file} (patched)") if text else ()

    def write(self, output: Path, undo: Path | None = None) -> None:
        """Write the patched scaffold, and the patch that takes it back to the byte.

        Arguments:
            output: the scaffold's file; it holds either what it held or all of the new text.
            undo: the file for the inverse patch, written first.

        Raises:
            AutoMemError: there are errors, so that there is nothing to write.
        """
        if not self.checked.text:
            raise AutoMemError(f"{output} is left as it is: the patch has errors")
        if undo is not None:
            write_text(undo, self.checked.inverse)
        write_text(output.resolve(), self.checked.text)


def apply(patch: Path, scaffold: Document) -> Patching:
    """What the patch at `patch` makes of a scaffold."""
    try:
        text = read_document(patch, aliases=False).text
    except SpecError as error:
        return Patching(Checked(error.issues), scaffold)
    return Patching(check_patch(text, str(patch), scaffold), scaffold)


def revert(patch: Path, scaffold: Document) -> Patching:
    """What a scaffold was before the patch at `patch`, as far as the patch says it."""
    file = str(patch)
    try:
        read = read_patch(read_document(patch, aliases=False).text, file)
        checked = check_patch(reverted(read), file, scaffold)
    except SpecError as error:
        return Patching(Checked(error.issues), scaffold)
    return Patching(replace(checked, issues=tuple(map(_at_original(read), checked.issues))), scaffold)


def _at_original(read: ReadPatch) -> Callable[[Issue], Issue]:
    """Places issues about the turned edits at the edits of the patch that a person can see."""
    last = len(read.patch.edits) - 1

    def placed(issue: Issue) -> Issue:
        head, _, number = issue.path.partition("/")
        if issue.file != read.document.file:
            return issue
        at = number.partition("/")[0]
        path = ("edits", last - int(at)) if head == "edits" and at.isdecimal() else (head,)
        return read.document.issue(path, f"taking it back: {issue.message}", severity=issue.severity)

    return placed
