"""What the episodes still to be played will probably take: calls, tokens, money and time, as ranges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from automem.runs.costs import CHARS_PER_TOKEN, Cost, price_of
from automem.runs.lineup import Lineup
from automem.runs.records import Recorded
from automem.spec.experiment import ModelSection

_SHORTEST_ANSWER = 8
"""Tokens of an answer that is one short command."""


@dataclass(frozen=True)
class Span:
    """A range from `low` to `high`."""

    low: float = 0.0
    high: float = 0.0

    def __add__(self, other: Span) -> Span:
        return Span(self.low + other.low, self.high + other.high)

    def less(self, amount: float) -> Span:
        """What is left of the range after `amount`, never below 0."""
        return Span(max(self.low - amount, 0.0), max(self.high - amount, 0.0))


@dataclass(frozen=True)
class Estimate:
    """What some episodes will take.

    Arguments:
        calls: model calls.
        input_tokens: prompt tokens, cached ones included.
        output_tokens: tokens of answers.
        usd: money; None where a model has no price.
        seconds: time one after the other; None where nothing has been recorded.
        basis: what the figures come from, in words.
    """

    calls: Span = Span()
    input_tokens: Span = Span()
    output_tokens: Span = Span()
    usd: Span | None = Span()
    seconds: Span | None = Span()
    basis: str = ""

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(
            self.calls + other.calls,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            _sum(self.usd, other.usd),
            _sum(self.seconds, other.seconds),
            "; ".join(dict.fromkeys(basis for basis in (self.basis, other.basis) if basis)),
        )

    def less(self, paid: Cost) -> Estimate:
        """What is left when `paid` is there already."""
        return replace(
            self,
            calls=self.calls.less(paid.calls),
            input_tokens=self.input_tokens.less(paid.input_tokens),
            output_tokens=self.output_tokens.less(paid.output_tokens),
            usd=None if self.usd is None else self.usd.less(paid.usd),
            seconds=None if self.seconds is None else self.seconds.less(paid.seconds),
        )

    def up_to(self, times: int) -> Estimate:
        """What `times` as much takes at most, and nothing at least."""
        return replace(
            self,
            calls=Span(0, times * self.calls.high),
            input_tokens=Span(0, times * self.input_tokens.high),
            output_tokens=Span(0, times * self.output_tokens.high),
            usd=None if self.usd is None else Span(0, times * self.usd.high),
            seconds=None if self.seconds is None else Span(0, times * self.seconds.high),
        )

    def spread(self, lanes: int) -> Estimate:
        """The same, with the time it takes when `lanes` episodes are played at once."""
        if self.seconds is None:
            return self
        return replace(self, seconds=Span(self.seconds.low / lanes, self.seconds.high / lanes))


class Estimator:
    """Estimates one episode of a task, from the closest that is known.

    Arguments:
        lineup: the experiment, made ready.
        recorded: the run's finished episodes.
        costs: key → role → what a finished episode cost.
    """

    def __init__(self, lineup: Lineup, recorded: Iterable[Recorded], costs: Mapping[str, Mapping[str, Cost]]) -> None:
        self._lineup = lineup
        self._costs = costs
        self._found: dict[str, Estimate] = {}
        self._recorded = [one for one in recorded if one.row.key in costs]

    def episode(self, task: str) -> Estimate:
        """One episode of `task`: from episodes of this scaffold, else of others, else from the scaffold's text.

        Only episodes under the same conditions count: another model takes other time and money.
        """
        if task not in self._found:
            self._found[task] = self._estimate(task)
        return self._found[task]

    def _estimate(self, task: str) -> Estimate:
        wanted = (task, self._lineup.conditions)
        of_task = [one for one in self._recorded if (one.row.task, one.row.conditions) == wanted]
        same = [one for one in of_task if one.row.scaffold_hash == self._lineup.loaded.scaffold.hash]
        if same:
            return self._from_recorded(same, "recorded episodes of this scaffold")
        if of_task:
            return self._from_recorded(of_task, "recorded episodes of this run's other versions")
        return self._from_scaffold(task)

    def _usd(self, costs: Mapping[str, Cost]) -> float | None:
        """US dollars at the experiment's prices of now; None where a role has none."""
        total = 0.0
        for role, model in self._lineup.models.items():
            cost = costs.get(role, Cost())
            if model.prices is None:
                return None
            total += price_of(cost.input_tokens, cost.cached_tokens, cost.output_tokens, model.prices)
        return total

    def _from_recorded(self, episodes: Sequence[Recorded], basis: str) -> Estimate:
        costs = [self._costs[one.row.key] for one in episodes]
        each = [sum(by_role.values(), Cost()) for by_role in costs]
        prices = [self._usd(by_role) for by_role in costs]
        return Estimate(
            _span([cost.calls for cost in each]),
            _span([cost.input_tokens for cost in each]),
            _span([cost.output_tokens for cost in each]),
            None if None in prices else _span([price or 0.0 for price in prices]),
            _span([one.seconds or 0.0 for one in episodes]),
            f"{len(episodes)} {basis}",
        )

    def _from_scaffold(self, task: str) -> Estimate:
        """Every phase in every step, with one call at least and all its turns at most, to `max_steps`."""
        steps = self._lineup.tasks[task].max_steps
        limit = self._lineup.experiment.sampling.max_tokens
        prompts = self._lineup.agents[task].preview()
        found = Estimate(seconds=None, basis="prompt sizes and turn limits, every episode played to its longest")
        for phase, turns, model in self._conversations(task):
            prompt = len(prompts[phase].text) / CHARS_PER_TOKEN
            times = steps - 1 if phase == "log" else steps  # nothing is logged in the first step
            calls = Span(times, times * turns)
            given = Span(calls.low * prompt, calls.high * (prompt + limit * (turns - 1) / 2))
            got = Span(calls.low * _SHORTEST_ANSWER, calls.high * limit)
            found += Estimate(calls, given, got, _priced(given, got, model), seconds=None)
        return found

    def _conversations(self, task: str) -> list[tuple[str, int, ModelSection]]:
        """Phase, turn limit and model of each conversation of a step."""
        phases, models = self._lineup.loaded.scaffold.for_task(task).phases, self._lineup.models
        parts = [("log", phases.log.turns, models["specialist"])] if phases.log else []
        if self._lineup.split:
            commit = phases.plan.commit_turns or phases.plan.turns
            return [
                *parts,
                ("plan", phases.plan.turns, models["specialist"]),
                ("plan", commit, models["base"]),
            ]
        return [*parts, ("plan", phases.plan.turns, models["base"])]


def _span(values: Sequence[float]) -> Span:
    return Span(min(values), max(values))


def _sum(one: Span | None, other: Span | None) -> Span | None:
    return None if one is None or other is None else one + other


def _priced(given: Span, got: Span, model: ModelSection) -> Span | None:
    if model.prices is None:
        return None
    return Span(price_of(given.low, 0.0, got.low, model.prices), price_of(given.high, 0.0, got.high, model.prices))
