"""The catalogue document: a change of scaffolds in general form, and the diagnostic that calls for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, model_validator

from automem.spec.experiment import Section
from automem.spec.issues import near
from automem.spec.language import LanguageError, compile_expression, compile_template
from automem.spec.language.texts import Expression

PARAMETER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
"""Where the value of a parameter goes; the patch's own templates keep their braces."""

ENTRY_NAME = r"^[a-z0-9][a-z0-9-]{0,63}$"
ALWAYS = ("subject", "detail")
"""Parameters that every entry has: of the finding."""

_EDITS = ("add", "replace", "remove", "test")

GIVEN: dict[str, str] = {
    "finding": "what the diagnostic found: name, subject, value, weight, detail, metric, more (its own data)",
    "findings": "all findings of the incumbent, each as `finding`, by diagnostic",
    "scaffold": "the incumbent as plain data",
    "file": "the file that the finding is about, as `files` has it; none where it is about none",
    "files": "the files of the scaffold, each with its name and the whole of its schema",
    "ops": "the commands, each with its tag, verb, phases and file",
    "sections": "the sections of each phase, each with its name and whether it is stable",
    "misplaced": "by phase, the names of stable sections that stand behind changing ones",
    "metrics": "the means of all metrics over the incumbent's episodes",
    "env": "the task: name, task, actions (those of all tasks played), default_action, max_steps, facts",
}
"""What expressions of an entry may use, besides its own parameters."""


class CataloguePatch(Section):
    """The patch in general form; its texts may hold parameters as `${name}`, and `${subject}` and `${detail}`."""

    reason: str = Field(min_length=1, description="what is wrong, and why this mends it")
    expects: list[dict[str, Any]] = Field(default_factory=list, description="as in a patch")
    edits: list[dict[str, Any]] = Field(min_length=1, description="as in a patch")

    @model_validator(mode="after")
    def _edits_are_edits(self) -> CataloguePatch:
        for number, edit in enumerate(self.edits, 1):
            if sum(verb in _EDITS or PARAMETER.fullmatch(verb) is not None for verb in edit) != 1:
                raise ValueError(f"edit {number}: expected one of {', '.join(f'`{verb}: PATH`' for verb in _EDITS)}")
        return self


class CatalogueEntry(Section):
    """The whole document: one entry of a catalogue."""

    kind: Literal["catalogue"]
    name: str = Field(pattern=ENTRY_NAME, description="what patches made of it say they come from")
    about: str = Field(min_length=1, description="what it changes, in a sentence")
    trigger: str = Field(min_length=1, description="the diagnostic whose findings call for it")
    let: dict[str, Any] = Field(
        default_factory=dict, description="parameters in the order worked out: name → expression, or a plain number"
    )
    when: str = Field("true", description="expression: whether it suits the finding, the scaffold and the world")
    variants: list[dict[str, int | float | str | bool]] = Field(
        [{}], min_length=1, max_length=8, description="values of parameters to try in turn"
    )
    patch: CataloguePatch = Field(description="what is proposed")

    @model_validator(mode="after")
    def _hangs_together(self) -> CatalogueEntry:
        problems = list(self._problems())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def gains(self) -> bool:
        """Whether its patch expects more progression, and not only to save something."""
        expected = ((one.get("metric"), one.get("direction")) for one in self.patch.expects)
        return ("progression", "up") in expected

    def expression(self, name: str) -> Expression | None:
        """A parameter's expression; None where it is a plain value."""
        source = self.let[name]
        return compile_expression(source) if isinstance(source, str) else None

    def _problems(self) -> Iterator[str]:
        names = [*GIVEN, *self.variants[0]]
        for at, variant in enumerate(self.variants, 1):
            if set(variant) != set(self.variants[0]):
                yield f"variant {at} must give the same parameters as the first"
        for name in [*self.variants[0], *self.let]:
            if not PARAMETER.fullmatch(f"${{{name}}}") or name in (*GIVEN, *ALWAYS):
                yield f"{name!r} cannot name a parameter"
        for name, source in self.let.items():
            if isinstance(source, str):
                yield from unknown_names(f"let/{name}", source, names)
            names.append(name)
        yield from unknown_names("when", self.when, names)
        known = {*ALWAYS, *self.variants[0], *self.let}
        for text in texts_of(self.patch.model_dump()):
            for name in PARAMETER.findall(text):
                if name not in known:
                    yield f"patch: ${{{name}}} is no parameter{near(name, known)}; say it under `let`"


def texts_of(value: Any) -> Iterator[str]:
    """Every text in plain data, the keys of mappings included."""
    if isinstance(value, Mapping):
        for key, entry in value.items():
            yield from texts_of(key)
            yield from texts_of(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from texts_of(entry)
    elif isinstance(value, str):
        yield value


def filled(value: Any, parameters: Mapping[str, Any]) -> Any:
    """Plain data with every `${name}` replaced.

    A text that is one parameter and nothing else becomes the parameter's value, of whatever type; within a
    longer text the value is written as a template writes it.

    Raises:
        LanguageError: a list or mapping stands within a text, or as a key.
    """
    if isinstance(value, Mapping):
        return {_worded(key, parameters): filled(entry, parameters) for key, entry in value.items()}
    if isinstance(value, list):
        return [filled(entry, parameters) for entry in value]
    if not isinstance(value, str):
        return value
    whole = PARAMETER.fullmatch(value)
    return parameters[whole[1]] if whole else _worded(value, parameters)


def _worded(text: str, parameters: Mapping[str, Any]) -> str:
    return PARAMETER.sub(lambda match: _WRITTEN.render({"value": parameters[match[1]]}), text)


_WRITTEN = compile_template("{{ value }}")


def unknown_names(path: str, source: str, names: Sequence[str]) -> Iterator[str]:
    """What is wrong with an expression that may use these names alone: its syntax, or names that are not known."""
    try:
        references = compile_expression(source).references
    except LanguageError as error:
        yield f"{path}: {error}"
        return
    for name in sorted({reference[0] for reference in references} - set(names)):
        yield f"{path}: {name!r} is not known here{near(name, names)}"
