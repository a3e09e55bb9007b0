"""Where a fault of a patched scaffold is told: at the edit that put it in, where one did."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from automem.patches.allowed import edit_kind, path_of
from automem.patches.model import Add, Edit, Remove, Replace, Test
from automem.patches.read import ReadPatch
from automem.spec.issues import Issue
from automem.spec.salvage import steps_of
from automem.spec.source import Document


def told(issue: Issue, read: ReadPatch, result: Document) -> Issue:
    """An issue about what a patch makes, for whoever mends the patch.

    Arguments:
        issue: placed in the patched scaffold.
        read: the patch.
        result: the patched scaffold.

    Returns:
        the same at the place within the edit that put the faulty text in, as `edits/2: in the result, ops/X: …`; else
        as it stands, with the edits that may have brought it about.
    """
    for at in reversed(range(len(read.patch.edits))):
        edit = read.patch.edits[at]
        path = _settled(path_of(edit), result)
        if isinstance(edit, (Add, Replace)) and (issue.path == path or issue.path.startswith(f"{path}/")):
            inside = steps_of(edit.value, issue.path[len(path) + 1 :]) or ()
            line, column = read.document.place(("edits", at, "with", *inside))
            message = f"in the result, {issue.path}: {issue.message}"
            return Issue(read.document.file, line, column, f"edits/{at}", message, issue.severity)
    return replace(issue, message=issue.message + _causes(issue, read))


def _settled(path: str, result: Document) -> str:
    """A path in the result: what was added at the end of a list, `-`, has its position there."""
    above, _, last = path.rpartition("/")
    steps = steps_of(result.plain(), above) if last == "-" else None
    if steps is None:
        return path
    inside: Any = result.plain()
    for step in steps:
        inside = inside[step]
    return f"{above}/{len(inside) - 1}" if isinstance(inside, list) else path


def _causes(issue: Issue, read: ReadPatch) -> str:
    """The hint that names the edits which may have brought an issue about; empty where none can have."""
    edits = enumerate(read.patch.edits)
    causes = [f"edits/{at} ({edit_kind(edit)}: {path_of(edit)})" for at, edit in edits if _may_cause(edit, issue)]
    return f"; see {', '.join(causes)}" if causes else ""


def _may_cause(edit: Edit, issue: Issue) -> bool:
    """Whether an edit changed something of what an issue is about, or took away what it names."""
    path = path_of(edit)
    name = rf"(?<![\w-]){re.escape(path.rpartition('/')[2])}(?![\w-])"
    within = path.startswith(f"{issue.path}/") and not isinstance(edit, Test)
    return within or (isinstance(edit, (Remove, Replace)) and re.search(name, issue.message) is not None)
