"""The move document: a change of recipes in general form, and when it is worth a trial."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from automem.spec.catalogue import ENTRY_NAME, PARAMETER, texts_of, unknown_names
from automem.spec.experiment import Section
from automem.spec.issues import near

GIVEN: Mapping[str, str] = {
    "recipe": "the recipe that is changed, all defaults filled in; what it leaves out is `none`",
    "best": "the trial that was made by it: the one that gained most",
    "last": "the latest trial",
    "trials": "all trials, oldest first",
    "metrics": "metric → its mean over the base's episodes of the select seeds",
}
"""What expressions of a move may use, besides its own parameters.

A trial has `number`, `status`, `why`, `gain` (of progression; none where it was not played), `counts` and `losses` as
the ledger has them, and `effects` (metric → mean difference to the base alone).
"""


class Move(Section):
    """The whole document: one move."""

    kind: Literal["move"]
    name: str = Field(pattern=ENTRY_NAME, description="what recipes made by it are called")
    about: str = Field(min_length=1, description="what it changes, in a sentence")
    let: dict[str, Any] = Field(
        default_factory=dict, description="parameters in the order worked out: name → expression, or a plain number"
    )
    when: str = Field("true", description="expression: whether it suits what the ledger says")
    weight: str = Field("1", description="expression: of the moves that suit, those of more weight are tried first")
    changes: dict[str, Any] = Field(
        min_length=1, description="path in the recipe → what stands there then; nothing (`null`) takes it out"
    )
    reason: str = Field(min_length=1, description="why it may help, for the recipe; may hold `${parameter}`")
    expects: str = Field(min_length=1, description="what it should do, for the recipe; may hold `${parameter}`")

    @model_validator(mode="after")
    def _hangs_together(self) -> Move:
        problems = list(self._problems())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def texts(self) -> dict[str, Any]:
        """All that may hold parameters."""
        return {"changes": self.changes, "reason": self.reason, "expects": self.expects}

    def _problems(self) -> Iterator[str]:
        names = list(GIVEN)
        for name, source in self.let.items():
            if not PARAMETER.fullmatch(f"${{{name}}}") or name in GIVEN:
                yield f"{name!r} cannot name a parameter"
            if isinstance(source, str):
                yield from unknown_names(f"let/{name}", source, names)
            names.append(name)
        for place in ("when", "weight"):
            yield from unknown_names(place, getattr(self, place), names)
        for text in texts_of(self.texts):
            for name in PARAMETER.findall(text):
                if name not in self.let:
                    yield f"${{{name}}} is no parameter{near(name, self.let)}; say it under `let`"
