"""`automem patch check|apply|revert`."""

from __future__ import annotations

from pathlib import Path

import click

from automem.api import patch as patching
from automem.api.lookup import find_document
from automem.api.patch import Patching
from automem.cli.options import FILE, console, echo_json, json_option, runs_option
from automem.errors import EXIT_FAILED
from automem.printable import printable
from automem.report.diff_text import print_diff

_NEW = click.Path(dir_okay=False, path_type=Path)
_PATCH = click.argument("patch", type=FILE)
_SCAFFOLD = click.argument("scaffold")
_OUTPUT = click.option("--output", type=_NEW, help="Write the result here instead of over SCAFFOLD.")
_UNDO = click.option("--undo", type=_NEW, help="Write the patch that takes this back, byte for byte, here.")


@click.group("patch")
def command() -> None:
    """Check a patch of a scaffold, apply it, take it back.

    SCAFFOLD is a file; to check, or with --output, also a shipped scaffold (crafter/v0) or a version of a run (RUN@v0).
    """


@command.command("check")
@_PATCH
@_SCAFFOLD
@runs_option
@json_option
@click.pass_context
def check_command(ctx: click.Context, patch: Path, scaffold: str, runs: Path, as_json: bool) -> None:
    """Say all that is wrong with PATCH or with what it would make of SCAFFOLD; nothing is written."""
    made = patching.apply(patch, find_document(scaffold, runs))
    if as_json:
        resolved = made.checked.scaffold
        echo_json(
            {
                "issues": [issue.as_data() for issue in made.checked.issues],
                "hash": resolved.hash if resolved is not None else None,
                "diff": list(made.lines),
            }
        )
    else:
        _say(made)
    ctx.exit(EXIT_FAILED if made.checked.errors else 0)


@command.command("apply")
@_PATCH
@_SCAFFOLD
@_OUTPUT
@_UNDO
@runs_option
@click.pass_context
def apply_command(
    ctx: click.Context, patch: Path, scaffold: str, output: Path | None, undo: Path | None, runs: Path
) -> None:
    """Change SCAFFOLD as PATCH says, if nothing is wrong with that."""
    made = patching.apply(patch, find_document(scaffold, runs))
    _finish(ctx, made, _target(scaffold, output, patch, undo), undo)


@command.command("revert")
@_PATCH
@_SCAFFOLD
@_OUTPUT
@_UNDO
@runs_option
@click.pass_context
def revert_command(
    ctx: click.Context, patch: Path, scaffold: str, output: Path | None, undo: Path | None, runs: Path
) -> None:
    """Take PATCH, which was applied, out of SCAFFOLD again.

    Its values come back; remarks and places only from the undo file that `apply --undo` wrote: apply that instead.
    """
    made = patching.revert(patch, find_document(scaffold, runs))
    _finish(ctx, made, _target(scaffold, output, patch, undo), undo)


def _target(scaffold: str, output: Path | None, patch: Path, undo: Path | None) -> Path:
    """The file to write: as asked, else the scaffold's own, which must be the person's."""
    if output is None and not Path(scaffold).is_file():
        raise click.UsageError(f"{scaffold} is no file of yours; say where to write the result: --output FILE")
    target = output or Path(scaffold)
    if target.resolve() == patch.resolve():
        raise click.UsageError(f"--output {target} would overwrite the patch; choose another file")
    if undo is not None and undo.resolve() in (target.resolve(), patch.resolve()):
        raise click.UsageError(f"--undo {undo} would overwrite what it takes back; choose another file")
    return target


def _finish(ctx: click.Context, made: Patching, target: Path, undo: Path | None) -> None:
    _say(made)
    if made.checked.errors:
        ctx.exit(EXIT_FAILED)
    made.write(target, undo)
    click.echo(f"wrote {target}" + (f"; to go back: automem patch apply {undo} {target}" if undo else ""))


def _say(made: Patching) -> None:
    """The issues, then the change; a change that is refused is not shown."""
    for issue in made.checked.issues:
        click.echo(printable(str(issue)))
    print_diff(made.lines, console())
    if not made.checked.errors:
        click.echo("the patch is in order")
