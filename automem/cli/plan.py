"""`automem plan`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click

from automem.cli.options import SPEC, echo_json, json_option, runs_option
from automem.errors import EXIT_FAILED
from automem.loops.plan import plan
from automem.runs import Estimate, LoopPlan, Proposals, Span, StagePlan, TrainPlan
from automem.spec.load import load_experiment


@click.command("plan")
@click.argument("spec", type=SPEC)
@runs_option
@json_option
@click.pass_context
def command(ctx: click.Context, spec: Path, runs: Path, as_json: bool) -> None:
    """Say what applying SPEC would do: episodes cached and to play, calls, tokens, cost, time, what is missing."""
    loaded = load_experiment(spec)
    planned = plan(loaded, runs)
    if as_json:
        echo_json({**asdict(planned), "folder": str(planned.folder)})
        ctx.exit(EXIT_FAILED if planned.missing else 0)
    click.echo(f"run       {planned.folder}")
    click.echo(f"scaffold  {planned.scaffold}")
    for stage in planned.stages:
        _stage(stage)
    if planned.loop is not None:
        _loop(planned.loop)
    if planned.training is not None:
        _training(planned.training)
    if planned.budget:
        click.echo(
            f"budget    {_limits(planned.budget)} for the whole run: it stops there, and goes on with a larger one"
        )
    if planned.locked_by:
        click.echo(f"in use    {planned.locked_by}")
    for problem in planned.missing:
        click.echo(f"missing   {problem}")
    if not planned.left and planned.loop is None and planned.training is None:
        click.echo("nothing left to do")
    ctx.exit(EXIT_FAILED if planned.missing else 0)


def _stage(stage: StagePlan) -> None:
    click.echo(f"stage     {stage.stage}: {stage.cached} episodes cached, {stage.to_play} to play, {stage.owed} owed")
    if stage.to_play + stage.owed:
        _estimate(stage.estimate)


def _loop(loop: LoopPlan) -> None:
    click.echo(f"loop 1    {loop.standing}; {loop.proposer} proposes")
    click.echo(f"          at most {loop.candidates} candidates and {loop.episodes:,} episodes more")
    _estimate(loop.estimate)
    if loop.proposals is not None:
        _proposals(loop.proposals)
    for warning in loop.warnings:
        click.echo(f"warning   {warning}")


def _training(training: TrainPlan) -> None:
    click.echo(f"loop 2    {training.standing}; {training.proposer} proposes")
    click.echo(f"          train: {training.cached} episodes cached, {training.collect} to play")
    click.echo(f"          at most {training.trials} trials and {training.episodes:,} episodes more")
    _estimate(training.estimate)
    if training.trials:
        click.echo(f"          training   {_range(training.tokens)} tokens, about, by the first recipe")
    if training.proposals is not None:
        _proposals(training.proposals)


def _proposals(found: Proposals) -> None:
    """What a model's proposals may take beside the episodes."""
    limit = f"{found.turns_each} answers, {found.tokens_each:,} tokens"
    money = f", {found.usd_each:,.12g} USD: {found.usd:,.12g} USD in all" if found.usd_each is not None else ""
    click.echo(f"proposals at most {found.most:,}, beside this; each at most {limit}{money}")


def _estimate(estimate: Estimate) -> None:
    for what, span, unit in (
        ("calls", estimate.calls, ""),
        ("tokens in", estimate.input_tokens, ""),
        ("tokens out", estimate.output_tokens, ""),
        ("cost", estimate.usd, " USD"),
        ("time", estimate.seconds, " s"),
    ):
        click.echo(f"          {what:11}{_range(span)}{unit if span is not None else ''}")
    click.echo(f"          estimated from {estimate.basis}")


def _limits(budget: Mapping[str, float]) -> str:
    units = {"usd": "USD"}
    return " or ".join(f"{limit:,.12g} {units.get(name, name)}" for name, limit in budget.items())


def _range(span: Span | None) -> str:
    if span is None:
        return "unknown"
    low, high = (f"{value:,.2f}" if 0 < value < 10 else f"{value:,.0f}" for value in (span.low, span.high))
    return low if low == high else f"{low} to {high}"
