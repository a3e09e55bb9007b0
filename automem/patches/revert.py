"""The way back from a patch that was applied, as far as the patch itself tells it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from automem.errors import SpecError
from automem.patches.model import Add, Edit, Remove, Replace
from automem.patches.read import ReadPatch
from automem.spec.issues import Issue
from automem.spec.source import round_trip


def reverted(read: ReadPatch) -> str:
    """The patch that takes `read` back, as YAML: its edits turned round, the last one first.

    Values come back, not remarks, quotes or places: what was removed stands at the end of its mapping. The inverse
    that applying a patch gives brings everything back to the byte.

    Raises:
        SpecError: an edit does not say what was there before.
    """
    missing = list(_missing(read))
    if missing:
        raise SpecError(missing)
    inverse = {
        "kind": "patch",
        "of": read.patch.of.partition("@")[0],
        "reason": f"takes back: {read.patch.reason}"[:4_000],
        "edits": [_turned(edit) for edit in reversed(read.patch.edits)],
    }
    stream = io.StringIO()
    round_trip().dump(inverse, stream)
    return stream.getvalue()


def _missing(read: ReadPatch) -> Iterator[Issue]:
    """The edits that cannot be turned round."""
    for at, edit in enumerate(read.patch.edits):
        if isinstance(edit, (Replace, Remove)) and "was" not in edit.model_fields_set:
            message = "what stood here before is not said; add `was`, or apply the undo file of this patch"
            yield read.document.issue(("edits", at), message)


def _turned(edit: Edit) -> dict[str, Any]:
    if isinstance(edit, Add):
        return {"remove": edit.add, "was": edit.value}
    if isinstance(edit, Remove):
        return {"add": edit.remove, "with": edit.was}
    if isinstance(edit, Replace):
        return {"replace": edit.replace, "was": edit.value, "with": edit.was}
    return {"test": edit.test, "is": edit.value}
