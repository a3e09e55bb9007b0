"""`automem review`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from automem.api import review
from automem.cli.options import FILE, console, echo_json, json_option, runs_option
from automem.cli.reviewing import ask
from automem.errors import EXIT_INCOMPLETE
from automem.printable import printable
from automem.report.review_text import render_page
from automem.spec.source import read_document


def candidate_number(text: str) -> int:
    """The number of a candidate that is written `c3` or `3`."""
    digits = text.removeprefix("c")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise click.BadParameter(f"{text!r} is no candidate; they are written c1, c2, …")
    return int(digits)


@click.command("review")
@click.argument("run")
@click.argument("candidate", type=candidate_number, required=False)
@click.option("--all", "every", is_flag=True, help="Show every candidate, whatever became of it.")
@click.option("--accept", type=candidate_number, metavar="cN", help="Let this candidate be played.")
@click.option(
    "--decline",
    type=candidate_number,
    metavar="cN",
    help="Turn this one down, even while it is played; needs --reason.",
)
@click.option(
    "--edit", type=candidate_number, metavar="cN", help="Put another patch in this candidate's place; needs --patch."
)
@click.option("--patch", type=FILE, help="The patch that --edit puts there.")
@click.option("--stop", is_flag=True, help="End the loop; the next apply opens the report seeds.")
@click.option("--resume", is_flag=True, help="Take --stop back.")
@click.option("--reason", default="", help="Why; later proposals and the report show it.")
@runs_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    run: str,
    candidate: int | None,
    every: bool,
    accept: int | None,
    decline: int | None,
    edit: int | None,
    patch: Path | None,
    stop: bool,
    resume: bool,
    reason: str,
    runs: Path,
    as_json: bool,
) -> None:
    """Decide about what loop 1 proposes for RUN: CANDIDATE, or all that wait.

    On a terminal each is shown and asked about; elsewhere they are shown. Exit code 3: something still waits.
    """
    _check_usage(ctx.params)
    if accept is not None:
        _say(f"{review.accept(run, accept, reason, runs).name} is accepted; `automem apply` plays it")
    elif decline is not None:
        _say(f"{review.decline(run, decline, reason, runs).name} is declined: {reason}")
    elif edit is not None and patch is not None:
        text = read_document(patch, aliases=False).text
        _say(f"{review.edit(run, edit, text, str(patch), runs).name} is edited; it still waits")
    elif stop:
        reason = reason or "no reason given"
        review.stop(run, reason, runs)
        _say(f"the loop is stopped ({reason}); `automem review {run} --resume` takes that back")
    elif resume:
        review.resume(run, runs)
        _say("the loop goes on with the next apply")
    else:
        _show(run, candidate, every, runs, as_json)
    ctx.exit(EXIT_INCOMPLETE if review.still_waiting(run, runs) else 0)


def _check_usage(given: Mapping[str, Any]) -> None:
    acts = [name for name in ("accept", "decline", "edit", "stop", "resume") if given[name] not in (None, False)]
    if len(acts) > 1:
        raise click.UsageError(f"give one at a time: {', '.join(f'--{name}' for name in acts)}")
    if acts and (given["candidate"] is not None or given["every"] or given["as_json"]):
        raise click.UsageError(f"--{acts[0]} decides; CANDIDATE, --all and --json show")
    if given["every"] and given["candidate"] is not None:
        raise click.UsageError("give CANDIDATE or --all")
    if "decline" in acts and not given["reason"].strip():
        raise click.UsageError("--decline needs --reason TEXT: later proposals are shown it")
    if (given["edit"] is None) != (given["patch"] is None):
        raise click.UsageError("--edit and --patch belong together")
    if given["reason"] and not {"accept", "decline", "stop"} & set(acts):
        raise click.UsageError("--reason belongs to --accept, --decline or --stop")


def _show(run: str, candidate: int | None, every: bool, runs: Path, as_json: bool) -> None:
    found = review.pages(run, runs, candidate, every=every)
    if as_json:
        echo_json([review.page_data(page) for page in found])
        return
    if not found:
        click.echo("nothing is proposed yet" if every else "nothing waits for a person")
    out, asks = console(), sys.stdin.isatty() and sys.stdout.isatty()
    for page in found:
        render_page(page, out)
        if asks and page.tried.candidate.status == "waiting" and not ask(run, page, runs, out):
            return


def _say(text: str) -> None:
    click.echo(printable(text))
