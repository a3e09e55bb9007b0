"""The entries of a catalogue: read from a folder, and made into patches for one finding."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automem.errors import SpecError
from automem.evidence.diagnostics import DIAGNOSTICS, Finding
from automem.evidence.tool import clip
from automem.loops.meta.catalogue import read_folder
from automem.loops.meta.writing import dumped
from automem.spec.catalogue import CatalogueEntry, filled
from automem.spec.issues import Issue, near
from automem.spec.language import LanguageError, compile_expression
from automem.spec.source import Document
from automem.spec.validation import validate

_NOTE = re.compile(r"catalogue entry ([a-z0-9-]+), variant (\d+): ")
_MOST_NOTE = 460
_MOST_SAID = 1_000
_HEX = 12


def examine_entry(document: Document) -> tuple[CatalogueEntry | None, list[Issue]]:
    """The entry that a document is, and everything that is wrong with it; none where something is."""
    entry, issues = validate(document, CatalogueEntry)
    if entry is not None and entry.trigger not in DIAGNOSTICS:
        hint = near(entry.trigger, DIAGNOSTICS) or f"; there are {', '.join(DIAGNOSTICS)}"
        return None, [document.issue(("trigger",), f"no diagnostic is called {entry.trigger!r}{hint}")]
    return entry, issues


def read_catalogue(folder: Path) -> list[CatalogueEntry]:
    """The entries of every `*.yaml` file in a folder, by name.

    Raises:
        SpecError: a file is no entry, two have the same name, or there is none.
    """
    missing = "there is no catalogue here: a folder of entries (*.yaml) is wanted"
    return read_folder(folder, "entry", examine_entry, missing)


@dataclass(frozen=True)
class Option:
    """One patch that the catalogue could propose: an entry about a finding, in one of its variants.

    Arguments:
        number: the variant, from 1.
    """

    entry: CatalogueEntry
    finding: Finding
    number: int

    @property
    def title(self) -> str:
        """What people call it: `line-cap (map.md)`, with the variant where there are several."""
        about = f" ({self.finding.subject})" if self.finding.subject else ""
        several = f", variant {self.number}" if len(self.entry.variants) > 1 else ""
        return f"{self.entry.name}{about}{several}"

    def text(self, of: str, values: Mapping[str, Any]) -> str | None:
        """The patch as YAML; None where the entry does not suit.

        Arguments:
            of: what the patch is written for, `name@hash`.
            values: what its expressions see.

        Raises:
            LanguageError: an expression goes wrong on these values.
            SpecError: a value cannot stand in a patch, such as a spelling with control characters.
        """
        entry, finding = self.entry, self.finding
        parameters: dict[str, Any] = dict(entry.variants[self.number - 1])
        for name, source in entry.let.items():
            expression = entry.expression(name)
            parameters[name] = source if expression is None else expression.evaluate({**values, **parameters})
        if not compile_expression(entry.when).holds({**values, **parameters}):
            return None
        patch = filled(entry.patch.model_dump(), {**parameters, "subject": finding.subject, "detail": self._detail})
        patch = {"kind": "patch", "of": of, "reason": patch["reason"], "evidence": self._evidence(), **patch}
        return f"# {_one_line(f'From the catalogue: {self.title}. {entry.about}', _MOST_SAID)}\n{dumped(patch)}"

    @property
    def _detail(self) -> str:
        return _one_line(self.finding.detail, _MOST_SAID)

    def _evidence(self) -> list[dict[str, Any]]:
        finding = self.finding
        note = clip(f"catalogue entry {self.entry.name}, variant {self.number}: {self._detail}", _MOST_NOTE)
        first: dict[str, Any] = {"note": note}
        if finding.metric:
            first = {"metric": finding.metric, "note": note}
        places = [
            {"episode": one.episode, "step": one.step, **({"note": note} if note else {})}
            for one in finding.places
            for note in [_one_line(one.note, _MOST_NOTE)]
        ]
        return [first, *places]


def made_of(patch: Mapping[str, Any]) -> tuple[str, int] | None:
    """The entry and variant that a patch says it was made of; None where it is none of the catalogue's."""
    for evidence in patch.get("evidence") or []:
        if match := _NOTE.match(str(evidence.get("note", ""))):
            return match[1], int(match[2])
    return None


def of(name: str, content_hash: str) -> str:
    """What a patch says it was written for."""
    return f"{name}@{content_hash[:_HEX]}"


def problem(error: LanguageError | SpecError) -> str:
    """Why an entry could not be made into a patch, in a few words."""
    return " ".join(str(error).split())


def _one_line(text: str, most: int) -> str:
    """Text that a game or a model wrote, as a document can hold it: one line, printable, not too long."""
    return clip(" ".join("".join(c if c.isprintable() else " " for c in text).split()), most)
