"""Apply a patch to a scaffold's text: what no edit touches stays as it is, to the byte."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automem.errors import SpecError
from automem.patches.allowed import edit_kind, path_of
from automem.patches.forms import Forms, authored, made_up
from automem.patches.inverse import inverse_of
from automem.patches.model import Edit, Patch
from automem.patches.plain import value_at
from automem.patches.step import Conflict, carry_out
from automem.spec.issues import Issue
from automem.spec.source import Document, parse_document
from automem.spec.use import USE, uses

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class Patched:
    """A scaffold after a patch.

    Arguments:
        text: its new text.
        inverse: the `patch` document, as YAML, that takes it back byte for byte.
    """

    text: str
    inverse: str


def apply_patch(scaffold: Document, patch: Patch, source: Document) -> Patched:
    """Carry out a patch's edits in order, each on what the one before left. Nothing is written to disk.

    Only the lines of what is edited change. A value is put in as it is written in the patch, moved to the depth of
    its new place; in flow style (within brackets) a block is written as flow. A comment block directly above
    an entry, as deep as it, goes with it when it is removed.

    Arguments:
        scaffold: as its author wrote it, or as a run keeps it; the library below is left alone.
        patch: what to do.
        source: the patch's own document, for its texts and places.

    Raises:
        SpecError: the patch does not fit the scaffold: each conflict with its place in both files, edits that depend
            on one that failed left out.
    """
    mark = _BYTE_ORDER_MARK if scaffold.text.startswith(_BYTE_ORDER_MARK) else ""
    document = parse_document(scaffold.text[len(mark) :], scaffold.file) if mark else scaffold
    backs: list[dict[str, Any]] = []
    issues: list[Issue] = []
    failed: list[str] = []
    for at, edit in enumerate(patch.edits):
        if any(_depends(path_of(edit), path) for path in failed):
            continue
        try:
            done = carry_out(document, edit, _forms(edit, at, source))
        except Conflict as conflict:
            issues.append(_issue(conflict, at, edit, scaffold, source))
            failed.append(path_of(edit))
            continue
        document = done.document
        backs.append(done.back)
    if issues:
        raise SpecError(issues)
    return Patched(mark + document.text, inverse_of(patch, document, backs))


def _forms(edit: Edit, at: int, source: Document) -> Forms:
    """The texts of an edit's value: its author's, where the patch is what the document says."""
    value = getattr(edit, "value", None)
    written = _written(source.plain(), at)
    return authored(source, ("edits", at, "with"), value) if "with" in written else made_up(value)


def _written(data: dict[str, Any], at: int) -> Any:
    """The edit in the patch's document; empty where that has none."""
    edits = data.get("edits")
    return edits[at] if isinstance(edits, list) and at < len(edits) else {}


def _depends(path: str, failed: str) -> bool:
    """Whether an edit is about what a failed one was to change, so that its own trouble may come from that."""
    one, other = path.split("/"), failed.split("/")
    shortest = min(len(one), len(other))
    return one[:shortest] == other[:shortest]


def _issue(conflict: Conflict, at: int, edit: Edit, scaffold: Document, source: Document) -> Issue:
    line, column = source.place(("edits", at, edit_kind(edit)), key=True)
    there = f"{scaffold.file}:{scaffold.place(conflict.steps)[0]}"
    return Issue(source.file, line, column, f"edits/{at}", f"{conflict}{_used(conflict, scaffold)} ({there})")


def _used(conflict: Conflict, scaffold: Document) -> str:
    """What to do where the conflict lies in an entry that stands elsewhere; empty where it does not."""
    content = scaffold.plain()
    for path in uses(content):
        if path == conflict.steps[: len(path)]:
            name, where = value_at(content, (*path, USE)), "/".join(path)
            return f"; {where} uses {name}: replace it whole, or add beside `{USE}` what is to differ"
    return ""
