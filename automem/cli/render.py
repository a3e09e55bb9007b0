"""`automem render`."""

from __future__ import annotations

from pathlib import Path

import click

from automem.agent.prompt import Prompt
from automem.api.render import render
from automem.cli.options import FILE, SPEC, echo_json, json_option
from automem.envs import Observation
from automem.printable import printable


@click.command("render")
@click.argument("spec", type=SPEC)
@click.option("--task", help="The task; the world's first when left out.")
@click.option("--observation", type=FILE, help="A file that holds the observation to show.")
@click.option("--sizes", is_flag=True, help="Only the sizes.")
@json_option
def command(spec: Path, task: str | None, observation: Path | None, sizes: bool, as_json: bool) -> None:
    """Show the prompts of SPEC, a scaffold or an experiment, exactly as a model will read them, with their sizes."""
    rendering = render(spec, task, _observation(observation) if observation else None)
    if as_json:
        echo_json(rendering.as_data())
        return
    for phase, prompt in rendering.prompts.items():
        if not sizes:
            click.echo(f"======== {rendering.scaffold}, {rendering.task}, {phase}")
            click.echo(printable(prompt.text))
        _sizes(phase, prompt)


def _observation(path: Path) -> Observation:
    try:
        return Observation(path.read_text(encoding="utf-8").rstrip("\n"))
    except UnicodeDecodeError as error:
        raise click.BadParameter(f"{path} is not UTF-8 text", param_hint="--observation") from error


def _sizes(phase: str, prompt: Prompt) -> None:
    click.echo(f"-------- {phase}: sections")
    for part in prompt.parts:
        nature = "stable" if part.stable else "changes"
        click.echo(f"{len(part.text):7,} characters  {nature:8} {part.name}")
    share = prompt.stable / max(len(prompt.text), 1)
    click.echo(f"{len(prompt.text):7,} characters  {share:.0%} of them a prefix that never changes in an episode\n")
