"""What no revision may take from an agent: memory that is its own to write, to read and to keep.

1. *It writes.* In LOG the model is told of an op that puts text into a file, and the file has room for a line.
2. *It reads.* In PLAN it is told of an op that looks at a file which it writes to, and shown what that finds.
3. *It decides.* No guard stands between it and all of these ops, or the end of a phase, whatever happens.
4. *Files last.* The engine does nothing to a file that the model writes to that could cost the model a line: it neither
   writes over nor deletes in one, sets no line of a keyed one, and puts none into one that drops its oldest lines.
5. *Outcomes are seen first.* Nothing is written to memory in PLAN, before the action's outcome is known.

Each holds for the scaffold and for what each variant, and the variants of each task together, make of it.

The language rules out the rest by itself, for any scaffold: the first step has no LOG; an update runs before PLAN,
so about an outcome that was observed; a phase has at least one turn and an op at least one use in it; a file holds at
least one line besides its head and its marker; the engine alone writes to automatic files, and nobody to reference
files; no file is ever taken away during an episode; a guard of a phase's end, and one that rejects the action, says
`at_most`. What a guard's condition comes to in play cannot be known here, nor what several guards refuse together:
the metrics `rejected_op_rate` and `guard` show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from automem.memory.verbs import find_verb
from automem.patches.reach import LEAST_ROOM, Reach
from automem.patches.shown import SAMPLE, STEPS, rendered, settled
from automem.spec.issues import Issue
from automem.spec.language import compile_template
from automem.spec.overlay import lay_over, overlaid, variants_of
from automem.spec.resolve import ResolvedScaffold
from automem.spec.scaffold import Guard, Scaffold, Update
from automem.spec.source import Document


def broken(scaffold: ResolvedScaffold, document: Document, tasks: Sequence[str] = ()) -> list[Issue]:
    """What of this a scaffold breaks, by itself or with its variants.

    Arguments:
        scaffold: self-contained and without errors.
        document: where issues are placed.
        tasks: the world's tasks, for which several variants may come together.
    """
    variants = scaffold.data.get("variants") or {}
    stacks = [(), *((name,) for name in variants), *(tuple(variants_of(scaffold.data, task)) for task in tasks)]
    found: dict[tuple[str, str], Issue] = {}
    for stack in dict.fromkeys(stacks):
        seen, content = document, {key: part for key, part in scaffold.data.items() if key != "variants"}
        for name in stack:
            seen, content = overlaid(seen, name), lay_over(content, variants[name]["set"])
        for issue in Invariants(Scaffold.model_validate(content), seen).issues():
            if (issue.path, issue.message) not in found:
                found[issue.path, issue.message] = _with(stack, issue)
    return list(found.values())


def _with(stack: tuple[str, ...], issue: Issue) -> Issue:
    """An issue that variants bring about outside themselves says so."""
    if not stack or issue.path.startswith("variants/"):
        return issue
    return replace(issue, message=f"with {_listed('variant', stack)}: {issue.message}")


@dataclass(frozen=True)
class Invariants:
    """What must hold, asked of one scaffold.

    Arguments:
        scaffold: without errors, its schemas written into it.
        document: where issues are placed.
    """

    scaffold: Scaffold
    document: Document

    def issues(self) -> Iterator[Issue]:
        """Every invariant that is broken, with its place."""
        yield from self._writes()
        yield from self._reads()
        yield from self._guards()
        yield from self._updates()
        yield from self._plan()

    @cached_property
    def _reach(self) -> Reach:
        return Reach(self.scaffold)

    def _writes(self) -> Iterator[Issue]:
        if self.scaffold.phases.log is None:
            message = "the model itself must write its memory: there is no phase log, in which it could"
            yield self.document.issue(("phases", "log"), message)
        elif not self._reach.storing:
            message = (
                "the model itself must write its memory: log must advertise, and show in its prompt, at least one op "
                "that puts text into a file (append, write or upsert)"
            )
            yield self.document.issue(self._reach.place("log"), message)
        elif not self._reach.written:
            message = (
                f"the model's writes must be kept: no file that {', '.join(self._reach.storing)} can write to has "
                f"room for {LEAST_ROOM} characters; see max_chars and memory/limits"
            )
            yield self.document.issue(("memory",), message)

    def _reads(self) -> Iterator[Issue]:
        reading = self._reach.reading
        limits = self.scaffold.memory.limits
        if not reading:
            written = ", ".join(sorted(filter(None, self._reach.written)))
            message = (
                "the model itself must recall its memory: plan must advertise, and show in its prompt, at least one op "
                "(read, search, tail or count) that looks at a file it writes to" + (f": {written}" if written else "")
            )
            yield self.document.issue(self._reach.place("plan"), message)
        elif limits.read_chars < LEAST_ROOM and not all(op.verb == "count" for op in reading.values()):
            message = f"the model must see what it recalls: an answer needs room for {LEAST_ROOM} characters"
            yield self.document.issue(("memory", "limits", "read_chars"), message)
        elif not self._reach.shown.results:
            message = "the model must see what it recalls: this template says nothing of `replies`"
            yield self.document.issue(("phases", "plan", "results"), message)
        elif not any(map(self._reach.shown.answers, reading)):
            message = f"the model must see what it recalls: no answer of {', '.join(reading)} says what was found"
            yield self.document.issue(("replies",), message)

    def _guards(self) -> Iterator[Issue]:
        for phase, tags, doing in (("log", self._reach.storing, "stored"), ("plan", self._reach.reading, "recalled")):
            blocks = {tag: name for tag in tags if (name := self._blocked(tag, phase))}
            if tags and len(blocks) == len(tags):
                names = list(dict.fromkeys(blocks.values()))
                message = (
                    f"the model must decide what is {doing}: {_listed('guard', names)} always acts on "
                    f"{', '.join(tags)}, and {phase} has no other op for it; give `when` a condition, or `at_most` a "
                    "number below the phase's turns"
                )
                yield self.document.issue(("guards", names[0]), message)
        for name, guard in self.scaffold.guards.items():
            if guard.on in ("log", "plan") and self._always(guard, guard.on):
                message = f"the model must be able to end {guard.on}: this guard refuses it until the turns run out"
                yield self.document.issue(("guards", name), message)

    def _blocked(self, tag: str, phase: str) -> str:
        """The guard that never lets an op through as it was written; empty when none does."""
        guards = self.scaffold.guards.items()
        return next((name for name, guard in guards if guard.on == tag and self._always(guard, phase)), "")

    def _always(self, guard: Guard, phase: str) -> bool:
        """Whether a guard acts on all that a step could hold, and leaves nothing of what the model wrote."""
        rule = self.scaffold.phases.log if phase == "log" else self.scaffold.phases.plan
        if guard.at_most is not None and rule is not None and guard.at_most < rule.turns:
            return False
        op = self.scaffold.ops.get(guard.on)
        known: dict[str, Any] = {"phase": phase, "tables": self.scaffold.tables}
        if op is not None:
            known["op"] = {"tag": guard.on, "verb": op.verb, "about": op.about}
        if guard.warn is not None or (guard.rewrite is not None and _keeps(guard.rewrite, known)):
            return False
        return all(settled(guard.when, {**known, "step": step}) for step in STEPS)

    def _updates(self) -> Iterator[Issue]:
        for name, update in self.scaffold.updates.items():
            if update.file in self._reach.written and (effect := self._harm(update)):
                message = (
                    f"files must last: this {effect} {update.file}, in which the model keeps its own words; give the "
                    "engine a file of its own (a schema with `type: automatic`)"
                )
                yield self.document.issue(("updates", name, "verb"), message)

    def _harm(self, update: Update) -> str:
        """What an update does to the model's lines in the file it writes to; empty when they stay."""
        schema = self._reach.schemas[update.file]
        if update.verb in ("write", "delete"):
            return "writes over" if update.verb == "write" else "deletes in"
        if schema.file_kind.keys:
            return "may set a line of the model's in"
        drops = (schema.overflow or schema.file_kind.overflows[0]) == "drop_oldest"
        return "may push the oldest lines out of" if drops else ""

    def _plan(self) -> Iterator[Issue]:
        for tag, op in self.scaffold.ops.items():
            if "plan" in op.phases and find_verb(op.verb).access == "write":
                message = (
                    "nothing may be recorded of an outcome before it is seen: plan comes before the action runs; "
                    f"allow {op.verb} in log"
                )
                yield self.document.issue(("ops", tag, "phases"), message)


def _keeps(rewrite: str, known: Mapping[str, Any]) -> bool:
    """Whether something of the model's own words can be left of an op that is rewritten."""
    if not any(reference[0] == "op" for reference in compile_template(rewrite).references):
        return False
    op = {**known.get("op", {}), "text": SAMPLE, "args": {"text": SAMPLE, "line": SAMPLE}}
    return rendered(rewrite, {**known, "op": op}) != ""


def _listed(what: str, names: Sequence[str]) -> str:
    return f"the {what if len(names) == 1 else what + 's'} {' and '.join(map(repr, names))}"
