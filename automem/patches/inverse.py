"""The patch that takes a patch back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from automem.errors import SpecError
from automem.patches.forms import Forms, keyed, made_up
from automem.patches.model import Patch
from automem.patches.plain import same
from automem.spec.issues import Issue
from automem.spec.load import examine_scaffold
from automem.spec.resolve import content_hash
from automem.spec.source import Document, parse_document

_HASH_DIGITS = 8
_LONGEST_REASON = 4_000


def inverse_of(patch: Patch, patched: Document, backs: Sequence[Mapping[str, Any]]) -> str:
    """The text of the patch that takes `patch` back.

    Arguments:
        patch: what was applied.
        patched: the scaffold that it made.
        backs: what takes each of its edits back, in the order of those.

    Raises:
        SpecError: no patch can hold what has to come back.
    """
    data = {
        "kind": "patch",
        "of": f"{patch.of.partition('@')[0]}@{_hash(patched)[:_HASH_DIGITS]}",
        "reason": f"takes back: {patch.reason}"[:_LONGEST_REASON],
        "edits": [dict(back) for back in reversed(backs)],
    }
    found = next((text for text in (_block(data), _flow(data)) if _says(text, data)), None)
    if found is None:
        message = "what this patch takes away is too deep or too large for a patch that brings it back"
        raise SpecError([Issue(patched.file, 1, 1, "", message)])
    return found


def _hash(document: Document) -> str:
    """The content hash of a scaffold; of its plain data alone where it is none that could be resolved."""
    resolved, _ = examine_scaffold(document)
    return resolved.hash if resolved is not None else content_hash(document.plain())


def _block(data: Mapping[str, Any]) -> str:
    values = ((key, Forms(made_up(value).block[:1], ())) for key, value in data.items())
    return "\n".join([*(line for key, forms in values for line in keyed(key, forms).block[0].lines), ""])


def _flow(data: Mapping[str, Any]) -> str:
    """The same with each value on one line, for texts that no block can hold."""
    flows: list[Forms] = [keyed(key, Forms(made_up(value).flow, ())) for key, value in data.items()]
    return "\n".join([*(line for forms in flows for line in forms.block[0].lines), ""])


def _says(text: str, data: Mapping[str, Any]) -> bool:
    try:
        return same(parse_document(text, "inverse", aliases=False).plain(), data)
    except SpecError:
        return False
