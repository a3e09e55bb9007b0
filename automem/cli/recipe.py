"""`automem recipe preview`."""

from __future__ import annotations

from pathlib import Path

import click

from automem.api.recipe import LIMIT, preview_recipe
from automem.cli.options import SPEC, console, echo_json, json_option, runs_option
from automem.report.preview_text import render_preview
from automem.report.text import say


@click.group("recipe")
def command() -> None:
    """Recipes of loop 2: what would be trained on."""


@command.command("preview")
@click.argument("run")
@click.argument("recipe", type=SPEC, required=False)
@click.option("--trial", type=click.IntRange(1), help="What that trial selected, instead of selecting anew.")
@click.option("--limit", type=click.IntRange(0), default=LIMIT, show_default=True, help="Examples shown in full.")
@click.option("--rejected", is_flag=True, help="Show as many rejected ones too.")
@runs_option
@json_option
def preview_command(
    run: str, recipe: Path | None, trial: int | None, limit: int, rejected: bool, runs: Path, as_json: bool
) -> None:
    """Show what RECIPE would train on, out of the train seeds' episodes of RUN. Nothing is trained.

    RECIPE is a file, or a shipped one such as recipes/crafter; with --trial it may be left out. A judge is not asked.
    """
    if recipe is None and trial is None:
        raise click.UsageError("say which recipe, such as recipes/crafter, or --trial N")
    found = preview_recipe(run, recipe, runs, trial=trial, limit=limit, rejected=limit if rejected else 0)
    if as_json:
        echo_json(found.as_data())
        return
    out = console()
    say(out, f"Recipe {found.preview.recipe.name} on run {found.run}: {found.episodes} episodes of {found.scaffold}")
    if found.unjudged:
        say(out, "Its judge is not asked here: all that passes the filters counts, without the judge's part.", "yellow")
    if found.without_tokens:
        say(out, f"Lengths are in characters: {found.without_tokens}", "yellow")
    render_preview(found.preview, out)
