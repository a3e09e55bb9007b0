"""What a run has spent, and whether its budget allows another call."""

from __future__ import annotations

import time
from collections.abc import Callable

from automem.errors import BudgetReached
from automem.runs.costs import Cost
from automem.spec.experiment import Budget

_HOUR = 3600.0


class Meter:
    """Counts calls, tokens, money and time over a whole run, resumed parts included.

    The size of a call is known only once it is answered. So that the limit is not passed by the calls
    in flight, each of them is taken to be as large as the run's mean call until it is answered.

    Arguments:
        budget: the experiment's limits.
        spent: what the run has spent before, answers in journals included.
        seconds: time the run has played before.
        clock: a monotonic clock in seconds.
    """

    def __init__(
        self, budget: Budget, spent: Cost, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._budget = budget
        self._before = seconds
        self._clock = clock
        self._began = clock()
        self._in_flight = 0
        self.spent = spent

    @property
    def seconds(self) -> float:
        """Time this apply has played."""
        return self._clock() - self._began

    def begin(self) -> None:
        """Count a call as in flight; every `begin` is followed by one `end`.

        Raises:
            BudgetReached: the call would pass a limit; nothing is counted.
        """
        self.check()
        self._in_flight += 1

    def end(self, cost: Cost | None) -> None:
        """Count a call as answered, at this cost, or as failed (None)."""
        self._in_flight -= 1
        if cost is not None:
            self.spent += cost

    def spend(self, cost: Cost) -> None:
        """Count what has been paid for already.

        Raises:
            BudgetReached: another call would pass a limit; this one is counted all the same.
        """
        self.spent += cost
        self.check()

    def check(self) -> None:
        """Look whether another call may be made.

        Raises:
            BudgetReached: it would pass a limit.
        """
        open_calls = self._in_flight + 1
        mean = open_calls / max(self.spent.calls, 1)
        limits = (
            ("calls", self._budget.calls, self.spent.calls, self.spent.calls + open_calls),
            ("tokens", self._budget.tokens, self.spent.tokens, self.spent.tokens * (1 + mean)),
            ("usd", self._budget.usd, self.spent.usd, self.spent.usd * (1 + mean)),
            ("hours", self._budget.hours, self._hours(), self._hours()),
        )
        for name, limit, used, after in limits:
            if limit is not None and after > limit:
                raise BudgetReached(
                    f"the budget is reached: {round(used, 4)} of {limit:g} {name} are used, and another call would "
                    f"pass it; raise `budget: {{{name}: …}}` in the experiment and apply again to go on"
                )

    def _hours(self) -> float:
        return (self._before + self.seconds) / _HOUR
