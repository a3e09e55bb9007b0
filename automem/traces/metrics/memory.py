"""How the agent used its memory: what it wrote, whether it looked first, what the files came to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from automem.agent.record import Header, Op, Step
from automem.traces.metrics.ratio import Ratio
from automem.traces.ops import LOG, UNREAD, by_agent, controls, in_vain, is_own, is_reference, ran, reads, writes


class MemoryUse:
    """The agent's operations: their number, order and success."""

    def __init__(self) -> None:
        self._log_writes = Ratio()
        self._log_idle, self._blind, self._redundant = Ratio(), Ratio(), Ratio()
        self._empty: defaultdict[str, Ratio] = defaultdict(Ratio)
        self._turns: defaultdict[str, Ratio] = defaultdict(Ratio)
        self._ops: defaultdict[str, Ratio] = defaultdict(Ratio)
        self._statuses: Counter[str] = Counter()
        self._steps = 0
        self._roles: Counter[str] = Counter()

    def add(self, step: Step) -> None:
        """Count one step."""
        self._steps += 1
        own = [op for op in step.ops if by_agent(op)]
        self._roles.update({turn.role: 0 for turn in step.turns})
        self._roles.update(op.role for op in own if not controls(op))
        for phase, calls in Counter(turn.phase for turn in step.turns).items():
            issued = sum(op.phase == phase and not controls(op) for op in own)
            self._turns[phase].add(calls)
            self._ops[phase].add(issued)
            if phase == LOG:
                self._log_idle.add(issued == 0)
        consulted: set[str] = set()
        for op in own:
            self._statuses[op.status] += 1
            self._op(op, consulted)

    def _op(self, op: Op, consulted: set[str]) -> None:
        if reads(op):
            consulted.add(op.file)
            if op.verb == "search":
                self._empty[op.phase].add(in_vain(op))
                self._log_writes.total += op.phase == LOG
        elif writes(op):
            self._blind.add(op.file not in consulted)
            self._redundant.add(op.redundant or op.status == "duplicate")
            self._log_writes.hits += op.phase == LOG

    def result(self) -> dict[str, float | None]:
        """The metrics so far."""
        issued = self._statuses.total()
        refused = {
            "malformed_op_rate": sum(self._statuses[status] for status in UNREAD),
            "denied_op_rate": self._statuses["denied"],
            "rejected_op_rate": self._statuses["rejected"],
        }
        searches = Ratio()
        for phase in self._empty.values():
            searches.add(phase.hits, of=phase.total)
        return {
            "writes_per_search": self._log_writes.value,
            "log_without_ops_rate": self._log_idle.value,
            "blind_write_rate": self._blind.value,
            "redundant_write_rate": self._redundant.value,
            **{name: count / issued if issued else None for name, count in refused.items()},
            "empty_search_rate": searches.value,
            **{f"empty_search_rate.{phase}": ratio.value for phase, ratio in sorted(self._empty.items())},
            **{f"turns.{phase}": ratio.value for phase, ratio in sorted(self._turns.items())},
            **{f"ops.{phase}": ratio.value for phase, ratio in sorted(self._ops.items())},
            "memory_ops": self._roles.total() / self._steps if self._steps else None,
            **{f"memory_ops.{role}": count / self._steps for role, count in sorted(self._roles.items())},
        }


class Files:
    """What the files came to.

    Arguments:
        header: names the kinds of the files.
    """

    def __init__(self, header: Header) -> None:
        self._header = header
        self._grown = 0
        self._steps = 0

    def add(self, step: Step) -> None:
        """Count one step."""
        self._steps += 1
        self._grown += sum(op.after - op.before for op in step.ops if ran(op) and is_own(self._header, op.file))

    def result(self, final: Mapping[str, str]) -> dict[str, float | None]:
        """The metrics so far.

        Arguments:
            final: file name → text at the end of the episode.
        """
        found: dict[str, float | None] = {
            "memory_growth": self._grown / self._steps if self._steps else None,
            "memory_chars": float(sum(len(text) for file, text in final.items() if is_own(self._header, file))),
        }
        everywhere = Ratio()
        for file, text in sorted(final.items()):
            found[f"file_chars.{file}"] = float(len(text))
            if not is_reference(self._header, file):
                repeated, lines = duplicates(text)
                everywhere.add(repeated, of=lines)
                found[f"duplicate_lines.{file}"] = repeated / lines if lines else None
        return found | {"duplicate_lines": everywhere.value}


def duplicates(text: str) -> tuple[int, int]:
    """How many of the lines that are not blank stand above already, and how many lines there are."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return len(lines) - len(set(lines)), len(lines)
