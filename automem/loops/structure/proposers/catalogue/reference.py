"""The tables of `docs/catalogue.md`: the diagnostics, what entries may ask about, and the shipped entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from automem.agent.reference import models, table
from automem.evidence.diagnostics import DIAGNOSTICS
from automem.library import shipped
from automem.loops.structure.proposers.catalogue.entries import read_catalogue
from automem.spec.catalogue import GIVEN, CatalogueEntry, CataloguePatch


def _named(what: str, meaning: str, names: Mapping[str, str]) -> str:
    return table((what, meaning), [(f"`{name}`", text) for name, text in names.items()])


def _entries() -> str:
    entries = sorted(read_catalogue(shipped("specs") / "catalogue"), key=lambda one: (not one.gains, one.name))
    rows = [(f"`{one.name}`", f"`{one.trigger}`", one.about, "play" if one.gains else "economy") for one in entries]
    return table(("entry", "called for by", "does", "betters"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "catalogue": lambda: models([CatalogueEntry, CataloguePatch]),
    "catalogue-entries": _entries,
    "catalogue-names": lambda: _named("name", "is", GIVEN),
    "diagnostics": lambda: _named("diagnostic", "finds", DIAGNOSTICS),
}
"""Name → what writes the table, in Markdown."""
