"""What selection says of every example, and how a trial keeps it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from automem.errors import RunError
from automem.runs.files import write_text

State = Literal["chosen", "held_out", "rejected"]


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one example.

    Arguments:
        example: its id.
        state: `chosen` is trained on; `held_out` measures the loss of what is not; `rejected` is neither.
        by: what rejected it: `episodes` (not of the best share), `keep/NAME` (every filter that it fails),
            `judge/not_asked`, `judge/no_score`, `judge/at_least`, or the rule of `compose` that left it out.
        score: what ranked it, the judge's share included; None where it was rejected before.
    """

    example: str
    state: State
    by: tuple[str, ...] = ()
    score: float | None = None

    @property
    def episode(self) -> str:
        """The episode's id."""
        return self.example.partition("/")[0]

    @property
    def phase(self) -> str:
        """`log` or `plan`."""
        return self.example.rpartition("/")[2]


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Verdict)


def count(verdicts: Iterable[Verdict]) -> dict[str, int]:
    """How many there are of each kind, as a ledger keeps them.

    Names: `examples`, `chosen`, `held_out` and `rejected`, the first three also as `chosen.log`, `chosen.plan`;
    `rejected.BY` for each reason (an example may fail several filters), `alone.keep/NAME` where it was the only one.
    """
    counts: Counter[str] = Counter(dict.fromkeys(("examples", "chosen", "held_out", "rejected"), 0))
    for one in verdicts:
        counts.update(("examples", f"examples.{one.phase}", one.state))
        if one.state != "rejected":
            counts[f"{one.state}.{one.phase}"] += 1
        counts.update(f"rejected.{by}" for by in one.by)
        if len(one.by) == 1 and one.by[0].startswith("keep/"):
            counts[f"alone.{one.by[0]}"] += 1
    return dict(counts)


def write_verdicts(path: Path, verdicts: Iterable[Verdict]) -> None:
    """Keep verdicts, one a line of JSON; the file holds all of them or what it held before."""
    write_text(path, "".join(f"{_encoder.encode(one).decode()}\n" for one in verdicts))


def read_verdicts(path: Path) -> tuple[Verdict, ...]:
    """The verdicts that a trial kept.

    Raises:
        RunError: there are none, or the file is damaged.
    """
    try:
        lines = path.read_bytes().splitlines()
        return tuple(map(_decoder.decode, lines))
    except FileNotFoundError:
        raise RunError(f"{path}: no selection is kept there; the trial has selected nothing yet") from None
    except msgspec.MsgspecError as error:
        raise RunError(
            f"{path}: the selection that is kept there is damaged: {error}; remove it to select anew"
        ) from error
