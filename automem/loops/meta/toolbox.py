"""The tools of a meta-model: questions, and two for the document that it is to propose."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field, ValidationError, create_model

from automem.engines.tools.base import ToolCall, ToolSpec
from automem.errors import AutoMemError
from automem.evidence.tool import MOST_CHARS, Args, clip
from automem.loops.meta.goal import Goal
from automem.spec.issues import Issue, near

MOST_ISSUES = 40
_FENCED = re.compile(r"\s*```\w*[ \t]*\r?\n(.*?\n)[ \t]*```\s*", re.DOTALL)


@dataclass(frozen=True)
class Question:
    """A tool that looks at something and changes nothing.

    Arguments:
        name: a verb or noun in words joined by `_`.
        about: what it answers.
        args: its arguments.
        answer: from arguments as they come from outside to plain data. Raises pydantic.ValidationError for arguments
            that are not what `args` wants, and AutoMemError for what is not there.
    """

    name: str
    about: str
    args: type[Args]
    answer: Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Outcome:
    """What a call gave.

    Arguments:
        text: for the model to read.
        is_error: whether the call failed.
        proposed: the document that was proposed and has no errors; None for every other call.
    """

    text: str
    is_error: bool = False
    proposed: str | None = None


class Toolbox:
    """What one conversation may use.

    Arguments:
        questions: about the run.
        goal: what it is to end with.
    """

    def __init__(self, questions: Sequence[Question], goal: Goal) -> None:
        self._questions = {question.name: question for question in questions}
        self._goal = goal
        noun = goal.noun
        self._document: type[Args] = document_args(noun)
        proposes = f"Proposes a {noun}, which ends your work. A {noun} with errors comes back with them instead."
        self.specs = (
            *(_spec(one.name, one.about, one.args) for one in questions),
            _spec(goal.check, f"Says everything that is wrong with a {noun}. Nothing is proposed.", self._document),
            _spec(goal.propose, proposes, self._document),
        )

    def answer(self, call: ToolCall) -> Outcome:
        """Carry out one call; whatever is wrong with it is an outcome too."""
        if isinstance(call.arguments, str):
            return Outcome("the arguments are not a whole JSON object; call the tool again with all of them", True)
        try:
            if call.name in (self._goal.check, self._goal.propose):
                text = getattr(self._document.model_validate(call.arguments), self._goal.noun)
                return self._of_document(unfenced(text), call.name == self._goal.propose)
            return Outcome(_as_text(self._question(call.name).answer(call.arguments)))
        except ValidationError as error:
            return Outcome(_in_words(error), True)
        except AutoMemError as error:
            return Outcome(clip(str(error), MOST_CHARS), True)

    def _question(self, name: str) -> Question:
        if name not in self._questions:
            known = [*self._questions, self._goal.check, self._goal.propose]
            raise AutoMemError(f"there is no tool {clip(name, 80)!r}{near(name, known)}; there is {', '.join(known)}")
        return self._questions[name]

    def _of_document(self, text: str, proposed: bool) -> Outcome:
        examined = self._goal.examine(text)
        found = {"errors": _lines(examined.errors), "warnings": _lines(examined.warnings)}
        if examined.errors:
            return Outcome(_as_text(found), is_error=proposed)
        return Outcome(_as_text(found), proposed=text if proposed else None)


def document_args(noun: str) -> type[Args]:
    """Arguments of a tool that takes a whole document: one text, called after what it is."""
    fields: dict[str, Any] = {noun: (str, Field(description=f"the whole {noun} document as YAML text", min_length=1))}
    return create_model(f"{noun.capitalize()}Text", __base__=Args, **fields)


def unfenced(text: str) -> str:
    """A document without the marks of a code block, which models put around it by habit."""
    fenced = _FENCED.fullmatch(text)
    return fenced[1] if fenced else text


def _spec(name: str, about: str, args: type[Args]) -> ToolSpec:
    return ToolSpec(name, about, args.model_json_schema())


def _as_text(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False)


def _lines(issues: Iterable[Issue]) -> list[str]:
    found = [clip(str(issue), 1_000) for issue in sorted(issues)]
    more = [f"… and {len(found) - MOST_ISSUES} more"] if len(found) > MOST_ISSUES else []
    return found[:MOST_ISSUES] + more


def _in_words(error: ValidationError) -> str:
    details = error.errors(include_url=False, include_input=False, include_context=False)[:MOST_ISSUES]
    lines = (f"{'.'.join(map(str, detail['loc'])) or 'arguments'}: {detail['msg']}" for detail in details)
    return clip("\n".join(("these arguments cannot be used:", *lines)), MOST_CHARS)
