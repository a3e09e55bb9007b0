"""A specialist in an experiment: when it is the base, when it is only called otherwise, and when it cannot be had."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from agent.test_two_models import nobodys

from automem.api.validate import validate
from automem.errors import SpecError
from automem.loops.plan import plan

from .conftest import Asked
from .making import COUNTED, Lab, final_state

RECALLED = "  RECALLED: {verb: end, phases: [plan], about: ends recalling}\n"


def spoken(lab: Lab) -> None:
    """Give the lab's scaffold a command that ends the consultation."""
    text = lab.scaffold.read_text().replace("  ACTION: {", f"{RECALLED}  ACTION: {{").replace("\n\n\n", "\n\n")
    lab.scaffold.write_text(text.replace("template: crafter/plan_task", "template: common/consult_task"))


def of_nobody(lab: Lab) -> list[Any]:
    """What the run's episodes came to, by seed, without who played them."""
    found = sorted(final_state(lab.run).values(), key=lambda one: one["row"]["seed"])
    return [(one["memory"], one["row"]["progression"], nobodys(one["steps"])) for one in found]


def test_a_specialist_that_is_the_base_is_the_same_experiment(lab: Lab, asked: Asked) -> None:
    lab.apply()
    once = asked()
    result = lab.apply(models={"base": COUNTED, "specialist": COUNTED})
    assert (asked(), result.left) == (once, 0)
    assert {cost.model for cost in result.costs} == {"base"}


def test_a_specialist_that_is_only_called_otherwise_plays_the_same(tmp_path: Path, asked: Asked) -> None:
    one, two = Lab(tmp_path / "one"), Lab(tmp_path / "two")
    for lab in (one, two):
        spoken(lab)
    one.apply()
    result = two.apply(models={"base": COUNTED, "specialist": {**COUNTED, "pause_s": 0.0}})
    assert of_nobody(two) == of_nobody(one)
    assert {row.model for row in result.costs} == {"base", "specialist"}
    roles = {turn.role for state in final_state(two.run).values() for step in state["steps"] for turn in step.turns}
    assert roles == {"base", "specialist"}


@pytest.mark.parametrize("more", [{}, {"adapter": "nowhere"}])
def test_an_engine_that_loads_no_adapters_is_refused_early(lab: Lab, more: dict[str, str]) -> None:
    models = {"base": COUNTED, "specialist": {"adapter_of": "base", **more}}
    loaded = lab.load(models=models)
    told = [str(issue) for issue in validate(lab.path / "experiment.yaml")]
    assert [issue for issue in told if "models/specialist/adapter_of" in issue and "loads no adapters" in issue]
    with pytest.raises(SpecError, match="loads no adapters, `local` does"):
        plan(loaded, lab.runs)


def test_nothing_can_be_trained_for_such_an_engine(lab: Lab) -> None:
    loaded = lab.load(train={"recipe": "recipes/tiny.yaml"}, seeds={"select": 42, "train": 7})
    with pytest.raises(SpecError, match=r"train: .*loads no adapters"):
        plan(loaded, lab.runs)


def test_a_folder_that_holds_no_adapter_is_refused_early(lab: Lab) -> None:
    pytest.importorskip("torch", reason="the extra `local` is not installed")
    pytest.importorskip("peft", reason="the extra `local` is not installed")
    from engines.local.making import make_model

    base = {"engine": "local", "model": str(make_model(lab.path / "model"))}
    loaded = lab.load(models={"base": base, "specialist": {"adapter_of": "base", "adapter": "nowhere"}})
    with pytest.raises(SpecError, match=r"models/specialist/adapter: .*nowhere"):
        plan(loaded, lab.runs)


def test_what_is_still_to_be_trained_is_not_missing(lab: Lab) -> None:
    pytest.importorskip("torch", reason="the extra `local` is not installed")
    pytest.importorskip("peft", reason="the extra `local` is not installed")
    from engines.local.making import make_adapter, make_model

    folder = make_model(lab.path / "model")
    base, specialist = {"engine": "local", "model": str(folder)}, {"adapter_of": "base"}
    assert plan(lab.load(models={"base": base, "specialist": specialist}), lab.runs).missing == ()
    trained = {**specialist, "adapter": str(make_adapter(lab.path / "adapter", folder))}
    assert plan(lab.load(models={"base": base, "specialist": trained}), lab.runs).missing == ()
