"""The tools of a meta-model: questions about the run, a patch to check, and the patch to propose."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field, ValidationError

from automem.engines.tools.base import ToolCall, ToolSpec
from automem.errors import AutoMemError
from automem.evidence.tool import MOST_CHARS, Args, Tool, clip
from automem.evidence.tools import TOOLS
from automem.evidence.view import View
from automem.patches.check import Checked
from automem.patches.model import Patch
from automem.spec.issues import Issue, near

CHECK = "check_patch"
PROPOSE = "propose_patch"
MOST_ISSUES = 40
_FENCED = re.compile(r"\s*```\w*[ \t]*\r?\n(.*?\n)[ \t]*```\s*", re.DOTALL)


class PatchText(Args):
    """Arguments of the two tools for patches."""

    patch: str = Field(description="the whole patch document as YAML text", min_length=1)

    @property
    def text(self) -> str:
        """The patch without the marks of a code block, which models put around it by habit."""
        fenced = _FENCED.fullmatch(self.patch)
        return fenced[1] if fenced else self.patch


@dataclass(frozen=True)
class Outcome:
    """What a call gave.

    Arguments:
        text: for the model to read.
        is_error: whether the call failed.
        patch: the patch that was proposed and has no errors; None for every other call.
    """

    text: str
    is_error: bool = False
    patch: str | None = None


class Toolbox:
    """What one proposal may use.

    Arguments:
        view: the part of the run that may be seen.
        check: says what is wrong with a patch's text.
    """

    def __init__(self, view: View, check: Callable[[str], Checked]) -> None:
        self._view, self._check = view, check
        self.specs = (
            *(_spec(tool.name, tool.about, tool.args) for tool in TOOLS.values()),
            _spec(CHECK, "Says everything that is wrong with a patch. Nothing is proposed.", PatchText),
            _spec(
                PROPOSE,
                "Proposes a patch, which ends your work. A patch with errors comes back with them instead.",
                PatchText,
            ),
        )

    def answer(self, call: ToolCall) -> Outcome:
        """Carry out one call; whatever is wrong with it is an outcome too."""
        if isinstance(call.arguments, str):
            return Outcome("the arguments are not a whole JSON object; call the tool again with all of them", True)
        try:
            if call.name in (CHECK, PROPOSE):
                return self._of_patch(PatchText.model_validate(call.arguments).text, call.name == PROPOSE)
            return Outcome(_as_text(self._tool(call.name).ask(self._view, call.arguments)))
        except ValidationError as error:
            return Outcome(_in_words(error), True)
        except AutoMemError as error:
            return Outcome(clip(str(error), MOST_CHARS), True)

    def _tool(self, name: str) -> Tool[Any]:
        if name not in TOOLS:
            known = [*TOOLS, CHECK, PROPOSE]
            raise AutoMemError(f"there is no tool {clip(name, 80)!r}{near(name, known)}; there is {', '.join(known)}")
        return TOOLS[name]

    def _of_patch(self, text: str, proposed: bool) -> Outcome:
        checked = self._check(text)
        errors = [*checked.errors, *_exact(checked.patch)]
        found = {"errors": _lines(errors), "warnings": _lines(set(checked.issues) - set(checked.errors))}
        if errors:
            return Outcome(_as_text(found), is_error=proposed)
        return Outcome(_as_text(found), patch=text if proposed else None)


def _spec(name: str, about: str, args: type[Args]) -> ToolSpec:
    return ToolSpec(name, about, args.model_json_schema())


def _exact(patch: Patch | None) -> Iterator[Issue]:
    """The edits that say how the text is to change, which would let a proposer rewrite or remove people's comments."""
    for at, edit in enumerate(patch.edits if patch is not None else ()):
        if getattr(edit, "exact", None) is not None:
            message = "`exact` is for patches that take others back; leave it out"
            yield Issue("patch", 1, 1, f"edits/{at}/exact", message)


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
