"""`automem runs ls|show|rm`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from automem.cli.options import echo_json, json_option, runs_option
from automem.printable import printable
from automem.runs import RunDetails, RunSummary, find_run, list_runs, remove_run, show_run
from automem.traces.summary import titled


@click.group("runs")
def command() -> None:
    """List, show and remove runs."""


@command.command("ls")
@runs_option
@json_option
def ls_command(runs: Path, as_json: bool) -> None:
    """All runs."""
    found = list_runs(runs)
    if as_json:
        echo_json([asdict(run) for run in found])
        return
    if not found:
        click.echo(f"no runs in {runs}")
    for run in found:
        click.echo(_line(run))


def _line(run: RunSummary) -> str:
    if run.fault:
        return f"{run.name:24} {run.fault}"
    score = "-" if run.progression is None else f"{run.progression:.1%}"
    version = titled(run.version.label if run.version else "-", ", ".join(run.notes))
    busy = f"  in use: {run.locked_by}" if run.locked_by else ""
    size = f"{run.size / 2**20:.1f} MB"
    return f"{run.name:24} {version:24} {run.done:4} done {run.owed:4} owed  {score:>6}  {size:>9}  {run.changed}{busy}"


@command.command("show")
@click.argument("run")
@runs_option
def show_command(run: str, runs: Path) -> None:
    """Versions, episodes, applies and events of RUN."""
    details = show_run(run, runs)
    click.echo(f"{details.folder.path}" + (f"  in use: {details.locked_by}" if details.locked_by else ""))
    for line in _details(details):
        click.echo(printable(line))


def _details(details: RunDetails) -> list[str]:
    lines = ["versions:"]
    for version in details.versions:
        parent = "" if version.parent is None else f" of v{version.parent}"
        lines.append(f"  {version.label:24} {version.hash[:8]}  {version.origin}{parent}  {version.created}")
    lines.append("episodes:")
    for one in details.episodes:
        score = "owed" if one.row.progression is None else f"{one.row.progression:.1%}"
        steps = "-" if one.row.steps is None else str(one.row.steps)
        name = titled(one.id, one.row.note)
        lines.append(f"  {name:32} {one.row.stage:8} v{one.version} {score:>7} {steps:>6} steps  {one.row.error}")
    lines.append("applies:")
    lines += [f"  {apply.started}  {apply.seconds:8.1f} s  {apply.outcome}" for apply in details.applies]
    lines.append("events:")
    lines += [f"  {event.at}  {event.kind}: {event.text}" for event in details.events]
    return lines


@command.command("rm")
@click.argument("run")
@click.option("--yes", is_flag=True, help="Do not ask.")
@runs_option
def rm_command(run: str, yes: bool, runs: Path) -> None:
    """Delete RUN with all its files."""
    folder = find_run(run, runs).path
    if not yes and not click.confirm(f"delete {folder} with all its traces and memories?"):
        click.echo("nothing is deleted")
        return
    remove_run(run, runs)
    click.echo(f"deleted {folder}")
