"""The moves of a catalogue: read from a folder, and made into recipes from where a ledger stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automem.loops.meta.catalogue import read_folder
from automem.loops.meta.writing import dumped
from automem.loops.proficiency.engines.standpoint import Standpoint
from automem.spec.catalogue import filled
from automem.spec.language import LanguageError, compile_expression
from automem.spec.move import Move
from automem.spec.validation import validate

_SELECTING = ("select", "compose")


def read_moves(folder: Path) -> list[Move]:
    """The moves of every `*.yaml` file in a folder, by name.

    Raises:
        SpecError: a file is no move, two have the same name, or there is none.
    """
    missing = "there are no moves here: a folder of moves (*.yaml) is wanted"
    return read_folder(folder, "move", lambda document: validate(document, Move), missing)


@dataclass(frozen=True)
class Suiting:
    """A move that suits, with its parameters worked out.

    Arguments:
        move: the move.
        weight: of those that suit the heavier come first.
        parameters: name → value.
    """

    move: Move
    weight: float
    parameters: Mapping[str, Any]

    @property
    def selects(self) -> bool:
        """Whether it changes what is trained on, and not only how."""
        return any(path.partition("/")[0] in _SELECTING for path in self.move.changes)

    def text(self, at: Standpoint, number: int) -> str:
        """The recipe that it makes, as YAML.

        Arguments:
            at: where the ledger stands.
            number: of the trial it becomes.

        Raises:
            LanguageError: a value cannot stand within a text.
        """
        told = filled(self.move.texts, self.parameters)
        recipe = {key: value for key, value in at.written.items() if key not in ("about", "reuse")}
        if not self.selects and "reuse" in at.written:
            recipe["reuse"] = at.written["reuse"]
        for path, value in told["changes"].items():
            recipe = _changed(recipe, path.split("/"), value)
        wording = {"name": f"t{number}-{self.move.name}"[:64], "reason": told["reason"], "expects": told["expects"]}
        rest = {key: value for key, value in recipe.items() if key not in ("kind", *wording)}
        return f"# {at.best.name}, changed by the move {self.move.name}: {self.move.about}\n" + dumped(
            {"kind": "recipe", **wording, **rest}
        )


def suiting(moves: Iterable[Move], at: Standpoint) -> tuple[list[Suiting], list[str]]:
    """The moves that suit where a ledger stands, heaviest first, and what went wrong with others."""
    found: list[Suiting] = []
    problems: list[str] = []
    for move in moves:
        try:
            one = _suiting(move, at.values)
        except LanguageError as error:
            problems.append(f"{move.name}: {' '.join(str(error).split())}")
            continue
        if one is not None:
            found.append(one)
    return sorted(found, key=lambda one: (-one.weight, one.move.name)), problems


def _suiting(move: Move, values: Mapping[str, Any]) -> Suiting | None:
    parameters: dict[str, Any] = {}
    for name, source in move.let.items():
        given = {**values, **parameters}
        parameters[name] = compile_expression(source).evaluate(given) if isinstance(source, str) else source
    given = {**values, **parameters}
    if not compile_expression(move.when).holds(given):
        return None
    weight = compile_expression(move.weight).evaluate(given)
    if not isinstance(weight, int | float):
        raise LanguageError(f"weight: {weight!r} is no number")
    return Suiting(move, float(weight), parameters)


def _changed(part: Any, path: list[str], value: Any) -> dict[str, Any]:
    """`part` with `value` at a path below it; what is missing on the way is made, and nothing takes the place out."""
    found = dict(part) if isinstance(part, Mapping) else {}
    name, *below = path
    if below:
        found[name] = _changed(found.get(name), below, value)
    elif value is None:
        found.pop(name, None)
    else:
        found[name] = value
    return found
