"""Everything that can be found wrong with a patch before it is played: on paper, and in the world's sample."""

from __future__ import annotations

from dataclasses import dataclass

from automem.patches.model import Patch
from automem.spec.issues import Issue
from automem.spec.resolve import ResolvedScaffold


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Arguments:
        issues: everything to be said, warnings included; about the patch, or about the scaffold it would make.
        patch: the document; None where it is none.
        scaffold: the scaffold it makes, self-contained; None where there are errors.
        inverse: the patch that takes it back, as YAML; empty where there are errors.
    """

    issues: tuple[Issue, ...]
    patch: Patch | None = None
    scaffold: ResolvedScaffold | None = None
    inverse: str = ""

    @property
    def errors(self) -> tuple[Issue, ...]:
        """The issues that keep the patch from being played."""
        return tuple(issue for issue in self.issues if issue.severity == "error")
