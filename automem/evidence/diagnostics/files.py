"""What the files came to: growth, lines twice, files and lines nobody looked at, facts found anew."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from automem.evidence.diagnostics.finding import Finder, Finding, Moment, Place, Tally, percent
from automem.traces.audit import Audit
from automem.traces.ops import by_agent, is_own, ran, writes, written_lines


class Growth(Finder):
    """How fast each file grows, and whether it still does in the last third of an episode."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._sizes: dict[str, list[tuple[int, int]]] = {}
        self._all: Counter[str] = Counter()
        self._late: Counter[str] = Counter()
        self._final: defaultdict[str, list[int]] = defaultdict(list)
        self._late_steps = self._steps = 0
        self._writes = Tally()

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        if at.before is None:
            self._sizes = {}
        for op in at.step.ops:
            if ran(op) and op.after != op.before and is_own(at.header, op.file):
                self._sizes.setdefault(op.file, []).append((at.step.number, op.after - op.before))
                self._writes.hit(op.file, at.episode, at.step.number, f"{op.after} characters")
        self._steps = at.step.number

    def close(self, episode: str, audited: Audit) -> None:
        """Take note of the end of an episode."""
        late = self._steps - self._steps // 3
        self._late_steps += self._steps // 3
        for file, grown in self._sizes.items():
            self._all[file] += sum(chars for _, chars in grown)
            self._late[file] += sum(chars for number, chars in grown if number > late)
        for one in audited.files:
            self._final[one.name].append(one.chars)

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        for file in sorted(file for file, chars in self._all.items() if chars > 0):
            rate, late = self._all[file] / steps, self._late[file] / max(1, self._late_steps)
            largest = max(self._final[file], default=0)
            still = late >= rate / 2
            detail = (
                f"{file} grows by {rate:.1f} characters a step ({late:.1f} in the last third), to {largest} at most"
            )
            yield Finding(
                "growth",
                file,
                rate,
                self._writes.weight(file, steps),
                detail,
                self._writes.places(file),
                "memory_growth",
                {"late": late, "still": still, "largest": largest},
            )


class Unused(Finder):
    """Lines that stand twice, files never read or never touched, lines never shown again, facts written anew."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._first: dict[tuple[str, str], int] = {}
        self._anew, self._touched = Tally(), Tally()
        self._episodes = 0
        self._known: dict[str, None] = {}
        self._reads: Counter[str] = Counter()
        self._writes: Counter[str] = Counter()
        self._lines: Counter[str] = Counter()
        self._twice: Counter[str] = Counter()
        self._unseen: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self._written = 0

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        if at.before is None:
            self._first = {}
        for op in at.step.ops:
            if by_agent(op) and writes(op):
                self._touched.hit(op.file, at.episode, at.step.number)
                for line in written_lines(op) if op.status == "ok" else ():
                    self._line(at, op.file, line)

    def _line(self, at: Moment, file: str, line: str) -> None:
        known = self._first.get((file, line.casefold()))
        self._first.setdefault((file, line.casefold()), at.step.number)
        if known is not None:
            self._anew.hit(file, at.episode, at.step.number, f"{line!r}, known since step {known}")

    def close(self, episode: str, audited: Audit) -> None:
        """Take note of the end of an episode."""
        self._episodes += 1
        self._written += audited.written
        for one in audited.files:
            if not one.fixed:
                self._known[one.name] = None
            self._reads[one.name] += one.reads
            self._writes[one.name] += one.writes
            self._lines[one.name] += one.lines
            self._twice[one.name] += one.duplicates
        for file, lines in audited.unseen.items():
            self._unseen[file] += [(episode, line) for line in lines]

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        for file in (file for file in self._known if self._twice[file]):
            share = self._twice[file] / self._lines[file]
            weight = self._anew.weight(file, steps)
            detail = f"{self._twice[file]} of the {self._lines[file]} final lines of {file} stand above already"
            metric = f"duplicate_lines.{file}"
            yield Finding("duplicate_lines", file, share, weight, detail, self._anew.places(file), metric)
        for file in self._anew.subjects():
            times, weight = self._anew.hits[file], self._anew.weight(file, steps)
            detail = f"{times} lines were written to {file} although they had been before"
            yield Finding("written_anew", file, times, weight, detail, self._anew.places(file), "duplicate_lines")
        yield from self._never_looked_at(steps)

    def _never_looked_at(self, steps: int) -> Iterator[Finding]:
        for file in (file for file in self._known if not self._reads[file]):
            written = self._writes[file]
            weight, places = self._touched.weight(file, steps), self._touched.places(file)
            if written:
                detail = f"{file} was written {written} times and never looked at by an op"
                yield Finding("never_read", file, written, weight, detail, places, f"file_chars.{file}")
            elif self.scaffold.get("memory", {}).get("files", {}).get(file) is not None:
                detail = f"{file} was neither written nor read in {self._episodes} episodes"
                yield Finding("never_used", file, self._episodes, 0.0, detail)
        for file, lines in sorted(self._unseen.items()):
            share = len(lines) / max(1, self._written)
            places = tuple(Place(episode, 1, f"never shown again: {line!r}"[:200]) for episode, line in lines[:3])
            detail = f"{len(lines)} lines of {file} were never shown again, {percent(share)} of all that was written"
            weight = min(len(lines) / steps, 1.0)
            yield Finding("never_shown", file, len(lines), weight, detail, places, f"file_chars.{file}")
