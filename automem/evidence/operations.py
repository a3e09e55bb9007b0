"""What the agent did with its memory, counted; and what of the scaffold spoke and acted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field

from automem.agent.record import Firing, Op
from automem.evidence.tool import OfVersion, Paged, Tool, clip, page, short
from automem.evidence.view import View
from automem.runs.records import Recorded
from automem.traces.metrics.ratio import Ratio
from automem.traces.ops import controls, in_vain, reads

Key = Literal["op", "verb", "phase", "file", "role"]
_EXAMPLES = 3
_MOST_EPISODES = 12


class Operations(Paged, OfVersion):
    """Arguments of `operations`."""

    by: tuple[Key, ...] = Field(("op", "phase", "file"), min_length=1, max_length=5, description="what is told apart")
    episode: str | None = Field(None, max_length=200, description="one episode; all of the version when left out")
    status: str | None = Field(None, max_length=40, description="only ops of this status, such as no_match")


class Firings(Paged, OfVersion):
    """Arguments of `firings`."""

    episode: str | None = Field(None, max_length=200, description="one episode; all of the version when left out")
    kind: Literal["notice", "guard", "update"] | None = Field(None, description="only these")


class _Group:
    """The ops that are alike."""

    def __init__(self) -> None:
        self.count = self.redundant = 0
        self._statuses: Counter[str] = Counter()
        self._examples: defaultdict[str, list[str]] = defaultdict(list)
        self._vain, self._shown, self._grown = Ratio(), Ratio(), Ratio()

    def add(self, op: Op, place: str) -> None:
        """Count one."""
        self.count += 1
        self._statuses[op.status] += 1
        self.redundant += op.redundant
        if reads(op):
            self._vain.add(in_vain(op))
            self._shown.add(op.shown)
        elif not controls(op):
            self._grown.add(op.after - op.before)
        if len(self._examples[op.status]) < _EXAMPLES:
            self._examples[op.status].append(place)

    def result(self) -> dict[str, Any]:
        """The figures; those that mean nothing here are left out."""
        figures = {
            "redundant": self.redundant or None,
            "found_nothing": self._vain.hits or None,
            "mean_lines_shown": short(self._shown.value),
            "mean_growth_chars": short(self._grown.value),
        }
        told = {name: value for name, value in figures.items() if value is not None}
        statuses = dict(self._statuses.most_common())
        return {"count": self.count, "statuses": statuses, **told, "examples": dict(self._examples)}


def _chosen(view: View, args: Operations | Firings) -> list[Recorded]:
    return view.of_version(args.version) if args.episode is None else [view.episode(args.episode, args.version)]


def operations(view: View, args: Operations) -> Mapping[str, Any]:
    """Ops counted in groups."""
    groups: defaultdict[tuple[str, ...], _Group] = defaultdict(_Group)
    for episode in _chosen(view, args):
        for step in view.steps(episode):
            for op in step.ops:
                if args.status in (None, op.status):
                    key = tuple(clip(getattr(op, name), 60) for name in args.by)
                    groups[key].add(op, f"{episode.id} step {step.number}")
    order = sorted(groups.items(), key=lambda entry: -entry[1].count)
    entries = ({**dict(zip(args.by, key, strict=True)), **group.result()} for key, group in order)
    return page(entries, args)


class _Fired:
    """How often one thing fired."""

    def __init__(self) -> None:
        self.count = 0
        self._episodes: Counter[str] = Counter()
        self._first: dict[str, int] = {}
        self._phases: Counter[str] = Counter()

    def add(self, episode: str, step: int, firing: Firing) -> None:
        """Count one."""
        self.count += 1
        self._episodes[episode] += 1
        self._first.setdefault(episode, step)
        self._phases[firing.phase] += 1

    def result(self) -> dict[str, Any]:
        """The figures, by episode where it fired most."""
        most = [
            {"episode": episode, "count": count, "first_step": self._first[episode]}
            for episode, count in self._episodes.most_common(_MOST_EPISODES)
        ]
        return {
            "count": self.count,
            "phases": dict(self._phases),
            "episodes": len(self._episodes),
            "most_in": most,
        }


def firings(view: View, args: Firings) -> Mapping[str, Any]:
    """What fired, how often and where; what never did is said too."""
    found: defaultdict[tuple[str, str, str], _Fired] = defaultdict(_Fired)
    episodes = _chosen(view, args)
    for episode in episodes:
        for step in view.steps(episode):
            for firing in step.firings:
                found[firing.kind, firing.name, firing.effect].add(episode.id, step.number, firing)
    scaffold = view.scaffold(episodes[0].version if episodes else args.version).plain()
    for kind, name in _declared(scaffold):
        if not any(key[:2] == (kind, name) for key in found):
            found[kind, name, ""] = _Fired()
    entries = (
        {"kind": kind, "name": name, "effect": effect, **fired.result(), "says": _words(scaffold, kind, name, effect)}
        for (kind, name, effect), fired in sorted(found.items(), key=lambda entry: -entry[1].count)
        if args.kind in (None, kind)
    )
    return page(entries, args)


def _declared(scaffold: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for section, kind in (("notices", "notice"), ("guards", "guard"), ("updates", "update")):
        for name in scaffold.get(section) or {}:
            yield kind, name


def _words(scaffold: Mapping[str, Any], kind: str, name: str, effect: str) -> str:
    """The rule's own text: a notice's by the names of the rules that held, joined by +; all of it where none has."""
    rule = (scaffold.get(f"{kind}s") or {}).get(name) or {}
    if kind == "notice":
        rules = rule.get("rules") or {}
        said = [str(part.get("say", "")) for key, part in rules.items() if not effect or key in effect.split("+")]
    else:
        said = [str(rule[key]) for key in ("reject", "warn", "rewrite", "text") if rule.get(key)]
    return clip("\n".join(said), 300)


TOOLS = (
    Tool(
        "operations",
        "The memory operations counted, told apart by op, verb, phase, file or role: how many, their statuses with"
        " examples (episode and step), redundant writes, searches that found nothing, mean lines shown, mean growth.",
        Operations,
        operations,
    ),
    Tool(
        "firings",
        "How often each notice, guard and update of the scaffold fired, in which episodes, from which step on, in"
        " which phase or on which op, and what it says. Those that never fired are listed with count 0.",
        Firings,
        firings,
    ),
)
