"""Finding a text or a pattern in what was observed, said and answered."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Literal

from pydantic import Field, model_validator

from automem.agent.record import Step
from automem.errors import RunError
from automem.evidence.steps import parts_of
from automem.evidence.tool import MOST_CHARS, OfVersion, Paged, Tool, clip, page
from automem.evidence.view import View
from automem.runs.records import Recorded
from automem.spec.language import LanguageError
from automem.spec.language.regex import Match, Pattern, compile_regex

Place = Literal["observation", "prompt", "answer", "reply", "action"]
MOST_SEARCHED = 100_000_000
"""Characters that one search looks through."""
_MOST_COUNTED = 1_000
_AROUND = 120


class Grep(Paged, OfVersion):
    """Arguments of `grep`."""

    text: str | None = Field(None, min_length=1, max_length=200, description="what to find, in any case")
    regex: str | None = Field(None, min_length=1, max_length=500, description="or a regular expression (RE2's syntax)")
    where: Place | None = Field(
        None, description="where; when left out everywhere but in prompts, which repeat the observation"
    )
    episode: str | None = Field(None, max_length=200, description="one episode; all of the version when left out")
    first: int = Field(1, ge=1, description="the first step to look at")

    @model_validator(mode="after")
    def _one(self) -> Grep:
        if (self.text is None) == (self.regex is None):
            raise ValueError("say either `text` or `regex`")
        return self


class _Search:
    """One search: counts what it looks through, and remembers where it had to stop."""

    def __init__(self, view: View, args: Grep) -> None:
        self._view, self._args = view, args
        self._pattern = _pattern(args)
        self._left = MOST_SEARCHED
        self.stopped: dict[str, Any] = {}

    def found(self, episodes: list[Recorded]) -> Iterator[dict[str, Any]]:
        """Every text that matches, by episode and step."""
        for episode in episodes:
            for step in self._view.steps(episode):
                if self._left < 0:
                    self.stopped = {"episode": episode.id, "first": step.number}
                    return
                if step.number >= self._args.first:
                    yield from self._in_step(episode.id, step)

    def _in_step(self, episode: str, step: Step) -> Iterator[dict[str, Any]]:
        for name, text in _texts(step, self._args.where):
            self._left -= len(text)
            matches = list(islice(self._pattern.finditer(text), _MOST_COUNTED))
            if matches:
                entry = {"episode": episode, "step": step.number, "where": name, "line": _line(text, matches[0])}
                yield {**entry, "matches": len(matches)} if len(matches) > 1 else entry


def _pattern(args: Grep) -> Pattern:
    try:
        return compile_regex(args.regex if args.regex is not None else f"(?i){re.escape(args.text or '')}")
    except LanguageError as error:
        raise RunError(f"grep: {error}") from error


def _texts(step: Step, where: Place | None) -> Iterator[tuple[str, str]]:
    for name, text in parts_of(step).items():
        sort = "observation" if name in ("observation", "outcome") else name.rstrip(".0123456789").rpartition(".")[2]
        if sort != "reply" and (sort == where or (where is None and sort in ("observation", "answer"))):
            yield name, text
    if where in (None, "action"):
        yield "action", f"{step.action}\n{step.raw}" if step.raw != step.action else step.action
    for number, op in enumerate(step.ops if where in (None, "reply") else ()):
        yield f"reply.{number} ({clip(op.op, 40)})", op.reply


def _line(text: str, match: Match) -> str:
    """The line that a match begins on, cut to what is around it."""
    at = match.start()
    begin = max(text.rfind("\n", 0, at) + 1, at - _AROUND)
    end = text.find("\n", at)
    return text[begin : min(len(text) if end < 0 else end, at + _AROUND)]


def grep(view: View, args: Grep) -> Mapping[str, Any]:
    """Where a text or pattern stands."""
    chosen = view.of_version(args.version) if args.episode is None else [view.episode(args.episode, args.version)]
    search = _Search(view, args)
    found = page(search.found(chosen), args, MOST_CHARS - 300)
    return {**found, "searched_until": search.stopped} if search.stopped else found


TOOLS = (
    Tool(
        "grep",
        "Finds a text or a regular expression in observations, answers, op replies, actions or prompts, over one"
        " episode or all of a version; gives episode, step, where it stands and the line around it.",
        Grep,
        grep,
    ),
)
