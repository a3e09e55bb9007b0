"""A YAML file as data, as text, and as places: every value knows its line and column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scalarbool import ScalarBoolean

from automem.errors import SpecError
from automem.spec.issues import Issue, Severity, sort_issues
from automem.spec.untrusted import MAX_BYTES, Refused, compose, round_trip

__all__ = ["MAX_BYTES", "Document", "child", "parse_document", "read_document", "round_trip"]

Steps = Sequence[str | int]
_HINTS = (
    ("character '`'", "leave out the marks of a code block (```); other text that begins so needs quotes"),
    ("character '\\t'", "indent with blanks, not with tabs"),
    ("mapping values are not allowed here", "text that holds `: ` needs quotes"),
    ("unknown escape character", "write it in single quotes, in which \\ stands for itself"),
    ("expected a single document", "leave out the line `---` and what is behind it"),
    ("expected <block end>", "the entries of a list or mapping begin in the same column"),
    ("while parsing a flow", "close the bracket, or quote text that begins with { or [, such as a template"),
)
"""What ruamel.yaml says → what is to be done about it, as far as that is plain."""
_DIRECTIVE = re.compile(r"\ufeff?(?:[ \t]*(?:#[^\n]*)?\r?\n)*%")


@dataclass(frozen=True)
class Document:
    """A YAML file whose top level is a mapping with text keys.

    Arguments:
        file: the name shown in messages.
        text: the file's content.
        data: the content as ruamel.yaml's round-trip mapping; comments and formatting survive edits
            that are dumped with `round_trip()`.
        node: the composed tree behind `data`, which knows the places.
    """

    file: str
    text: str
    data: CommentedMap
    node: MappingNode

    def plain(self) -> dict[str, Any]:
        """The content as new dicts, lists, str, int, float, bool and None, aliases written out."""
        content: dict[str, Any] = _plain(self.data)
        return content

    def place(self, path: Steps, *, key: bool = False) -> tuple[int, int]:
        """The 1-based line and column of what stands at `path`.

        Arguments:
            path: keys and 0-based positions from the top. Where it leads nowhere, the nearest
                existing ancestor counts.
            key: the place of the last key instead of its value. A block mapping or list is always
                placed at its key, where its name can be read.
        """
        node: Node = self.node
        mark = node.start_mark
        for depth, step in enumerate(path, 1):
            found = child(node, step)
            if found is None:
                break
            name, node = found
            block = isinstance(node, (MappingNode, SequenceNode)) and not node.flow_style
            at_key = block or (key and depth == len(path))
            mark = name.start_mark if name is not None and at_key else node.start_mark
        return mark.line + 1, mark.column + 1

    def issue(self, path: Steps, message: str, *, key: bool = False, severity: Severity = "error") -> Issue:
        """An issue about what stands at `path`, placed as `place` says."""
        line, column = self.place(path, key=key)
        return Issue(self.file, line, column, "/".join(str(step) for step in path), message, severity)


def read_document(path: Path, *, aliases: bool = True) -> Document:
    """Load a YAML file.

    Arguments:
        path: the file; also its name in messages.
        aliases: whether `&anchor` and `*alias` are allowed.

    Raises:
        SpecError: there is no such file, it cannot be read, or `parse_document` refuses its text.
    """
    file = str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
        text = content[:MAX_BYTES].decode("utf-8-sig") if len(content) <= MAX_BYTES else " " * len(content)
    except IsADirectoryError:
        raise _refusal(file, "this is a directory, not a file") from None
    except OSError as error:
        raise _refusal(file, f"the file cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise _refusal(file, "the file is not UTF-8 text; save it in that encoding", line, column) from error
    return parse_document(text, file, aliases=aliases)


def parse_document(text: str, file: str, *, aliases: bool = True) -> Document:
    """Load YAML text from anywhere; nothing in it is trusted.

    YAML 1.2 with the plain types alone: no tags, no merge keys, and what looks like a date stays text.

    Arguments:
        text: the YAML.
        file: the name to use in messages.
        aliases: whether `&anchor` and `*alias` are allowed.

    Raises:
        SpecError: the text is too large, is not YAML, holds duplicate keys, keys that are not text,
            tags or control characters, is nested too deeply or has too many values once its aliases
            are written out, or is not a mapping. All that can be found is reported at once.
    """
    if len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES:
        raise _refusal(file, f"the file is larger than {MAX_BYTES:,} bytes")
    if directive := _DIRECTIVE.match(text):
        line = text.count("\n", 0, directive.end()) + 1
        raise _refusal(file, "a %… line is not supported; leave it out", line)
    yaml = round_trip()
    try:
        node, problems = compose(yaml, text, aliases=aliases)
        if problems:
            raise SpecError(
                sort_issues(Issue(file, at.line + 1, at.column + 1, path, said) for at, path, said in problems)
            )
        if not isinstance(node, MappingNode):
            raise _refusal(file, "the document must be a mapping (`key: value` lines)")
        data = yaml.constructor.construct_document(node)
    except Refused as error:
        at = error.mark
        raise SpecError([Issue(file, at.line + 1, at.column + 1, error.path, str(error))]) from error
    except YAMLError as error:
        raise SpecError([_syntax_issue(error, text, file)]) from error
    return Document(file, text, data, node)


def _refusal(file: str, message: str, line: int = 1, column: int = 1) -> SpecError:
    return SpecError([Issue(file, line, column, "", message)])


def _syntax_issue(error: YAMLError, text: str, file: str) -> Issue:
    """What ruamel.yaml says about broken YAML, on one line."""
    line, column, message = 1, 1, "this is not YAML"
    if isinstance(error, ReaderError):
        at = int(error.position)
        line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
        message = f"the character {text[at]!r} is not allowed in YAML"
    elif isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        if mark is not None:
            line, column = mark.line + 1, mark.column + 1
        said = [str(part).strip() for part in (error.context, error.problem) if part]
        message = "not valid YAML: " + " ".join(", ".join(said).split())
        message += next((f"; {hint}" for words, hint in _HINTS if words in message), "")
    return Issue(file, line, column, "", message)


def child(node: Node, step: str | int) -> tuple[Node | None, Node] | None:
    """Key node (none for list entries) and value node of one step down."""
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if name.value == step:
                return name, value
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return None, node.value[step]
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, (bool, ScalarBoolean)):
        return bool(value)
    for plain in (int, float, str):
        if isinstance(value, plain):
            return plain(value)
    return None
