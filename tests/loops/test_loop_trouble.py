"""Loop 1 where something goes wrong, or the experiment changes between two applies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from automem.agent.located import RuleError
from automem.errors import EXIT_DONE, EXIT_INCOMPLETE, EngineUnavailable, EnvironmentFailure, RunError, SpecError
from automem.evidence.view import view_of
from automem.loops.apply import apply
from automem.loops.plan import plan
from automem.loops.repeat import repeat
from automem.loops.structure.review import stop
from automem.runs import Result, show_run
from automem.runs.keys import Episode
from automem.runs.play import Table
from automem.runs.records import Recorded, Version
from automem.runs.rows import done_row
from automem.runs.store import Store
from automem.runs.versions import current, last_conditions

from .folder import Folder
from .proposing import Bench, skill

ONE = {"revisions": 1}
LONGER = {"name": "loops.toy:WORLD", "max_steps": 6}


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[int, int], Exception]:
    """(version, seed) → what playing it raises, and how often it was tried."""
    failures: dict[tuple[int, int], Exception] = {}
    play_world = Table._play_world

    async def play(self: Table, episode: Any, *rest: Any) -> None:
        if error := failures.get((self.version.number, episode.seed)):
            raise error
        await play_world(self, episode, *rest)

    monkeypatch.setattr(Table, "_play_world", play)
    return failures


def evaluate(bench: Bench, **sections: Any) -> Result:
    """An apply of the same experiment without its loop."""
    loaded = bench.load(**sections)
    alone = replace(loaded, experiment=loaded.experiment.model_copy(update={"optimize": None}))
    return apply(alone, bench.run.path.parent)


def standing_at(bench: Bench) -> int:
    with Store.read(bench.run.database) as store:
        version = current(store)
    assert version is not None
    return version.number


def sealed_in_view(bench: Bench) -> list[int]:
    return [one.row.seed for one in view_of(bench.run).episodes if one.row.seed > 100]


def test_a_candidate_that_owes_an_episode_waits_and_is_judged_later(
    bench: Bench, failing: dict[tuple[int, int], Exception]
) -> None:
    bench.propose(skill(100))
    failing[1, 3] = EnvironmentFailure("the world's process is gone")
    result = bench.apply(ONE)
    assert [one.status for one in bench.candidates()] == ["playing"]
    assert (result.exit_code, len(result.owed), result.stopped) == (EXIT_INCOMPLETE, 1, "")
    failing.clear()
    assert bench.apply(ONE).exit_code == EXIT_DONE
    (candidate,) = bench.candidates()
    assert (candidate.status, candidate.effects["progression"].pairs) == ("accepted", 8)


def test_a_candidate_that_cannot_be_played_is_rejected_and_the_loop_goes_on(
    bench: Bench, failing: dict[tuple[int, int], Exception]
) -> None:
    bench.propose(skill(80), skill(100))
    failing[1, 3] = RuleError(("tables", "skill"), "division by zero")
    failing[1, 4] = EnvironmentFailure("the world's process is gone")
    result = bench.apply(ONE)
    first, second = bench.candidates()
    assert (first.status, first.why) == ("rejected", "it cannot be played: tables/skill: division by zero")
    assert second.status == "accepted"
    assert (result.exit_code, result.left) == (EXIT_DONE, 0)  # what a dropped candidate owes is not asked for


def test_a_candidate_whose_episodes_reach_no_progression_is_rejected(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stepless(lineup: Any, version: Version, episode: Episode, metrics: Any, *rest: Any) -> Recorded:
        undefined = {"progression": None} if (version.number, episode.seed) == (1, 3) else {}
        return done_row(lineup, version, episode, {**metrics, **undefined}, *rest)

    monkeypatch.setattr("automem.runs.play.done_row", stepless)
    bench.propose(skill(100))
    bench.apply(ONE)
    candidate = bench.candidates()[0]
    assert candidate.why == "only 7 pairs of 8 can be compared: the other episodes reached no progression"


def test_a_stopped_loop_does_not_wait_for_what_its_candidate_owes(
    bench: Bench, failing: dict[tuple[int, int], Exception]
) -> None:
    bench.propose(skill(100))
    failing[1, 3] = EnvironmentFailure("the world's process is gone")
    bench.apply(ONE)
    with Store.open(bench.run.database) as store:
        stop(store, 0, last_conditions(store), "it never ends")
    assert bench.apply(ONE).exit_code == EXIT_DONE


def test_other_conditions_begin_a_lineage_of_their_own(bench: Bench) -> None:
    bench.propose(skill(80), skill(100), skill(80), skill(100))
    assert bench.apply(env=LONGER).version.number == 2
    other = bench.apply()
    assert [(one.root, one.parent, one.version) for one in bench.candidates()] == [
        (0, 0, 1),
        (0, 1, 2),
        (0, 0, 1),
        (0, 1, 2),
    ]
    assert {row.conditions for row in other.rows} == {other.rows[0].conditions}
    assert bench.told(3) == {"versions": [0], "stages": ["select"], "failed": []}
    again = bench.apply(env=LONGER)
    assert (again.exit_code, again.played, again.left) == (EXIT_DONE, 0, 0)
    assert len(bench.candidates()) == 4


def test_the_run_stands_at_the_incumbent_also_after_another_apply_or_the_noise(bench: Bench) -> None:
    bench.propose(skill(100))
    bench.apply(ONE)
    bench.apply(ONE)
    assert standing_at(bench) == 1
    repeat(bench.load(ONE), 2, bench.run.path.parent)
    assert standing_at(bench) == 1
    evaluate(bench)
    assert standing_at(bench) == 0


def test_more_select_seeds_are_played_by_both_ends_when_the_loop_has_ended(bench: Bench) -> None:
    bench.propose(skill(80), skill(100))
    bench.apply({"revisions": 2})
    more = bench.apply({"revisions": 2, "replays": 1}, seeds={"select": "1..10", "report": "101..104"})
    assert (more.exit_code, more.played, more.left) == (EXIT_DONE, 4, 0)
    assert {row.scaffold for row in more.rows if row.seed in (9, 10)} == {"toy v0", "toy v2"}


def test_opened_report_seeds_never_become_evidence(bench: Bench) -> None:
    bench.propose(skill(80), skill(100))
    bench.apply(ONE)
    opened: Any = {"seeds": {"select": "101..104"}}
    ways: list[Callable[[], object]] = [
        lambda: bench.apply(ONE, **opened),
        lambda: evaluate(bench, **opened),
        lambda: repeat(bench.load(ONE, **opened), 2, bench.run.path.parent),
        lambda: plan(bench.load(ONE, **opened), bench.run.path.parent),
    ]
    for way in ways:
        with pytest.raises(SpecError, match="seeds/select: seed 101 was a report seed"):
            way()
    assert sealed_in_view(bench) == []
    bench.apply({"revisions": 2}, seeds={"select": "1..8", "report": "201..204"})
    assert sealed_in_view(bench) == []


def test_what_becomes_a_report_seed_is_sealed_for_all_versions_and_replays(bench: Bench) -> None:
    repeat(bench.load(ONE, seeds={"select": "1..8"}), 2, bench.run.path.parent)
    bench.propose("silent")
    bench.apply(ONE, seeds={"select": "1..4", "report": "5..8"})
    assert {one.row.seed for one in view_of(bench.run).episodes} == {1, 2, 3, 4}


def test_seeds_that_have_decided_are_no_report_seeds(bench: Bench) -> None:
    bench.propose(skill(80))
    bench.apply(ONE, seeds={"select": "1..8"})
    loaded = bench.load(ONE, seeds={"select": "1..4", "report": "5..8"})
    for ask in (plan, apply):
        with pytest.raises(SpecError, match=r"seeds/report: seed 5 was a select seed of this run's loop"):
            ask(loaded, bench.run.path.parent)


def test_no_proposal_is_asked_for_where_the_budget_is_met(bench: Bench) -> None:
    bench.propose("silent")
    bench.apply()
    played = show_run("toy", bench.run.path.parent).spent["base"].tokens
    bench.propose(skill(10), skill(100))
    for _ in range(3):
        assert "the budget is reached" in bench.apply(budget={"tokens": played}).stopped
    assert "meta" not in show_run("toy", bench.run.path.parent).spent


@pytest.mark.parametrize(
    ("path", "sections"),
    [
        ("budget/usd", {"budget": {"usd": 5}}),
        ("optimize/propose/usd", {}),
    ],
)
def test_money_without_the_prices_of_the_meta_model_is_refused_before_play(
    path: str, sections: dict[str, Any], bench: Bench
) -> None:
    base = {"engine": "loops.toy:create", "prices": {"input": 1, "output": 1}}
    models = {"base": base, "meta": {"engine": "loops.proposing:create"}}
    propose = {} if sections else {"propose": {"usd": 1}}
    with pytest.raises(SpecError, match=rf"{path}: cannot be kept without prices.*models\.meta"):
        bench.apply(propose, models=models, **sections)
    assert not bench.run.path.exists()
    free = bench.load({}, models={"base": base, "meta": {"engine": "catalogue"}}, budget={"usd": 5})
    assert plan(free, bench.run.path.parent).missing == ()


def test_the_plan_tells_what_an_ended_loop_has_left(bench: Bench) -> None:
    bench.propose(skill(80))
    bench.apply(ONE, seeds={"select": "1..8"})
    found = plan(bench.load(ONE), bench.run.path.parent)
    assert found.loop is not None
    assert (found.left, found.loop.candidates, found.loop.episodes) == (4, 0, 4)
    assert bench.apply(ONE).played == 8
    assert plan(bench.load(ONE), bench.run.path.parent).loop is None


def test_the_plan_measures_noise_under_its_own_conditions(bench: Bench) -> None:
    bench.propose("silent", "silent")
    bench.apply({"replays": 1}, env=LONGER)
    bench.apply()
    found = plan(bench.load({"gate": "paired"}), bench.run.path.parent)
    assert found.loop is not None
    assert found.loop.warnings == ()


def test_a_file_that_is_added_to_the_list_is_proposed(bench: Bench) -> None:
    (bench.path / "one.yaml").write_text(skill(10))
    (bench.path / "two.yaml").write_text(skill(100))

    def apply_with(*patches: str) -> Result:
        base = {"engine": "loops.toy:create"}
        models = {"base": base, "meta": {"engine": "file", "patches": list(patches)}}
        return bench.apply(seeds={"select": "1..8"}, models=models)

    assert "ended: nothing further is proposed" in apply_with("one.yaml").loop
    assert apply_with("one.yaml").played == 0
    assert apply_with("one.yaml", "two.yaml").version.number == 2


def test_a_silent_server_leaves_the_candidate_undecided(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    async def silent(self: Folder[Any], assignment: Any) -> None:
        raise EngineUnavailable("gone")

    monkeypatch.setattr(Folder, "propose", silent)
    result = bench.apply()
    assert (result.exit_code, result.stopped) == (EXIT_INCOMPLETE, "gone")
    assert [one.status for one in bench.candidates()] == ["proposing"]


def test_a_rule_that_fails_on_new_seeds_is_named_in_the_version_that_has_it(
    bench: Bench, failing: dict[tuple[int, int], Exception]
) -> None:
    bench.propose(skill(95))
    bench.apply(ONE, seeds={"select": "1..8"})
    failing[1, 9] = RuleError(("tables", "skill"), "division by zero")
    with pytest.raises(SpecError, match=r"scaffolds/v1\.yaml:\d+:\d+: tables/skill: division by zero"):
        bench.apply(ONE, seeds={"select": "1..9"})


@pytest.mark.parametrize("name", ["toy", "toy/patches", "toy/memory"])
def test_a_file_where_a_folder_belongs_is_named(bench: Bench, name: str) -> None:
    file = bench.path / "runs" / name
    file.parent.mkdir(parents=True)
    file.touch()
    with pytest.raises(RunError, match=rf"{name} is no folder.*move it away"):
        bench.apply()
