"""The command list of a prompt: which commands are offered, and what each of them does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

_LINE = re.compile(
    r"^[ \t*-]*<\|(?P<tag>[A-Za-z]\w*)\|>(?:(?P<args>[^<\n]*)<\|END\|>)?(?P<about>[^\n]*)$", re.MULTILINE
)
_FILE_NAME = re.compile(r"[\w-]+\.[A-Za-z]\w*")


class _Verb(NamedTuple):
    """How a verb is recognised.

    Arguments:
        args: the roles of its arguments, the file left out.
        tag: what its tag may contain.
        about: what its description may say.
    """

    args: tuple[str, ...]
    tag: re.Pattern[str]
    about: re.Pattern[str]


def _verb(args: str, tag: str, about: str) -> _Verb:
    return _Verb(tuple(args.split()), re.compile(tag, re.IGNORECASE), re.compile(about, re.IGNORECASE))


# The words are those that people and models use for these verbs; the shape of the arguments decides first.
_VERBS: Mapping[str, _Verb] = {
    "end": _verb("", r"done|end|finish|stop|quit|close", r"\bends?\b|finish|stop|close"),
    "commit": _verb("action", r"act|commit|play|move|do\b", r"commit|action"),
    "read": _verb("", r"read|open|show|load|cat", r"shows?\b|reads?\b|opens?\b|whole"),
    "create": _verb("", r"create|new|make|touch", r"creates?\b|makes?\b|new\b"),
    "search": _verb("word", r"search|find|grep|look|query", r"contain|search|find|match|look"),
    "count": _verb("word", r"count|number", r"counts?\b|how many|number of"),
    "delete": _verb("word", r"delete|remove|forget|drop", r"deletes?\b|removes?\b|forgets?\b"),
    "tail": _verb("n", r"tail|last|recent|latest", r"\blast\b|latest|recent|newest"),
    "append": _verb("text", r"append|add|note|log|record|write", r"adds?\b|appends?\b|notes?\b"),
    "write": _verb("text", r"write|overwrite|set|save", r"replaces?\b|overwrites?\b|whole|rewrites?\b"),
    "upsert": _verb("key text", r"upsert|put|set|map|mark|record", r"replaces?|records?|sets?|adds?|marks?"),
    "replace": _verb("word text", r"replace|edit|substitute|change", r"replaces?|changes?|edits?"),
}
_ROLES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (role, re.compile(words, re.IGNORECASE))
    for role, words in (
        ("file", r"\bfile(name)?\b|\bpath\b|\bdocument\b"),
        ("action", r"\bactions?\b|\bmove\b"),
        ("key", r"\bkey\b|x ?, ?y|\bplace\b|\bposition\b|\bcoord\w*|\bwhere\b|\bat\b|\bitem\b"),
        ("n", r"^n$|\bnumber\b|\bcount\b|\blines\b|\bhow many\b|^k$"),
        ("word", r"\bword\b|\bquery\b|\bpattern\b|\bterm\b|\bold\b|\bkeyword\b|\bwhat\b"),
        ("text", r"\btext\b|\bline\b|\bcontent\w*|\bnote\b|\bentry\b|\bnew\b|\bvalue\b|\bdescription\b"),
    )
)


@dataclass(frozen=True)
class Command:
    """One command a prompt offers.

    Arguments:
        tag: what is written between the bars.
        verb: what it does, in the words of the scaffolds' ops.
        roles: what each argument is, in order: file, action, key, n, word or text.
        file: the one file it works on, where it names none itself; empty for all others.
    """

    tag: str
    verb: str
    roles: tuple[str, ...]
    file: str = ""

    def write(self, **values: str) -> str:
        """The command with an argument for each of its roles."""
        if not self.roles:
            return f"<|{self.tag}|>"
        return f"<|{self.tag}|>{'|'.join(values[role] for role in self.roles)}<|END|>"


def read_commands(text: str) -> tuple[Command, ...]:
    """The commands of a prompt's list, those not understood left out.

    A command is a line that begins with its form, `<|TAG|>argument|argument<|END|>` or `<|TAG|>`, and goes
    on with what it does.
    """
    found = (_command(line["tag"], line["args"] or "", line["about"]) for line in _LINE.finditer(text))
    return tuple(command for command in found if command is not None)


def _command(tag: str, args: str, about: str) -> Command | None:
    names = [name.strip() for name in args.split("|")] if args.strip() else []
    roles = [_role(name) for name in names]
    if roles == [""] and _VERBS["commit"].about.search(about):
        roles = ["action"]
    if "key" in roles:  # behind a place or key, `what` is what is recorded there, not what is looked for
        roles = ["text" if role == "word" and at > roles.index("key") else role for at, role in enumerate(roles)]
    own = tuple(role for role in roles if role not in ("", "file"))
    if "" in roles or len(set(roles)) != len(roles):
        return None
    scores = {name: _score(verb, tag, about) for name, verb in _VERBS.items() if _fits(name, verb, roles, own)}
    best = max(scores, key=lambda name: scores[name], default=None)
    if best is None or not scores[best]:
        return None
    bound = "" if "file" in roles or best in ("end", "commit") else _bound_file(tag, about)
    return Command(tag, best, tuple(roles), bound)


def _role(name: str) -> str:
    return next((role for role, words in _ROLES if words.search(name)), "")


def _fits(name: str, verb: _Verb, roles: list[str], own: tuple[str, ...]) -> bool:
    if name == "end":
        return not roles
    if name == "commit":
        return roles == ["action"]
    if name in ("read", "create"):
        return roles == ["file"]
    if name == "delete":
        return own in (("word",), ("key",))
    return own == verb.args


def _score(verb: _Verb, tag: str, about: str) -> int:
    words = tag.replace("_", " ")
    return 2 * bool(verb.tag.search(words)) + bool(verb.about.search(about))


def _bound_file(tag: str, about: str) -> str:
    """The file that the description names; else the tag's words, by which a file may be recognised."""
    named = _FILE_NAME.search(about)
    return named[0] if named else tag.lower()
