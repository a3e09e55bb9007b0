"""Two specs side by side: the lines that differ, and the values that do."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automem.api.lookup import find_document
from automem.runs.layout import DEFAULT_RUNS
from automem.spec.resolve import LIBRARY_NOTE
from automem.spec.source import parse_document


@dataclass(frozen=True)
class Change:
    """One value that differs.

    Arguments:
        path: where, keys joined by `/`.
        before: the old value; `...` (Ellipsis) when it was not there.
        after: the new value; likewise.
    """

    path: str
    before: Any
    after: Any

    def as_data(self) -> dict[str, Any]:
        """The same for JSON: a value that is not there is left out."""
        sides = {"before": self.before, "after": self.after}
        return {"path": self.path, **{side: value for side, value in sides.items() if value is not ...}}


@dataclass(frozen=True)
class Difference:
    """How two documents differ.

    Arguments:
        lines: a unified diff of their texts.
        changes: the values that differ, whatever the formatting.
    """

    lines: tuple[str, ...]
    changes: tuple[Change, ...]


def diff(one: str, other: str, runs: Path = DEFAULT_RUNS) -> Difference:
    """Compare two documents.

    Arguments:
        one, other: the path of a spec, or a shipped one such as `crafter/v0`; a version of a run's scaffold
            (`RUN@v0`); or a run, which means its last version.
        runs: the folder that holds the runs.

    Raises:
        AutoMemError: one of them is not there.
        SpecError: one of them is not YAML.
    """
    texts = _alike([find_document(name, runs).text for name in (one, other)])
    lines = unified(texts[0], texts[1], one, other)
    before, after = (parse_document(text, name).plain() for text, name in zip(texts, (one, other), strict=True))
    return Difference(lines, tuple(changes(before, after)))


def unified(before: str, after: str, one: str, other: str) -> tuple[str, ...]:
    """The lines of a unified diff between two texts of these names; none where they are equal."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), one, other, lineterm="")
    return tuple(lines)


def _alike(texts: list[str]) -> list[str]:
    """Without the shipped parts, where only one of the two has them written below its own."""
    bare = [text.partition(LIBRARY_NOTE)[0].rstrip() + "\n" for text in texts]
    kept = [LIBRARY_NOTE in text for text in texts]
    return texts if all(kept) or not any(kept) else bare


def changes(before: Any, after: Any, path: tuple[str, ...] = ()) -> Iterator[Change]:
    """The values that differ between two pieces of plain data, in the order of the first."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            yield from changes(before.get(key, ...), after.get(key, ...), (*path, str(key)))
    elif before != after or type(before) is not type(after):
        yield Change("/".join(path), before, after)
