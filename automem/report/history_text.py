"""The tree of a run's versions as lines: what was made from what, why, what came of it, what it cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from rich.console import Console
from rich.text import Text

from automem.loops.effects import PROGRESSION
from automem.loops.proficiency.ledger import Made
from automem.loops.structure.lineage import Node
from automem.printable import printable
from automem.report.grid import spread
from automem.report.ledger import learnt, losses, played
from automem.report.lineage import expected, measured, one_line, spent
from automem.traces.summary import Mean

_COLOURS = {"accepted": "green", "waiting": "yellow", "playing": "yellow", "proposing": "yellow"}
_BRANCH, _LAST, _BESIDE, _BELOW = "├─ ", "└─ ", "│  ", "   "


def render_history(nodes: Sequence[Node], stopped: Mapping[int, str], console: Console) -> None:
    """Print the tree of a run; coloured on a terminal.

    Arguments:
        nodes: the versions made from none.
        stopped: the root of a lineage → why a person has stopped it.
    """
    for guide, text, style in chain.from_iterable(_lines(node, stopped, "", "") for node in nodes):
        console.print(Text(guide, "dim") + Text(printable(text), style), soft_wrap=True)


def render_trials(trials: Sequence[Made], console: Console) -> None:
    """Print what loop 2 has tried; nothing where it has tried nothing."""
    if trials:
        console.print(Text("\ntrials of a specialist"), soft_wrap=True)
    for made in trials:
        name = f"{made.trial.name} on v{made.trial.version}  {made.trial.status}"
        style = "bold" if made.specialist else ""
        console.print(Text(f"{name}{'  <- specialist' if made.specialist else ''}", style), soft_wrap=True)
        for text in _told(made):
            console.print(Text(_BELOW, "dim") + Text(printable(text), "dim"), soft_wrap=True)


def _told(made: Made) -> Iterator[str]:
    trial = made.trial
    told = {
        "by": trial.proposer,
        "reason:": one_line(trial.reason),
        "expects:": one_line(trial.expects),
        "trained on": learnt(trial),
        "loss": losses(trial),
        "progression": played(trial.effects[PROGRESSION]) if trial.effects else "",
        "verdict:": one_line(trial.why),
    }
    yield from (f"{what} {text}" for what, text in told.items() if text)
    costs = {"select episodes": made.played, "recipe and judge": made.meta}
    said = [f"{what} {spent(cost)}" for what, cost in costs.items() if cost.calls]
    said += [f"training {trial.seconds:,.0f} s, {trial.counts.get('tokens', 0):,} tokens"] if trial.weights else []
    if said:
        yield "cost: " + "; ".join(said)


def _lines(node: Node, stopped: Mapping[int, str], first: str, rest: str) -> Iterator[tuple[str, str, str]]:
    """A node's lines and those below it, each as guide, text and style.

    Arguments:
        first, rest: what stands before its first line, and before all others.
    """
    yield first, _title(node), "bold" if node.incumbent else _COLOURS.get(_word(node), "")
    beside = rest + (_BESIDE if node.children else _BELOW)
    for text in _details(node, stopped):
        yield beside, text, "dim"
    for child in node.children:
        last = child is node.children[-1]
        yield from _lines(child, stopped, rest + (_LAST if last else _BRANCH), rest + (_BELOW if last else _BESIDE))


def _title(node: Node) -> str:
    version, tried = node.version, node.tried
    names = [version.label if version else "", tried.candidate.name if tried else ""]
    parts = [" of ".join(filter(None, names)), _word(node)]
    if version is not None:
        parts.append(f"select {_score(node.progression)}")
    if node.incumbent:
        parts.append("<- incumbent")
    return "  ".join(parts)


def _word(node: Node) -> str:
    if node.tried is not None:
        return node.tried.candidate.status
    return node.version.origin if node.version is not None else ""


def _score(mean: Mean) -> str:
    return f"{spread(mean, '%.2f', scale=100)} % (n = {mean.n})" if mean.n else "not played"


def _details(node: Node, stopped: Mapping[int, str]) -> Iterator[str]:
    if node.version is not None and (reason := stopped.get(node.version.number)):
        yield one_line(f"stopped by a person: {reason}")
    tried = node.tried
    if tried is not None:
        yield f"{tried.candidate.place} by {tried.candidate.proposer}"
        if tried.reason:
            yield one_line(f"reason: {tried.reason}")
        for promise in tried.promises[:1]:
            yield f"expected {expected(promise)}; {measured(promise)}"
        yield one_line(tried.verdict)
    costs = {"select episodes": node.played, "report episodes": node.reported, "proposal": node.proposed}
    if said := [f"{what} {spent(cost)}" for what, cost in costs.items() if cost.calls]:
        yield "cost: " + "; ".join(said)
