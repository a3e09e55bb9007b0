"""YAML from anyone: the limits and refusals that come before any data is made of it."""

from __future__ import annotations

import math
import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import StreamMark
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.resolver import VersionedResolver

MAX_BYTES = 1_000_000
MAX_DEPTH = 64
MAX_NODES = 50_000

_PREFIX = "tag:yaml.org,2002:"
_INT = r"[-+]?(?:0|[1-9][0-9]{0,17})|0x[0-9a-fA-F]{1,15}|0o[0-7]{1,20}"
_EXPONENT = r"[eE][-+]?[0-9]{1,3}"
_FLOAT = rf"[-+]?(?:(?:\.[0-9]+|(?:0|[1-9][0-9]*)\.[0-9]*)(?:{_EXPONENT})?|(?:0|[1-9][0-9]*){_EXPONENT})"
_PLAIN_TYPES = (
    ("null", r"~|null|Null|NULL|", "~nN"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", _INT, "-+0123456789"),
    ("float", _FLOAT, "-+.0123456789"),
    ("merge", r"<<", "<"),
)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Problem = tuple[StreamMark, str, str]
"""Where, the path with its keys joined by `/`, and what is wrong."""


class Refused(Exception):
    """The document goes past a limit, so that reading on would be unsafe or of no use."""

    def __init__(self, mark: StreamMark, path: str, message: str) -> None:
        super().__init__(message)
        self.mark = mark
        self.path = path


class PlainTypes(VersionedResolver):
    """Which unquoted words are null, true, false or numbers: YAML 1.2's core schema.

    Numbers with leading zeros, underscores or more than 18 digits, dates, `.inf` and `.nan` stay
    text, so that nothing is read as another value than the one that stands there.
    """

    _table: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - filled once, below

    @property
    def versioned_resolver(self) -> Any:
        """The table by first character, whatever a `%YAML` line says."""
        return self._table


for _name, _pattern, _first in _PLAIN_TYPES:
    for _character in (*_first, *([""] if _name == "null" else [])):
        PlainTypes._table.setdefault(_character, []).append((_PREFIX + _name, re.compile(f"(?:{_pattern})\\Z")))


class CarefulComposer(Composer):
    """Composes nodes while it counts what they would become, before any data is made of them."""

    allow_aliases = True

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False
        self.problems: list[Problem] = []
        self._trail: list[str] = []
        self._sizes: dict[Node, tuple[int, int]] = {}
        self._count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """One node, with the number of values and levels it stands for once aliases are written out."""
        event = self.parser.peek_event()
        self._trail.append(str(index.value if isinstance(index, ScalarNode) else "" if index is None else index))
        self._count += 1
        if len(self._trail) > MAX_DEPTH + 1:
            self._refuse(event, f"nested more than {MAX_DEPTH} levels deep")
        if not self.allow_aliases and (isinstance(event, AliasEvent) or event.anchor):
            self.problem(event, "anchors and aliases are not allowed here; write the value out")
        if getattr(event, "tag", None):
            self.problem(event, f"the tag {event.tag} is not allowed; write plain YAML without tags")
        node = super().compose_node(parent, index)
        if isinstance(event, AliasEvent):
            if node not in self._sizes:
                self._refuse(event, f"the alias *{event.anchor} stands inside the value that it names")
        else:
            self._sizes[node] = self._measure(node)
        size, depth = self._sizes[node]
        if depth + len(self._trail) - 1 > MAX_DEPTH:
            self._refuse(event, f"nested more than {MAX_DEPTH} levels deep once aliases are written out")
        if max(size, self._count) > MAX_NODES:
            self._refuse(event, f"more than {MAX_NODES:,} values once aliases are written out")
        self._trail.pop()
        return node

    def problem(self, at: Any, message: str) -> None:
        """Note what must be mended; reading goes on, so that everything is reported at once."""
        self.problems.append((at.start_mark, self._path(), message))

    def _refuse(self, at: Any, message: str) -> None:
        raise Refused(at.start_mark, "/".join([*filter(None, self._trail[:5])]), message)

    def _path(self) -> str:
        return "/".join(step for step in self._trail if step)

    def _measure(self, node: Node) -> tuple[int, int]:
        """Values and levels of a finished node; scalars and keys are checked on the way."""
        if isinstance(node, ScalarNode):
            self._check_scalar(node)
            return 1, 0
        children: list[Node] = node.value
        if isinstance(node, MappingNode):
            self._check_keys(node)
            children = [value for _, value in node.value]
        sizes = [self._sizes[child] for child in children]
        return 1 + sum(size for size, _ in sizes), 1 + max((depth for _, depth in sizes), default=0)

    def _check_scalar(self, node: ScalarNode) -> None:
        # ruamel.yaml marks the folds of a folded scalar with bell characters until it constructs the text
        text = node.value.replace("\a", "") if node.style == ">" else node.value
        found = _UNPRINTABLE.search(text)
        if found:
            self.problem(node, f"the character {found[0]!r} is not allowed in text")
        if node.tag == _PREFIX + "merge":
            self.problem(node, "merge keys (<<) are not supported; write the keys out")
        if node.tag == _PREFIX + "float" and math.isinf(float(node.value)):
            self.problem(node, f"the number {node.value} is too large")

    def _check_keys(self, node: MappingNode) -> None:
        first: dict[str, int] = {}
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                hint = "text that begins with { or [ needs quotes"
                self.problem(key, f"a key must be text, not a list or mapping; {hint}")
            elif key.tag not in (_PREFIX + "str", _PREFIX + "merge"):
                self.problem(key, f"a key must be text; write '{key.value}' in quotes")
            elif key.value in first:
                self._trail.append(key.value)
                self.problem(key, f"the key {key.value!r} is already given in line {first[key.value]}")
                self._trail.pop()
            else:
                first[key.value] = key.start_mark.line + 1


class _PatchComposer(CarefulComposer):
    allow_aliases = False


def round_trip() -> YAML:
    """A ruamel.yaml reader and writer that keeps comments, quotes and line breaks."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.Composer = CarefulComposer
    yaml.Resolver = PlainTypes
    return yaml


def compose(yaml: YAML, text: str, *, aliases: bool) -> tuple[Node | None, list[Problem]]:
    """The node tree of a document and everything that must be mended in it.

    Arguments:
        yaml: a fresh `round_trip()`; afterwards its constructor can make data of the node.
        text: the YAML.
        aliases: whether anchors and aliases are allowed.

    Raises:
        Refused: a limit is passed.
        YAMLError: the text is not one YAML document.
    """
    yaml.Composer = CarefulComposer if aliases else _PatchComposer
    constructor, _ = yaml.get_constructor_parser(text)
    composer = constructor.composer
    node: Node | None = composer.get_single_node()
    return node, composer.problems
