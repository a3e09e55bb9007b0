"""What can go wrong, and what each kind of trouble means for a run.

Every error a person is expected to act on is an `AutoMemError`; the command line prints it without a
traceback and exits with its `exit_code`. Anything else that escapes is a bug and shows its traceback.

    AutoMemError                 exit 1
    ├── WrongSetting             a world refuses one of its settings
    ├── SpecError                a document is wrong; carries every issue found, each with its place
    ├── RunError                 the run directory is locked, of another format, or damaged
    ├── EngineRefused            a model server said no for good (key, model name, request): the run stops
    │   └── ContextExceeded      the request is longer than the model takes
    ├── Owed                     infrastructure trouble: the episode is owed, never scored
    │   ├── EngineUnavailable    a model or its server stayed silent or broken after every retry
    │   └── EnvironmentFailure   the world's process crashed, hung or was killed
    └── Incomplete               exit 3: work is left (budget reached, episodes owed, approval awaited)
        └── BudgetReached        a declared limit stops the run before the next call

A wrong op, a denied write or an invalid action of the *agent* is none of these: it is play, and the
agent is told about it in its next prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from automem.spec.issues import Issue

EXIT_DONE = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_INCOMPLETE = 3
EXIT_INTERRUPTED = 130


class AutoMemError(Exception):
    """Something the person who runs the command can mend; the message says what to do."""

    exit_code: int = EXIT_FAILED


class WrongSetting(AutoMemError):
    """A world refuses one of its settings.

    Arguments:
        name: the setting.
        message: why, and what would be right.
    """

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        super().__init__(message)


class SpecError(AutoMemError):
    """One or more documents do not say what the engine can run.

    Arguments:
        issues: every issue found, in the order it should be read (file, then line).
    """

    def __init__(self, issues: Sequence[Issue]) -> None:
        self.issues = tuple(issues)
        super().__init__("\n".join(str(issue) for issue in self.issues))


class RunError(AutoMemError):
    """A run directory cannot be used as it is."""


class EngineRefused(AutoMemError):
    """A model server rejects the request itself, so that repeating it cannot help."""


class ContextExceeded(EngineRefused):
    """A request is longer than the model takes."""


class Owed(AutoMemError):
    """The episode could not be finished for reasons that are not the agent's: it is owed, not scored."""


class EngineUnavailable(Owed):
    """A model could not be reached or kept answering wrongly after every retry."""


class EnvironmentFailure(Owed):
    """The process that plays the world crashed, hung or was killed."""


class Incomplete(AutoMemError):
    """The command did what it could; the same command goes on later."""

    exit_code = EXIT_INCOMPLETE


class BudgetReached(Incomplete):
    """A limit of the experiment's budget is reached; nothing further is paid for."""
