"""What loop 2 would collect, play and train; nothing is played, proposed or written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from automem.loops.meta.choice import ASK_NO_MODEL, WITHOUT_KEY
from automem.loops.proficiency.recipes import Written
from automem.loops.proficiency.standing import Standing, stand
from automem.loops.structure.review import stop_reason
from automem.runs.costs import Cost, total
from automem.runs.estimate import Estimate, Estimator, Span
from automem.runs.layout import RunFolder
from automem.runs.lineup import Lineup
from automem.runs.plan import Proposals, TrainPlan
from automem.runs.records import Recorded
from automem.runs.seal import check_report
from automem.runs.store import Store
from automem.runs.trials import TrialRow, best_of, ledger_of
from automem.spec.experiment import Train


@dataclass(frozen=True)
class Known:
    """What a run has of a ledger so far.

    Arguments:
        ledger: its trials.
        recorded: the finished episodes of the run.
        costs: key → role → cost.
        stopped: why a person has ended the loops; empty while nobody has.
    """

    ledger: Sequence[TrialRow] = ()
    recorded: Sequence[Recorded] = ()
    costs: dict[str, dict[str, Cost]] | None = None
    stopped: str = ""


def look(lineup: Lineup, folder: RunFolder, root: int | None, version: int | None) -> Known:
    """What a run knows of the ledger of a version.

    Arguments:
        lineup: the experiment's.
        folder: the run's, which need not exist.
        root: the version that the experiment's scaffold is; None where it is new.
        version: the one that would be trained for; None where that is not known yet.
    """
    if not folder.database.is_file():
        return Known()
    with Store.read(folder.database) as store:
        stopped = "" if root is None else stop_reason(store, root, lineup.conditions) or ""
        ledger = [] if version is None else ledger_of(store.trials(), version, lineup.conditions)
        done = [one for one in store.episodes() if one.row.status == "done"]
        return Known(ledger, done, store.costs(), stopped)


def plan_training(
    lineup: Lineup, train: Train, known: Known, first: Written, proposer: str, *, begun: bool
) -> TrainPlan | None:
    """What loop 2 would do at most; None where it has ended and nothing is left of it.

    Arguments:
        lineup: the experiment with the version that would be trained for.
        train: its section.
        known: what the run has of it.
        first: its recipe.
        proposer: who proposes the others.
        begun: whether that version is known, as loop 1 has ended.
    """
    standing = stand(known.ledger, train, first.hash, known.stopped, proposer)
    done = {one.row.key for one in known.recorded}
    collect = [] if standing.ended else lineup.stage("train")
    missing = [episode for episode in collect if episode.key not in done]
    trials = 0 if standing.ended else train.trials - standing.trial + 1
    episodes = len(missing) + trials * len(lineup.stage("select")) + _report(lineup, known, standing, done)
    if standing.ended and not episodes:
        return None
    estimator = Estimator(lineup, known.recorded, known.costs or {})
    each = sum((estimator.episode(task) for task in lineup.tasks), Estimate()).up_to(-(-episodes // len(lineup.tasks)))
    lanes = max(min(lineup.experiment.parallel.episodes, episodes), 1)
    where = f"trial {standing.trial} of {train.trials}" if begun else "begins when loop 1 has ended"
    return TrainPlan(
        proposer=proposer,
        standing=f"ended: {standing.ended}" if standing.ended else where,
        cached=len(collect) - len(missing),
        collect=len(missing),
        trials=trials,
        episodes=episodes,
        estimate=each.spread(lanes),
        tokens=_tokens(lineup, first, known, trials),
        proposals=None if standing.ended else _proposals(lineup, train, trials - standing.own),
    )


def _report(lineup: Lineup, known: Known, standing: Standing, done: set[str]) -> int:
    """How many report episodes the specialist lacks, as far as it is known now."""
    sealed, best = lineup.stage("report"), best_of(known.ledger)
    if not standing.ended:
        return len(sealed)
    if best is None:
        return 0
    played = {one.row.seed for one in known.recorded if one.row.conditions == best.played and one.row.key in done}
    return sum(episode.seed not in played for episode in sealed)


def _tokens(lineup: Lineup, first: Written, known: Known, trials: int) -> Span:
    """About how many tokens all trainings read: examples of an episode's mean call, once an epoch."""
    recipe = first.recipe
    most = min(recipe.compose.most, 2 * sum(info.max_steps for info in lineup.tasks.values()) * _seeds(lineup))
    paid = total(cost for roles in (known.costs or {}).values() for cost in roles.values())
    each = min(paid.tokens / paid.calls, recipe.train.max_tokens) if paid.calls else recipe.train.max_tokens
    low = 0 if not trials else recipe.compose.minimum * recipe.train.epochs * (each if paid.calls else 0)
    return Span(low, trials * most * each * recipe.train.epochs)


def _seeds(lineup: Lineup) -> int:
    return len(lineup.experiment.seeds.train or ())


def _proposals(lineup: Lineup, train: Train, most: int) -> Proposals | None:
    """What a model's proposals may take; None where no model writes them."""
    each, meta = train.propose, lineup.experiment.models.meta or WITHOUT_KEY
    return None if meta.engine in ASK_NO_MODEL or most <= 0 else Proposals.of(each, most)


def check_seal(lineup: Lineup, folder: RunFolder, root: int | None, plan: TrainPlan | None) -> None:
    """Refuse what an apply would refuse.

    Raises:
        SpecError: as `seal.check_report`.
    """
    if folder.database.is_file():
        with Store.read(folder.database) as store:
            ended = plan is None or not plan.trials
            check_report(store, root, lineup.conditions, lineup.experiment, lineup.loaded.document, ended=ended)
