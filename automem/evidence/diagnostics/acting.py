"""What the agent did in the world: actions that are none, that did nothing, that went round in circles."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from automem.evidence.diagnostics.finding import Finder, Finding, Moment, Tally, percent
from automem.traces.audit import Audit

_MOST_SPELLINGS = 30
_EDGES = re.compile(r"^\W+|\W+$")
_PATIENT = 3
_WORTH = 0.3
_ALIKE = 0.7
_CLEARLY = 0.05


class InvalidActions(Finder):
    """Spellings that are no action, the action each comes near, and steps on which the fallback ran."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._spellings: Counter[str] = Counter()
        self._actions: dict[str, None] = {}
        self._invalid, self._fallback = Tally(), Tally()

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        step = at.step
        self._actions.update(dict.fromkeys(at.actions))
        if not step.valid:
            self._spellings[" ".join(step.raw.split())] += 1
            self._invalid.hit("", at.episode, step.number, f"{step.raw!r}" if step.raw else "no action at all")
        if step.fallback:
            self._fallback.hit(step.action, at.episode, step.number)

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        for subject in self._invalid.subjects():
            times, weight = self._invalid.hits[subject], self._invalid.weight(subject, steps)
            near = self._near()
            yield Finding(
                "invalid_actions",
                subject,
                times,
                weight,
                f"{times} of {steps} written actions were none of the world's; {self._told(near)}",
                self._invalid.places(subject),
                "invalid_rate",
                {"spellings": dict(self._spellings.most_common(_MOST_SPELLINGS)), "near": near, **self._kinds()},
            )
        for action in self._fallback.subjects():
            times, weight = self._fallback.hits[action], self._fallback.weight(action, steps)
            detail = f"{action} ran {times} times because nothing else was to be made of the answer"
            yield Finding(
                "fallback_actions", action, times, weight, detail, self._fallback.places(action), "fallback_rate"
            )

    def _near(self) -> dict[str, str]:
        """Spelling, bare of what stands around it, → the one action it comes near."""
        found = {}
        for spelling, _ in self._spellings.most_common(_MOST_SPELLINGS):
            bare = _EDGES.sub("", spelling)
            action = _meant(bare, list(self._actions))
            if bare and bare.isprintable() and action is not None:
                found[bare] = action
        return found

    def _kinds(self) -> dict[str, int]:
        """How many spellings would be actions without the marks around them, and how many by their first word."""
        known = {action.casefold() for action in self._actions}
        decorated = first = 0
        for spelling, times in self._spellings.items():
            bare = _EDGES.sub("", spelling).casefold()
            decorated += times * (bare != spelling.casefold() and bare in known)
            first += times * (bare not in known and bare.split(" ")[0] in known)
        return {"decorated": decorated, "first_word": first}

    def _told(self, near: Mapping[str, str]) -> str:
        spelt = [f"{spelling or 'nothing'!r} ({times})" for spelling, times in self._spellings.most_common(5)]
        meant = [f"{spelling!r} may mean {action}" for spelling, action in list(near.items())[:3]]
        return ", ".join([*spelt, *meant])


def _meant(spelling: str, actions: list[str]) -> str | None:
    """The action that a text holds, or that it is spelt like; None where there are several, or none."""
    text = f" {spelling.casefold()} "
    held = [action for action in actions if f" {action.casefold()} " in text]
    if held:
        return held[0] if len(held) == 1 else None
    ratios = sorted(
        ((SequenceMatcher(None, text.strip(), one.casefold()).ratio(), one) for one in actions), reverse=True
    )
    (best, action), (second, _) = [*ratios, (0.0, ""), (0.0, "")][:2]
    return action if best >= _ALIKE and best - second >= _CLEARLY else None


