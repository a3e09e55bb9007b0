"""How memory was read and written: searches in vain, answers cut or long, writes without a look."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from automem.agent.record import Op
from automem.evidence.diagnostics.finding import Finder, Finding, Moment, Tally, percent
from automem.traces.ops import LOG, by_agent, in_vain, reads, writes, written_lines

_LONG = 1_500
_ROUTINE = 0.5


class Reading(Finder):
    """Searches that found nothing, answers that were cut or long, files looked up in PLAN as a matter of routine."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._vain, self._cut, self._long, self._planned = Tally(), Tally(), Tally(), Tally()
        self._words: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._looked: Counter[str] = Counter()
        self._longest: Counter[str] = Counter()

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        for op in at.step.ops:
            if by_agent(op) and reads(op):
                self._look(at, op)

    def _look(self, at: Moment, op: Op) -> None:
        here = at.episode, at.step.number
        self._looked[op.file] += 1
        if op.verb == "search" and in_vain(op):
            word = op.args.get("word", "")
            self._words[op.file][word] += 1
            self._vain.hit(op.file, *here, f"{word!r} was not found")
        if op.verb != "tail" and 0 < op.shown < op.total:
            self._cut.hit(op.file, *here, f"{op.op} showed {op.shown} of {op.total} lines")
        if len(op.reply) > _LONG:
            self._longest[op.op] = max(self._longest[op.op], len(op.reply))
            self._long.hit(op.op, *here, f"{op.file}: {len(op.reply)} characters")
        if op.phase != LOG and op.verb in ("read", "tail"):
            self._planned.hit(op.file, *here)

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        for file in self._vain.subjects():
            times, words = self._vain.hits[file], self._words[file].most_common(5)
            most = ", ".join(f"{word!r} ({count})" for word, count in words)
            weight, places = self._vain.weight(file, steps), self._vain.places(file)
            detail = f"{times} of {self._looked[file]} looks into {file} were searches that found nothing: {most}"
            more = {"words": dict(words)}
            yield Finding("empty_searches", file, times, weight, detail, places, "empty_search_rate", more)
        for file in self._cut.subjects():
            times, weight = self._cut.hits[file], self._cut.weight(file, steps)
            detail = f"{times} answers about {file} showed only part of what there is"
            yield Finding("cut_answers", file, times, weight, detail, self._cut.places(file), f"file_chars.{file}")
        for tag in self._long.subjects():
            times, weight, longest = self._long.hits[tag], self._long.weight(tag, steps), self._longest[tag]
            detail = f"{times} answers to {tag} had more than {_LONG} characters, the longest {longest}"
            yield Finding(
                "long_answers", tag, longest, weight, detail, self._long.places(tag), "input_chars", {"times": times}
            )
        for file in self._planned.subjects():
            weight = self._planned.weight(file, steps)
            if weight >= _ROUTINE:
                detail = f"{file} was read or its end was shown in PLAN on {percent(weight)} of all steps"
                yield Finding("routine_reads", file, weight, weight, detail, self._planned.places(file), "turns.plan")


class Writing(Finder):
    """Writes of what stands there already, writes without a look, and rewrites that lose lines."""

    def __init__(self, scaffold: Mapping[str, Any]) -> None:
        super().__init__(scaffold)
        self._known, self._blind, self._lost = Tally(), Tally(), Tally()
        self._writes: Counter[str] = Counter()

    def see(self, at: Moment) -> None:
        """Look at the next step."""
        looked: set[str] = set()
        for op in at.step.ops:
            if by_agent(op) and reads(op):
                looked.add(op.file)
            elif by_agent(op) and writes(op):
                self._wrote(at, op, looked)

    def _wrote(self, at: Moment, op: Op, looked: set[str]) -> None:
        here = at.episode, at.step.number
        self._writes[op.file] += 1
        said = "; ".join(written_lines(op))
        if op.redundant or op.status == "duplicate":
            self._known.hit(op.file, *here, said)
        if op.file not in looked and op.verb != "create":
            self._blind.hit(op.file, *here, said)
        if op.verb == "write" and op.status == "ok" and op.after < op.before / 2:
            self._lost.hit(op.file, *here, f"{op.before} characters became {op.after}")

    def findings(self, steps: int) -> Iterator[Finding]:
        """What was found."""
        told = (
            ("redundant_writes", self._known, "redundant_write_rate", "said what already stood there"),
            ("blind_writes", self._blind, "blind_write_rate", "came without a look at it in the same step"),
            ("lost_lines", self._lost, "memory_chars", "replaced it by less than half of what it held"),
        )
        for name, tally, metric, what in told:
            for file in tally.subjects():
                times, of = tally.hits[file], self._writes[file]
                detail = f"{times} of {of} writes to {file} {what}"
                weight, places = tally.weight(file, steps), tally.places(file)
                yield Finding(name, file, times, weight, detail, places, metric, {"share": times / of})
