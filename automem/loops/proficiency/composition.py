"""In what mixture examples are taken: caps, balance, near duplicates; the best first, and nothing left to chance."""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from automem.loops.proficiency.duplicates import Kept, Sketch
from automem.loops.proficiency.example import Phase
from automem.loops.proficiency.parts import PHASES
from automem.spec.recipe import Composition


@dataclass(frozen=True)
class Candidate:
    """What composition looks at in an example that was kept.

    Arguments:
        id, episode, phase, pattern: the example's.
        score: what ranks it.
        sketch: of its text; None where near duplicates are not looked for.
    """

    id: str
    episode: str
    phase: Phase
    pattern: str
    score: float
    sketch: Sketch | None = None


@dataclass(frozen=True)
class Composed:
    """A mixture.

    Arguments:
        taken: ids, the best score first.
        left: id → the rule of `compose` that kept it out.
    """

    taken: tuple[str, ...]
    left: Mapping[str, str]


def lot(seed: int, name: str) -> bytes:
    """What decides between equals: the same on every machine, and for every seed another order."""
    return hashlib.blake2b(f"{seed}/{name}".encode(), digest_size=16).digest()


def compose(rules: Composition, candidates: Sequence[Candidate], seed: int) -> Composed:
    """A mixture as large as the rules allow, as far as taking the best first finds it.

    Where a balance is asked for, the next one is always of the phase that is further behind, so that the caps of
    episodes are shared in the same way; it ends when that phase has no more. A pattern's cap is of the room that a
    phase has to begin with: were it of what is taken, two patterns could never share a phase with a cap of 0.4.

    Arguments:
        rules: of the recipe.
        candidates: in any order.
        seed: decides the order of equal scores.
    """
    ranked = sorted(candidates, key=lambda one: (-one.score, lot(seed, one.id)))
    room = _room(rules, Counter(one.phase for one in ranked))
    picking = _Picking(rules, {phase: _cap(rules, room[phase]) for phase in PHASES})
    if rules.log_share is None:
        for one in ranked:
            picking.offer(one)
    else:
        _balance(picking, ranked, _shares(rules.log_share))
    return Composed(tuple(picking.taken), picking.left)


def _shares(log: float) -> dict[Phase, float]:
    return {"log": log, "plan": 1 - log}


def _balance(picking: _Picking, ranked: Sequence[Candidate], shares: Mapping[Phase, float]) -> None:
    """Offer what is ranked so that the phases keep their shares all along, to within one example."""
    queues = {phase: deque(one for one in ranked if one.phase == phase) for phase in PHASES}
    wanted = [phase for phase in PHASES if shares[phase] > 0]
    taken = True
    while taken:
        # D'Hondt's rule: the phase whose next one is worth most by its share.
        queue = queues[min(wanted, key=lambda phase: (picking.phases[phase] + 1) / shares[phase])]
        taken = False
        while queue and not taken:
            taken = picking.offer(queue.popleft())
    rule = "most" if picking.full else "log_share"
    for queue in queues.values():
        picking.left.update((one.id, rule) for one in queue)


def _cap(rules: Composition, room: int) -> int:
    """How many of one pattern a phase may have."""
    return room if rules.per_pattern is None else max(1, math.floor(rules.per_pattern * room + 1e-9))


def _room(rules: Composition, found: Mapping[Phase, int]) -> dict[Phase, int]:
    """How many of each phase there is room for, where so many are found; without a balance, all that `most` allows."""
    there: dict[Phase, int] = {phase: min(found.get(phase, 0), rules.most) for phase in PHASES}
    if rules.log_share is None:
        return there
    shares = _shares(rules.log_share)
    whole = min([rules.most, *(there[phase] / part for phase, part in shares.items() if part)])
    return {phase: math.ceil(whole * part - 1e-9) for phase, part in shares.items()}


class _Picking:
    """One pass over the candidates.

    Arguments:
        rules: of the recipe.
        patterns: how many of one pattern there may be in each phase.
    """

    def __init__(self, rules: Composition, patterns: Mapping[Phase, int]) -> None:
        self._rules, self._most = rules, patterns
        self.taken: list[str] = []
        self.left: dict[str, str] = {}
        self.phases: Counter[str] = Counter()
        self._episodes: Counter[str] = Counter()
        self._patterns: Counter[tuple[str, str]] = Counter()
        self._kept: defaultdict[tuple[str, str], Kept] = defaultdict(lambda: Kept(rules.near_duplicates or 1.0))

    @property
    def full(self) -> bool:
        """Whether there are as many as there may be."""
        return len(self.taken) >= self._rules.most

    def offer(self, one: Candidate) -> bool:
        """Take the next best, or note why not; gives whether it was taken."""
        if rule := self._against(one):
            self.left[one.id] = rule
            return False
        self.taken.append(one.id)
        self.phases[one.phase] += 1
        self._episodes[one.episode] += 1
        self._patterns[one.phase, one.pattern] += 1
        if one.sketch is not None:
            self._kept[one.phase, one.pattern].keep(one.sketch)
        return True

    def _against(self, one: Candidate) -> str:
        """The first rule that keeps it out; empty where none does."""
        rules, kind = self._rules, (one.phase, one.pattern)
        if rules.per_episode is not None and self._episodes[one.episode] >= rules.per_episode:
            return "per_episode"
        if rules.per_pattern is not None and self._patterns[kind] >= self._most[one.phase]:
            return "per_pattern"
        if self.full:
            return "most"
        # Last, because it is what takes time.
        return "near_duplicates" if one.sketch is not None and self._kept[kind].has(one.sketch) else ""