class Repeats(Finder):
    """Actions that changed nothing to be seen, and those that were repeated all the same."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._played: Counter[str] = Counter()
        self._eventually: Counter[str] = Counter()
        self._series: Counter[str] = Counter()
        self._nothing, self._again = Tally(), Tally()
        self._in_vain = 0

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        before = at.before
        if before is None:
            self._in_vain = 0
        else:
            self._result(at, before.action)
            if at.unchanged and at.step.action == before.action:
                self._again.hit(at.step.action, at.episode, at.step.number)
            if at.step.action != before.action:
                self._in_vain = 0
        self._played[at.step.action] += 1

    def _result(self, at: Moment, action: str) -> None:
        """What the last action came to, now that the next observation shows it."""
        if at.unchanged:
            self._in_vain += 1
            self._series[action] += self._in_vain == _PATIENT
            self._nothing.hit(action, at.episode, at.step.number - 1)
        else:
            self._eventually[action] += self._in_vain >= _PATIENT
            self._in_vain = 0

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        for action in self._nothing.subjects():
            times, played = self._nothing.hits[action], self._played[action]
            detail = f"{action} changed nothing to be seen on {times} of the {played} times it was done"
            weight = self._nothing.weight(action, steps)
            yield Finding("no_effect", action, times, weight, detail, self._nothing.places(action), "unchanged_rate")
        patient = sorted(action for action in self._series if self._worth(action) >= _WORTH)
        for action in self._again.subjects():
            times = self._again.hits[action]
            series = self._series[action]
            worth = self._worth(action)
            detail = f"{action} was done again {times} times right after it had changed nothing"
            weight = self._again.weight(action, steps)
            yield Finding(
                "repeated_in_vain",
                action,
                times,
                weight,
                f"{detail}; of {series} series of {_PATIENT} or more in vain, {percent(worth)} came to something",
                self._again.places(action),
                "repeated_when_unchanged",
                {"patience": worth, "series": series, "patient": patient},
            )

    def _worth(self, action: str) -> float:
        """Of its series in vain, the share that came to something in the end."""
        series = self._series[action]
        return self._eventually[action] / series if series else 0.0


class Circles(Finder):
    """Two actions in turn, and long stretches without progress."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._last: list[str] = []
        self._swings = Tally()
        self._rise: tuple[float, int] = (0.0, 0)
        self._episode = ""
        self._stale: list[tuple[str, int, int]] = []
        self._steps = 0

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        if at.before is None:
            self._last, self._rise, self._episode = [], (at.step.progression, 0), at.episode
        self._last = [*self._last[-3:], at.step.action]
        a, b = self._last[:2], self._last[2:]
        if at.returned and len(b) == 2 and a == b and a[0] != a[1]:
            self._swings.hit(" / ".join(sorted(a)), at.episode, at.step.number)
        self._steps = at.step.number
        if at.step.progression > self._rise[0]:
            self._rise = at.step.progression, at.step.number

    def close(self, episode: str, audited: Audit) -> None:
        """Take note of the end of an episode."""
        if self._steps:
            self._stale.append((episode, self._rise[1], self._steps))

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        for pair in self._swings.subjects():
            times, weight = self._swings.hits[pair], self._swings.weight(pair, steps)
            detail = f"{times} steps went back and forth between {pair}, to what was seen before"
            places, more = self._swings.places(pair), {"actions": pair.split(" / ")}
            yield Finding(
                "back_and_forth",
                pair,
                times,
                weight,
                detail,
                places,
                "back_and_forth_rate",
                more,
            )
        lost = Tally()
        for episode, rise, length in self._stale:
            if length - rise > length / 2:
                lost.hit("", episode, rise + 1, f"no progress from here to step {length}")
        if lost.hits:
            stale = sum(length - rise for _, rise, length in self._stale if length - rise > length / 2)
            detail = f"{lost.hits['']} of {len(self._stale)} episodes made no progress in more than their second half"
            yield Finding("stagnation", "", stale, stale / steps, detail, lost.places(""), "progression")


class Losses(Finder):
    """Actions after which the world's own reward was negative."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._lost: defaultdict[str, float] = defaultdict(float)
        self._tally = Tally()
        self._played: Counter[str] = Counter()

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        self._played[at.step.action] += 1
        if at.step.reward < 0:
            self._lost[at.step.action] += at.step.reward
            self._tally.hit(at.step.action, at.episode, at.step.number, f"reward {at.step.reward:.3g}")

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        for action in self._tally.subjects():
            times, played = self._tally.hits[action], self._played[action]
            detail = (
                f"{action} was followed by a loss {times} of {played} times, {-self._lost[action]:.3g} reward in all"
            )
            weight, places = self._tally.weight(action, steps), self._tally.places(action)
            yield Finding("losses", action, times, weight, detail, places, "reward", {"share": times / played})
