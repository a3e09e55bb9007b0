"""Extractors at work: each compiled rule reads one observation and gives one value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Protocol

from automem.agent.located import Expression, RuleError
from automem.envs.base import Extract, Observation, TaskInfo
from automem.registry import Registry, UnknownPart
from automem.spec.extract import (
    BuiltinExtract,
    ContainsExtract,
    EntitiesExtract,
    EntriesExtract,
    Extractor,
    RegexExtract,
    ValueExtract,
    ValueType,
)
from automem.spec.language import Match, Pattern, compile_regex

Values = Mapping[str, Any]


class Builtin(Protocol):
    """A named built-in: its parameters and the task's facts give an extractor."""

    def __call__(self, parameters: Mapping[str, Any], info: TaskInfo) -> Extract:
        """Make the extractor; called once a task. It raises ValueError where an observation lacks what it reads.

        Raises:
            ValueError: a parameter is unknown or wrong; the message names it.
        """
        ...


_NETHACK = "automem.envs.nethack.builtins"
BUILTINS: Registry[Builtin] = Registry(
    "built-in",
    "automem.builtins",
    {name: f"{_NETHACK}:{name}" for name in ("game_prompt", "grid_map", "status", "visits")},
)

_LINES_KEPT = 4096
_TRUE = frozenset({"true", "yes", "on", "1"})
_CASTS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": lambda text: text.casefold() in _TRUE,
}


def compile_extractor(name: str, rule: Extractor, info: TaskInfo) -> Extract:
    """The function that gives the variable `name`, as one extractor of a scaffold says."""
    if isinstance(rule, RegexExtract):
        return _regex(rule)
    if isinstance(rule, EntriesExtract):
        return _entries(rule)
    if isinstance(rule, EntitiesExtract):
        return _entities(rule)
    if isinstance(rule, ContainsExtract):
        return _contains(rule)
    if isinstance(rule, ValueExtract):
        expression = Expression(("observe", name, "value"), rule.value)
        return lambda _seen, variables, _before: expression.evaluate(variables)
    return _builtin(name, rule, info)


def _builtin(name: str, rule: BuiltinExtract, info: TaskInfo) -> Extract:
    try:
        extract = BUILTINS.load(rule.builtin)(rule.with_, info)
    except UnknownPart as error:
        raise RuleError(("observe", name, "builtin"), error) from error
    except ValueError as error:
        raise RuleError(("observe", name, "with"), error) from error

    def located(seen: Observation, variables: Values, before: Any) -> Any:
        try:
            return extract(seen, variables, before)
        except ValueError as error:
            raise RuleError(("observe", name, "builtin"), error) from error

    return located


def _cast(text: str | None, kind: ValueType) -> Any:
    """The group's value, none where it took no part.

    Raises:
        ValueError: the text is not of that type, so that there is no match.
    """
    return None if text is None else _CASTS[kind](text)


def _values(matches: Iterable[Match], value: Callable[[Match], Any]) -> Iterator[Any]:
    """The values of those matches whose text is of the types asked for."""
    for match in matches:
        try:
            one = value(match)
        except ValueError:
            continue
        yield one


def _regex(rule: RegexExtract) -> Extract:
    pattern = compile_regex(rule.regex)
    named = bool(pattern.groupindex)

    def value(match: Match) -> Any:
        if named:
            return {name: _cast(text, rule.types.get(name, rule.type)) for name, text in match.groupdict().items()}
        return _cast(match.group(1 if pattern.groups else 0), rule.type)

    def extract(seen: Observation, _variables: Values, _before: Any) -> Any:
        found = _values(pattern.finditer(seen.text), value)
        return list(found) if rule.all else next(found, rule.default)

    return extract


def _lines_under(text: str, heading: str | None) -> list[str]:
    lines = text.split("\n")
    if heading is None:
        return lines
    try:
        return lines[lines.index(heading) + 1 :]
    except ValueError:
        return []


def _by_line(pattern: Pattern, value: Callable[[Match], Any]) -> Callable[[str], Any]:
    """What a line gives, or None. Remembered, because an observation repeats most lines of the one before."""

    @lru_cache(maxsize=_LINES_KEPT)
    def of(line: str) -> Any:
        match = pattern.fullmatch(line)
        try:
            return None if match is None else value(match)
        except ValueError:
            return None

    return of


def _of_lines(of: Callable[[str], Any], text: str, heading: str | None) -> list[Any]:
    """What a section's lines give: up to the first line that does not match, or all that do without heading."""
    found = []
    for line in _lines_under(text, heading):
        value = of(line)
        if value is not None:
            found.append(value)
        elif heading is not None:
            break
    return found


def _entries(rule: EntriesExtract) -> Extract:
    def entry(match: Match) -> tuple[str, Any]:
        return match.group(1), _cast(match.group(2), rule.type)

    of = _by_line(compile_regex(rule.entries), entry)
    return lambda seen, _variables, _before: dict(_of_lines(of, seen.text, rule.under))


def _entities(rule: EntitiesExtract) -> Extract:
    def entity(match: Match) -> dict[str, Any]:
        return {name: _cast(part, rule.types.get(name, "str")) for name, part in match.groupdict().items()}

    of = _by_line(compile_regex(rule.entities), entity)
    return lambda seen, _variables, _before: _of_lines(of, seen.text, rule.under)


def _contains(rule: ContainsExtract) -> Extract:
    return lambda seen, _variables, _before: next((part for part in rule.contains if part in seen.text), None)
