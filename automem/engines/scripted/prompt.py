"""What a prompt says, read tolerantly: commands, files, actions, place, last action, and the answers so far."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from automem.engines.base import Message
from automem.engines.scripted.commands import Command, read_commands

Point = tuple[int, int]

COMPASS: Mapping[str, Point] = {"north": (0, -1), "south": (0, 1), "west": (-1, 0), "east": (1, 0)}
"""Direction → step; x grows to the east, y to the south."""

_ACTIONS = re.compile(r"^[ \t]*(?:available |possible |valid )?actions?:[ \t]*([^\n]+)$", re.IGNORECASE | re.MULTILINE)
_ABOUT = re.compile(r"^[ \t*-]*([\w-]+\.[A-Za-z]\w{0,7})(?:: ([^\n]+))?$", re.MULTILINE)
_COUNT = re.compile(r"([\w-]+\.[A-Za-z]\w{0,7}) ?[(:] ?(\d+)")
_POSITION = re.compile(
    r"(?:You are at|Position:?|position is) \(?(-?\d{1,6}), ?(-?\d{1,6})\)?(?:,? facing (\w+))?", re.IGNORECASE
)
_STEP = re.compile(r"^Step (\d{1,7})\b", re.MULTILINE)
_DONE = re.compile(r"You did: ([A-Za-z0-9 ]+)|is not an action; ([A-Za-z ]+?) was done")
_PURPOSES: tuple[tuple[str, re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (purpose, re.compile(name, re.IGNORECASE), re.compile(about, re.IGNORECASE))
    for purpose, name, about in (
        ("map", r"map|place|location|landmark|atlas", r"where things|what lies|\bplaces?\b|landmark|coord|x,y"),
        ("actions", r"action|history|journal|diary|steps", r"what was done|actions?\b|what happened|came of"),
        ("facts", r"craft|progress|achiev|milestone|goals", r"achiev|\bmade\b|unlocked|\bdone and\b"),
    )
)


class _Stable(NamedTuple):
    """What the part of a prompt that never changes says."""

    commands: tuple[Command, ...]
    actions: tuple[str, ...]
    files: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Page:
    """A conversation as a player sees it.

    Arguments:
        lore: the part of the last opening prompt that never changes; all of it where none is marked.
        text: the rest of it, with what an earlier prompt of the conversation showed before.
        commands: the commands it offers.
        actions: case-folded → canonical spelling of the actions it lists, of several the first; empty where it
            lists none.
        files: purpose (`map`, `actions`, `facts`) → file.
        counts: file → how many lines the index gives it.
        here: where the agent is, where the prompt says so.
        facing: one of `COMPASS`, where the prompt says so.
        step: the number of the step, where the prompt says so.
        last: the action done last, where the prompt says so.
        said: what was answered to this prompt before, oldest first.
        results: what those answers were answered, oldest first.
    """

    lore: str
    text: str
    commands: tuple[Command, ...]
    actions: Mapping[str, str]
    files: Mapping[str, str]
    counts: Mapping[str, int]
    here: Point | None
    facing: str | None
    step: int | None
    last: str | None
    said: tuple[str, ...]
    results: tuple[str, ...]

    def command(self, verb: str, file: str | None = None) -> Command | None:
        """The command that does `verb`, to `file` where one is given; a command bound to it comes first."""
        fit = [command for command in self.commands if command.verb == verb]
        if file is None:
            return fit[0] if fit else None
        bound = [command for command in fit if _is_bound(command, file)]
        free = [command for command in fit if "file" in command.roles]
        # A command that takes a place but names no file can only mean the map.
        placed = [command for command in fit if file == self.files.get("map") and "key" in command.roles]
        return next(iter(bound + free + placed), None)

    def write(self, verb: str, purpose: str, **values: str) -> str:
        """The op that does `verb` to the file of `purpose`; empty where the prompt offers no such thing."""
        file = self.files.get(purpose)
        command = self.command(verb, file) if file else None
        return command.write(file=file or "", **values) if command else ""

    def refused(self) -> frozenset[str]:
        """Actions that answers to this prompt committed before, and that were refused, as it goes on."""
        commit = self.command("commit")
        pattern = rf"<\|{re.escape(commit.tag)}\|>([^<|]*)<\|END\|>" if commit else "(?!)"
        return frozenset(action for said in self.said for action in re.findall(pattern, said))

    def filled(self, purpose: str) -> bool:
        """Whether the file of `purpose` may hold something: it exists and the index does not say 0."""
        file = self.files.get(purpose)
        return file is not None and self.counts.get(file, 1) > 0


def _is_bound(command: Command, file: str) -> bool:
    stem = file.partition(".")[0].lower()
    return bool(command.file) and (command.file == file or stem in re.split(r"[_\W]+", command.file))


def read_page(messages: tuple[Message, ...]) -> Page:
    """Read a conversation. The last user message with a command list is the prompt, the first if none has."""
    users = [number for number, message in enumerate(messages) if message.speaker == "user"]
    opening = next((n for n in reversed(users) if _stable_of(messages[n]).commands), users[0] if users else 0)
    prompt = messages[opening] if messages else Message("user", "")
    stable, text = _stable_of(prompt), prompt.text[prompt.stable :]
    # A conversation that goes on from LOG to PLAN may show position and index in its first prompt alone.
    earlier = "\n".join(messages[n].text[messages[n].stable :] for n in users if n < opening)
    context = f"{earlier}\n{text}" if earlier else text
    place, done, step = _last(_POSITION, context), _last(_DONE, context), _last(_STEP, context)
    counts = {match[1]: int(match[2]) for match in _COUNT.finditer(context)}
    actions = stable.actions or _actions(text)
    return Page(
        lore=prompt.text[: prompt.stable] or prompt.text,
        text=context,
        commands=stable.commands or read_commands(text),
        actions=_by_name(actions),
        files=_purposes(stable.files or _files(text), tuple(counts)),
        counts=counts,
        here=(int(place[1]), int(place[2])) if place else None,
        facing=place[3].lower() if place and place[3] and place[3].lower() in COMPASS else None,
        step=int(step[1]) if step else None,
        last=(done[1] or done[2]).strip() if done else None,
        said=tuple(message.text for message in messages[opening + 1 :] if message.speaker == "assistant"),
        results=tuple(message.text for message in messages[opening + 1 :] if message.speaker == "user"),
    )


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(reversed(list(pattern.finditer(text))), None)


def _stable_of(message: Message) -> _Stable:
    return _read_stable(message.text[: message.stable] if message.stable else message.text)


@lru_cache(maxsize=256)
def _read_stable(text: str) -> _Stable:
    return _Stable(read_commands(text), _actions(text), _files(text))


def _actions(text: str) -> tuple[str, ...]:
    line = _ACTIONS.search(text)
    names = re.split(r"[,/|]", line[1]) if line else []
    return tuple(name.strip(" .`'\"") for name in names if name.strip(" .`'\""))


def _by_name(actions: tuple[str, ...]) -> dict[str, str]:
    named: dict[str, str] = {}
    for action in actions:
        named.setdefault(action.casefold(), action)
    return named


def _files(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((match[1], match[2] or "") for match in _ABOUT.finditer(text))


@lru_cache(maxsize=256)
def _purposes(files: tuple[tuple[str, str], ...], indexed: tuple[str, ...]) -> dict[str, str]:
    """Which file serves which purpose, by name before description; of two that serve alike, the one added last."""
    abouts = dict.fromkeys(indexed, "") | dict(files)
    chosen: dict[str, str] = {}
    for purpose, named, told in _PURPOSES:
        scores = {
            file: 2 * bool(named.search(file)) + bool(told.search(about))
            for file, about in abouts.items()
            if file not in chosen.values()
        }
        best = max(reversed(list(scores)), key=lambda file: scores[file], default=None)
        if best is not None and scores[best]:
            chosen[purpose] = best
    return chosen
