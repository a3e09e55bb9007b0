"""`automem evidence`: each question is a subcommand, and its typed arguments are the options."""

from __future__ import annotations

from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from automem.api.evidence import TOOLS, WrongArgument, ask
from automem.cli.options import FILE, echo_json, json_option, runs_option
from automem.cli.plain_text import lines_of
from automem.evidence.tool import FROM_FILE
from automem.printable import printable
from automem.runs.lineup import STAGES


class Questions(click.Group):
    """A command for each of `TOOLS`, made from its arguments."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The questions in the order a person meets them."""
        return list(TOOLS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name; dashes do for low lines."""
        name = cmd_name.replace("-", "_")
        return _command(name) if name in TOOLS else None


@click.group(
    "evidence",
    cls=Questions,
    invoke_without_command=True,
    subcommand_metavar="[QUESTION [OPTIONS]]",
    no_args_is_help=True,
)
@click.argument("run")
@click.pass_context
def command(context: click.Context, run: str) -> None:
    """Ask about RUN: its metrics, episodes, steps, memories, operations, patches.

    Without QUESTION: what can be asked, in full. `automem evidence RUN QUESTION --help` shows the options of one; all
    have --runs DIRECTORY, --stage and --json, which stand behind it.
    """
    context.obj = run
    if context.invoked_subcommand is None:
        for name, tool in TOOLS.items():
            click.echo(f"{name}\n{click.wrap_text(tool.about, 100, '  ', '  ')}")
        click.echo(f"\n`automem evidence {run} QUESTION --help` shows the options of one.")


def _command(name: str) -> click.Command:
    """The command that asks one question."""
    tool = TOOLS[name]

    @click.pass_obj
    def answer(run: str, /, runs: Path, stage: str, as_json: bool, **options: Any) -> None:
        given = {field: value for field, value in options.items() if value not in (None, ())}
        try:
            found = ask(run, name, given, runs, stage)
        except WrongArgument as error:
            raise click.UsageError(str(error)) from error
        if as_json:
            echo_json(found)
        else:
            click.echo(printable("\n".join(lines_of(found))))

    made = json_option(runs_option(_stage(answer)))
    for field, about in reversed(tool.args.model_fields.items()):
        made = _option(field, about)(made)
    return click.command(name, help=tool.about)(made)


_stage = click.option(
    "--stage", type=click.Choice(STAGES), default=STAGES[0], show_default=True, help="Which episodes are looked at."
)


def _option(name: str, field: FieldInfo) -> Any:
    """The option of one argument; what is left out is left to the argument's own default."""
    kind, many = _kind(field.annotation)
    about = (field.description or "").capitalize()[:1] + (field.description or "")[1:]
    flag = f"--{name.replace('_', '-')}"
    if kind is bool:
        return click.option(flag, name, is_flag=True, default=None, help=about)
    if FROM_FILE in field.metadata:
        return click.option(flag, name, type=FILE, callback=_text, required=field.is_required(), help=about)
    shown = field.get_default() if isinstance(field.get_default(), (int, str)) and not field.is_required() else None
    if shown not in (None, ""):
        about = f"{about}  [default: {shown}]"
    choice = click.Choice(get_args(kind)) if get_origin(kind) is Literal else kind
    return click.option(flag, name, type=choice, multiple=many, required=field.is_required(), help=about)


def _kind(annotation: Any) -> tuple[Any, bool]:
    """The type of one value, and whether there may be several."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    if get_origin(annotation) in (tuple, list):
        return get_args(annotation)[0], True
    return annotation, False


def _text(context: click.Context, option: click.Parameter, path: Path | None) -> str | None:
    """The text of the file that an option names."""
    try:
        return None if path is None else path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{path} is not UTF-8 text") from error
