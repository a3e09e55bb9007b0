"""What the model can do to its memory by itself: which ops store and recall, and in which files."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from automem.memory.schema import FileSchema
from automem.memory.verbs import Verb, find_verb
from automem.patches.shown import Shown
from automem.spec.resolve import file_schemas
from automem.spec.scaffold import OpRule, PhaseName, Scaffold

LEAST_ROOM = 40
"""Characters: a file or an answer with less room does not hold a line such as `-12,7 iron beside the lava lake`."""

CREATED = ""
"""Stands for the files that the agent makes, among the names of files."""


@dataclass(frozen=True)
class Reach:
    """The model's own ways to its memory.

    Arguments:
        scaffold: without errors, its schemas written into it.
    """

    scaffold: Scaffold

    @cached_property
    def shown(self) -> Shown:
        """What the model is shown."""
        return Shown(self.scaffold)

    @cached_property
    def storing(self) -> dict[str, set[str]]:
        """The ops shown in LOG that put text into files → those of their files that have room for a line."""
        return {
            tag: {name for name in self._targets(op, verb) if self._room(self.schemas[name]) >= LEAST_ROOM}
            for tag, (op, verb) in self._shown("log").items()
            if verb.access == "write" and verb.onto != "old" and {"line", "text"} & set(verb.types.values())
        }

    @cached_property
    def written(self) -> set[str]:
        """The files that the model can put text into."""
        return {name for names in self.storing.values() for name in names}

    @cached_property
    def reading(self) -> dict[str, OpRule]:
        """The ops shown in PLAN that look at a file which the model writes to; at any, where it writes to none."""
        wanted = self.written or self.schemas.keys()
        shown = self._shown("plan").items()
        return {tag: op for tag, (op, verb) in shown if verb.access == "read" and self._targets(op, verb) & wanted}

    def place(self, phase: PhaseName) -> tuple[str, ...]:
        """Where an op that a phase lacks is to be mended: in the prompt, where that tells of none."""
        known = any(self.shown.tells(phase, tag) for tag, op in self.scaffold.ops.items() if phase in op.phases)
        return ("ops",) if known else ("phases", phase, "sections")

    @cached_property
    def schemas(self) -> dict[str, FileSchema]:
        """The schema of every file, and of those that the agent makes."""
        create, named = self.scaffold.memory.create, {**self.scaffold.library.schemas, **self.scaffold.schemas}
        return {**file_schemas(self.scaffold), **({CREATED: named[create.schema_name]} if create.allowed else {})}

    def _shown(self, phase: PhaseName) -> dict[str, tuple[OpRule, Verb]]:
        """The advertised ops of a phase that its prompt tells of, with their verbs."""
        ops = {tag: op for tag, op in self.scaffold.ops.items() if op.advertised and phase in op.phases}
        return {tag: (op, find_verb(op.verb)) for tag, op in ops.items() if self.shown.tells(phase, tag)}

    def _targets(self, op: OpRule, verb: Verb) -> set[str]:
        """The files that an op can work on."""
        schemas = self.schemas if op.file is None else {op.file: self.schemas[op.file]}
        return {name for name, schema in schemas.items() if verb.name in schema.file_kind.offered(schema)}

    def _room(self, schema: FileSchema) -> int:
        """The most characters that a file of this schema may hold."""
        limits = self.scaffold.memory.limits
        capped = schema.max_chars is not None and schema.overflow != "warn"
        return min(limits.file_chars, limits.total_chars, schema.max_chars if capped and schema.max_chars else 10**9)
