"""A patch's text read as a patch: safe YAML, the document's form, and paths that a patch may name."""

from __future__ import annotations

from dataclasses import dataclass

from automem.errors import SpecError
from automem.patches.allowed import disallowed
from automem.patches.model import Patch
from automem.spec.issues import Issue
from automem.spec.source import Document, parse_document
from automem.spec.validation import validate


@dataclass(frozen=True)
class ReadPatch:
    """A patch without a mistake in itself; what it does to a scaffold is not looked at yet.

    Arguments:
        patch: the patch.
        document: its text and places.
    """

    patch: Patch
    document: Document


def read_patch(text: str, file: str) -> ReadPatch:
    """Read a patch that anyone may have written.

    Arguments:
        text: its YAML; anchors and aliases are not allowed.
        file: the name used in messages.

    Raises:
        SpecError: it is not YAML, not a patch, or reaches for what no patch may change; with every issue.
    """
    document = parse_document(text, file, aliases=False)
    kind = document.plain().get("kind")
    if isinstance(kind, str) and kind != "patch":
        raise SpecError([document.issue(("kind",), f"this is a document of kind {kind!r}, not a patch")])
    patch, issues = validate(document, Patch)
    if patch is not None:
        issues = list(disallowed(patch, document))
    if patch is None or issues:
        raise SpecError(issues)
    return ReadPatch(patch, document)


def issues_of(text: str, file: str) -> list[Issue]:
    """Everything that is wrong with a patch taken alone."""
    try:
        read_patch(text, file)
    except SpecError as error:
        return list(error.issues)
    return []
