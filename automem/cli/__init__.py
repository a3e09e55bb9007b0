"""The command line: one file a command, imported when it is used."""

from __future__ import annotations

import io
import sys
from importlib import import_module

import click

from automem import __version__
from automem.errors import EXIT_FAILED, EXIT_INTERRUPTED, AutoMemError
from automem.printable import printable

_COMMANDS = {
    "init": "init",
    "doctor": "doctor",
    "validate": "validate",
    "lint": "lint",
    "plan": "plan",
    "apply": "apply",
    "noise": "noise",
    "render": "render",
    "diff": "diff",
    "patch": "patch",
    "review": "review",
    "history": "history",
    "runs": "runs",
    "report": "report",
    "view": "view",
    "trace": "trace",
    "memory": "memory",
    "evidence": "evidence",
    "recipe": "recipe",
    "schema": "schema",
}


class Commands(click.Group):
    """Finds each command in its own module."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order a person meets them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"automem.cli.{_COMMANDS[cmd_name]}").command
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="automem")
def group() -> None:
    """Agents whose memory is a directory of files: described in YAML, played, measured, improved.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 3 incomplete (the same command goes on), 130 interrupted.
    """


def main() -> None:
    """Run the command line; expected errors print without a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # ± and box lines, where the terminal's encoding lacks them
    try:
        sys.exit(group.main(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AutoMemError as error:
        click.echo(printable(str(error)), err=True)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; the same command goes on from here", err=True)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(EXIT_FAILED)
    except OSError as error:
        where = "the disk" if error.filename is None else str(error.filename)
        click.echo(printable(f"{where}: {error.strerror or error}; what was finished is kept"), err=True)
        sys.exit(EXIT_FAILED)
