"""`automem render`."""

from __future__ import annotations

from pathlib import Path

import click

from automem.agent.prompt import Prompt
from automem.api.render import Rendering, render, render_step
from automem.cli.options import FILE, SPEC, echo_json, json_option, runs_option
from automem.envs import Observation
from automem.printable import printable


@click.command("render")
@click.argument("spec")
@click.argument("episode", required=False)
@click.option("--task", help="The task; the world's first when left out.")
@click.option("--observation", type=FILE, help="A file that holds the observation to show.")
@click.option("--step", type=click.IntRange(1), help="Show this recorded step of EPISODE.")
@click.option("--scaffold", help="Show it as this scaffold would have had it.")
@click.option("--sizes", is_flag=True, help="Only the sizes.")
@runs_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    spec: str,
    episode: str | None,
    task: str | None,
    observation: Path | None,
    step: int | None,
    scaffold: str | None,
    sizes: bool,
    runs: Path,
    as_json: bool,
) -> None:
    """Show the prompts of SPEC, a scaffold or an experiment, exactly as a model will read them, with their sizes.

    Where EPISODE is given (a seed or the beginning of an id), SPEC is the run that played it, and the prompts are those
    of the recorded step --step.
    """
    if episode is not None:
        if task or observation:
            raise click.UsageError("task and observation are recorded with the step; leave them out")
        if step is None:
            raise click.UsageError("say which step of the episode: --step")
        rendering = render_step(spec, episode, step, scaffold, runs)
    elif step or scaffold:
        raise click.UsageError("this belongs to a recorded episode: automem render RUN EPISODE --step N")
    else:
        path = SPEC.convert(spec, ctx.command.params[0], ctx)
        rendering = render(path, task, _observation(observation) if observation else None)
    _show(rendering, sizes=sizes, as_json=as_json)


def _show(rendering: Rendering, *, sizes: bool, as_json: bool) -> None:
    if as_json:
        echo_json(rendering.as_data())
        return
    title = ", ".join(filter(None, (rendering.scaffold, rendering.task, rendering.place)))
    for phase, prompt in rendering.prompts.items():
        if not sizes:
            click.echo(f"======== {title}, {phase}")
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
