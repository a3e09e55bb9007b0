"""The patch document: typed edits of one scaffold, with their reason, evidence and expected effect."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from automem.spec.experiment import Section
from automem.spec.issues import near
from automem.spec.unions import key_of
from automem.traces.metrics.names import METRICS

MOST_EDITS = 40
OF = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}(@[0-9a-f]{8,64})?$"
SIZE = r"^\d+(\.\d+)?%$"


def _metric(name: str) -> str:
    if name.partition(".")[0] not in METRICS:
        hint = near(name.partition(".")[0], METRICS) or "; `automem evidence RUN overview` lists them"
        raise ValueError(f"no metric is called {name!r}{hint}")
    return name


def _text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


EpisodeName = Annotated[
    str, BeforeValidator(_text), WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 0}]})
]
MetricName = Annotated[str, AfterValidator(_metric)]


class Evidence(Section):
    """Something recorded that speaks for the patch: a place in an episode, or a figure."""

    run: str | None = Field(None, description="the run; the one the patch is proposed in when left out")
    episode: EpisodeName | None = Field(None, description="an episode's id, or its seed")
    step: int | None = Field(None, ge=1, description="a step of that episode, from 1")
    metric: MetricName | None = Field(None, description="a metric, such as duplicate_lines.map.md")
    value: float | None = Field(None, description="what the metric was")
    note: str = Field("", max_length=500, description="what is to be seen there")

    @model_validator(mode="after")
    def _something(self) -> Evidence:
        if self.episode is None and self.metric is None and not self.note:
            raise ValueError("name an `episode`, a `metric`, or say it in a `note`")
        if self.step is not None and self.episode is None:
            raise ValueError("a `step` belongs to an `episode`")
        return self


class Expectation(Section):
    """What the patch should do to a metric."""

    metric: MetricName = Field(description="such as progression, or duplicate_lines.map.md")
    direction: Literal["up", "down", "same"] = Field(description="which way it should move")
    size: Annotated[str, Field(pattern=SIZE)] | Annotated[float, Field(gt=0)] | None = Field(
        None, description="by how much: in the metric's own unit, or in percent of what it was, such as 90%"
    )


class Exact(Section):
    """How an edit changes the text, so that comments and blanks come back too; it cannot do more than the edit says.

    Where `cut` does not stand at its place any more, the edit is carried out without it.
    """

    at: int = Field(description="characters from where the mapping or list that the path is in begins; may be negative")
    cut: str = Field(description="the text taken out")
    put: str = Field(description="the text put in its place")


class Add(Section):
    """Something new at a path where nothing stands; mappings on the way are made."""

    add: str = Field(min_length=1, description="the path: keys joined by /")
    value: Any = Field(alias="with", description="what to put there")
    before: str | None = Field(None, description="the key that it goes above; the end of the mapping when left out")
    exact: Exact | None = Field(None, description="how the text is changed; written when a patch is inverted")


class Replace(Section):
    """Another value for something that is there."""

    replace: str = Field(min_length=1, description="the path: keys joined by /")
    was: Any = Field(None, description="the value it must have now; anything when left out")
    value: Any = Field(alias="with", description="what to put in its place")
    exact: Exact | None = Field(None, description="how the text is changed; written when a patch is inverted")


class Remove(Section):
    """Something taken away."""

    remove: str = Field(min_length=1, description="the path: keys joined by /")
    was: Any = Field(None, description="the value it must have now; anything when left out")
    exact: Exact | None = Field(None, description="how the text is changed; written when a patch is inverted")


class Test(Section):
    """A value that must be there for the patch to make sense; nothing is changed."""

    test: str = Field(min_length=1, description="the path: keys joined by /")
    value: Any = Field(alias="is", description="the value it must have")


Edit = Annotated[
    Annotated[Add, Tag("add")]
    | Annotated[Replace, Tag("replace")]
    | Annotated[Remove, Tag("remove")]
    | Annotated[Test, Tag("test")],
    Discriminator(
        key_of(("add", "replace", "remove", "test")),
        custom_error_type="branch",
        custom_error_message="expected one of `add: PATH`, `replace: PATH`, `remove: PATH` and `test: PATH`",
    ),
]


class Patch(Section):
    """The whole document."""

    kind: Literal["patch"]
    of: str = Field(
        pattern=OF,
        description="the scaffold it was written for: its name and, after @, the beginning of its content hash",
    )
    reason: str = Field(min_length=1, max_length=4_000, description="what is wrong, and why this mends it")
    evidence: list[Evidence] = Field(default_factory=list, max_length=40, description="what was seen")
    expects: list[Expectation] = Field(default_factory=list, max_length=20, description="what should change")
    edits: list[Edit] = Field(min_length=1, max_length=MOST_EDITS, description="carried out in this order")
