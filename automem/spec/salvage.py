"""What of a mistaken document can still be checked: all but its mistaken parts."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel

from automem.spec.issues import Issue
from automem.spec.source import Document
from automem.spec.validation import validate

M = TypeVar("M", bound=BaseModel)
Path = tuple[str | int, ...]
_ROUNDS = 100


@dataclass(frozen=True)
class Salvaged(Document):
    """A document seen without some of its parts; issues are placed in the whole of it.

    Arguments:
        whole: the document.
        lost: the parts that are left out.
    """

    whole: Document
    lost: tuple[Path, ...]

    def plain(self) -> dict[str, Any]:
        """What is left."""
        content = deepcopy(self.whole.plain())
        for path in self.lost:
            _remove(content, path)
        return content

    def echoes(self, issue: Issue) -> bool:
        """Whether an issue of what is left may only be there because of what was left out."""
        names = [str(path[-1]) for path in self.lost]
        spellings = [spelling for name in names for spelling in (f"'{name}'", f".{name} ", f"{name}.")]
        without_ops = any(path[0] == "ops" for path in self.lost) and issue.path in ("phases/log", "phases/plan")
        missed = any(spelling in issue.message for spelling in spellings)
        return issue.severity == "warning" or without_ops or missed


def salvage(document: Document, model: type[M]) -> tuple[M, Salvaged] | None:
    """Read a mistaken document as `model` without its mistakes; none where too little would be left."""
    lost: tuple[Path, ...] = ()
    for _ in range(_ROUNDS):
        left = Salvaged(document.file, document.text, document.data, document.node, document, lost)
        value, issues = validate(left, model)
        if value is not None:
            return value, left
        content = left.plain()
        found = [steps_of(content, issue.path) for issue in issues]
        if not all(found):
            return None
        lost = (*lost, *dict.fromkeys(path for path in found if path))
    return None


def steps_of(content: Any, path: str) -> Path | None:
    """The keys that an issue's path joins; keys may hold `/` themselves."""
    if not path:
        return ()
    if isinstance(content, list):
        head, _, rest = path.partition("/")
        if not head.isdecimal() or int(head) >= len(content):
            return None
        under = steps_of(content[int(head)], rest)
        return None if under is None else (int(head), *under)
    for key in content if isinstance(content, dict) else ():
        if path == key or path.startswith(f"{key}/"):
            under = steps_of(content[key], path[len(key) + 1 :])
            if under is not None:
                return key, *under
    return None


def _remove(content: Any, path: Path) -> None:
    """Take out what stands at `path`; an entry of a list takes the whole list with it, so that none moves up."""
    for step in path[:-1]:
        inside = content.get(step)
        if not isinstance(inside, dict):
            content.pop(step, None)
            return
        content = inside
    content.pop(path[-1], None)
