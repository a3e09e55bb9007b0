"""What a conversation with a meta-model is to end with: one document, which is checked until it is in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from automem.spec.issues import Issue


@dataclass(frozen=True)
class Examined:
    """What can be said of a proposed text.

    Arguments:
        errors: what keeps it from being taken.
        warnings: what does not.
    """

    errors: Sequence[Issue]
    warnings: Sequence[Issue] = ()


@dataclass(frozen=True)
class Goal:
    """The document that is wanted.

    Arguments:
        noun: what it is called: `patch` or `recipe`.
        limited: where the experiment limits the conversation, such as `optimize.propose`.
        examine: says what is wrong with a text.
    """

    noun: str
    limited: str
    examine: Callable[[str], Examined]

    @property
    def check(self) -> str:
        """The tool that says what is wrong with one."""
        return f"check_{self.noun}"

    @property
    def propose(self) -> str:
        """The tool that ends the conversation with one."""
        return f"propose_{self.noun}"
