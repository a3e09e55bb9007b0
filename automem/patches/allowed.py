"""Which parts of a scaffold a patch may change, and why not the others."""

from __future__ import annotations

from collections.abc import Iterator

from automem.patches.model import Patch, Test
from automem.spec.experiment import Experiment, Optimize, SeedSection
from automem.spec.issues import Issue, near
from automem.spec.scaffold import Scaffold
from automem.spec.source import Document
from automem.spec.untrusted import MAX_DEPTH

_IDENTITY = {
    "kind": "says what the document is",
    "name": "is what the lineage of versions goes by",
    "env": "is the world that judges the patch",
    "library": "is a run's copy of the shipped parts; say your own under templates, schemas and replies",
}
_JUDGES = frozenset(
    (*Experiment.model_fields, *SeedSection.model_fields, *Optimize.model_fields) - Scaffold.model_fields.keys()
)

_LONGEST_PATH = 1_000

PATCHABLE = tuple(name for name in Scaffold.model_fields if name not in _IDENTITY)
"""The sections of a scaffold that a patch may change, in the order of the language."""


def disallowed(patch: Patch, document: Document) -> Iterator[Issue]:
    """The edits that reach for what no patch may change, each at its place in the patch's `document`."""
    for at, edit in enumerate(patch.edits):
        kind = edit_kind(edit)
        path = path_of(edit)
        problem = _shape(path) or ("" if isinstance(edit, Test) else _section(path))
        if problem:
            yield document.issue(("edits", at, kind), problem)


def edit_kind(edit: object) -> str:
    """The key that an edit is told by: `add`, `replace`, `remove` or `test`."""
    return type(edit).__name__.lower()


def path_of(edit: object) -> str:
    """The path that an edit is about."""
    path: str = getattr(edit, edit_kind(edit))
    return path


def _shape(path: str) -> str:
    """What is wrong with how a path is written, whatever it leads to."""
    steps = path.split("/")
    if len(steps) > MAX_DEPTH or len(path) > _LONGEST_PATH:
        return f"a path has at most {MAX_DEPTH} keys and {_LONGEST_PATH:,} characters"
    if any(step in (".", "..") for step in steps):
        return f"{path!r} is no path: it goes down from the top, key by key; there is no way up or aside"
    if not all(step.strip() for step in steps):
        return f"{path!r} is no path: a key of it is empty; write memory/files, without / at the ends"
    return ""


def _section(path: str) -> str:
    section, _, below = path.partition("/")
    if section == "variants" and (hidden := _overlaid(below)):
        return _section(hidden)
    if section in PATCHABLE:
        return ""
    if section in _IDENTITY:
        return f"{section} cannot be patched: it {_IDENTITY[section]}"
    if section in _JUDGES:
        return f"{section} cannot be patched: the experiment decides about patches, and no patch about it"
    first, dot, _ = section.partition(".")
    if dot and first in PATCHABLE:
        return f"a scaffold has no section {section!r}; the keys of a path are joined by /, as in {first}/…"
    hint = near(section, PATCHABLE) or f"; a patch may change {', '.join(PATCHABLE)}"
    return f"a scaffold has no section {section!r}{hint}"


def _overlaid(below: str) -> str:
    """The path within a variant's changes; empty where `below` does not lead that far."""
    name, _, rest = below.partition("/")
    step, _, inside = rest.partition("/")
    return inside if name and step == "set" else ""
