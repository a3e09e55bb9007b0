"""The ledger of loop 2: each trial's recipe, what was trained by it, how that played, and why it was kept or not."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from automem.runs.candidates import Decision, Effect

Status = Literal["proposing", "selecting", "training", "playing", "passed", "rejected", "refused", "nothing"]
"""Where a trial stands.

`proposing`: its recipe is being written, or that was cut off. `selecting`: examples are chosen and made into lessons.
`training`: its adapter is trained. `playing`: base and specialist play. `passed`, `rejected`: by the gate. `refused`:
not played, because nothing that can be trained or trusted came of its recipe. `nothing`: no recipe was proposed.
"""

OPEN: frozenset[Status] = frozenset({"proposing", "selecting", "training", "playing"})
"""The statuses that are not the last."""


@dataclass(frozen=True)
class TrialRow:
    """One recipe, and what came of it.

    Arguments:
        number: counts from 1 over the whole run; its files are named after it.
        version: the scaffold's version that it is trained for, and plays.
        conditions: what the base alone played under, whose play is learnt from and is to be beaten, as
            `EpisodeRow.conditions`; a ledger has one version and one of these.
        proposer: who proposed, such as `experiment` (its own recipe), `catalogue` or `anthropic claude-opus-4-5`.
        status: where it stands.
        recipe: its YAML; empty while there is none.
        recipe_hash: a hash of what the recipe decides, its wording left out; empty while there is none.
        reason, expects: what the recipe says of itself.
        source: the trial whose selection it is trained on, its own number where it selects anew; None while unknown.
        counts: what selection and lessons came to: name → how many, such as `examples`, `chosen`, `lessons`, `tokens`.
        losses: name → loss on the trained tokens, such as `train` and `held_out`.
        seconds: how long its training took, in wall time.
        weights: hash of its adapter, as `keys.weights_hash`; empty while there is none.
        played: what base and specialist played under, as `EpisodeRow.conditions`; empty while there is no adapter.
        tasks: task → what it did to progression there.
        effects: metric → what it did to it; empty while not played.
        decision: what the gate said; None when it was not asked.
        why: what decided about it, in words; empty while open.
        created, changed: UTC, ISO 8601.
    """

    number: int
    version: int
    conditions: str
    proposer: str
    status: Status = "proposing"
    recipe: str = ""
    recipe_hash: str = ""
    reason: str = ""
    expects: str = ""
    source: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    losses: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    weights: str = ""
    played: str = ""
    tasks: Mapping[str, Effect] = field(default_factory=dict)
    effects: Mapping[str, Effect] = field(default_factory=dict)
    decision: Decision | None = None
    why: str = ""
    created: str = ""
    changed: str = ""

    @property
    def name(self) -> str:
        """A name for people and files: `t3`."""
        return f"t{self.number}"

    @property
    def gain(self) -> float | None:
        """Mean difference of progression to the base alone, 0 to 1; None where the gate was not asked."""
        return self.decision.difference if self.decision else None

    def as_data(self) -> dict[str, Any]:
        """All of it as plain data."""
        return asdict(self)


def ledger_of(trials: Iterable[TrialRow], version: int, conditions: str) -> list[TrialRow]:
    """Those of some trials that belong together: trained for one version, from and against the same play of it.

    Arguments:
        trials: all of a run, oldest first.
        version: the scaffold's.
        conditions: the base model, its settings and the world's.
    """
    return [one for one in trials if (one.version, one.conditions) == (version, conditions)]


def best_of(ledger: Iterable[TrialRow]) -> TrialRow | None:
    """The trial whose adapter is the specialist: of those that passed the one that gained most; None where none did.

    Of equal ones the earlier.
    """
    passed = [one for one in ledger if one.status == "passed"]
    return max(passed, key=lambda one: (one.gain or 0.0, -one.number), default=None)


def trial_key(number: int) -> str:
    """What the cost of proposing and judging for a trial is recorded under."""
    return f"trial:{number}"


_TOLD = ("counts", "losses", "tasks", "effects", "decision")


def trial_row(trial: TrialRow) -> dict[str, Any]:
    """A trial as a row of the database: what is no number or text, as JSON."""
    row = trial.as_data()
    return {**row, **{name: json.dumps(row[name], allow_nan=False) for name in _TOLD}}


def trial_from(row: Mapping[str, Any]) -> TrialRow:
    """The trial of a row."""
    told = {name: json.loads(row[name]) for name in _TOLD}
    for name in ("tasks", "effects"):
        told[name] = {key: Effect(**effect) for key, effect in told[name].items()}
    told["decision"] = None if told["decision"] is None else Decision(**told["decision"])
    return TrialRow(**{**row, **told})
