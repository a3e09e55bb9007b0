"""Each command does what it says, in words and as data."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from automem.cli import group

from .running import Shell


@pytest.mark.parametrize("name", group.list_commands(None))
def test_every_command_explains_itself(fresh: Shell, name: str) -> None:
    assert fresh(name, "--help").out.startswith("Usage: ")
    assert f" {name} " in fresh(name, "--help").out.splitlines()[0]


def test_init_writes_what_validates_and_overwrites_nothing(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    said = shell("init", "mine")
    written = [line.removeprefix("wrote ") for line in said.out.splitlines() if line.startswith("wrote ")]
    assert {"mine/scaffold.yaml", "mine/experiment.yaml"} < set(written)
    assert all((tmp_path / name).is_file() for name in written)
    assert "2 documents in order" in shell("validate", "mine/scaffold.yaml", "mine/experiment.yaml").out
    before = (tmp_path / "mine/scaffold.yaml").stat().st_mtime_ns
    assert "would be overwritten" in shell("init", "mine", code=1).err
    assert (tmp_path / "mine/scaffold.yaml").stat().st_mtime_ns == before


def test_init_takes_minihack_for_its_world(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert "next: automem validate mine/experiment.yaml" in shell("init", "mine", "--world", "minihack").out
    assert "1 document in order" in shell("validate", "mine/experiment.yaml").out
    assert "40 to play" in shell("plan", "mine/experiment.yaml").out
    assert "[default: crafter]" in shell("init", "--help").out


def test_shipped_documents_are_found_by_name_after_ones_own(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    assert "3 documents in order" in shell("validate", "quickstart", "crafter/v0", "crafter/v0.yaml").out
    assert "<|SEARCH|>" in shell("render", "crafter/v0").out
    assert "+name: crafter-sliding-window" in shell("diff", "crafter/v0", "crafter/sliding-window").out
    shell("plan", "crafter/../../automem/library", code=2)  # nothing above the shipped specs
    (tmp_path / "quickstart").write_text("kind: none\n", encoding="utf-8")
    assert shell("validate", "quickstart", code=1).out.startswith("quickstart:1:")


def test_noise_of_a_player(fresh: Shell) -> None:
    fresh.edit("experiment.yaml", "model: crafter}", "model: crafter-novice}")
    said = fresh("noise", "experiment.yaml")
    assert "pairs played more than once" in said.out
    assert "4 episodes played, 0 reused" in said.out
    found = fresh("noise", "experiment.yaml", "--json").data
    assert (found["noise"]["episodes"], found["left"]) == (2, 0)
    assert "all 4 episodes are finished" in fresh("noise", "experiment.yaml").out


def test_plan_says_what_proposals_may_take(fresh: Shell) -> None:
    loop = "\noptimize: {revisions: 2, attempts: 3, continuations: 0, propose: {usd: 0.5}}\n"
    text = (fresh.home / "experiment.yaml").read_text() + loop
    (fresh.home / "experiment.yaml").write_text(text)
    said = fresh("plan", "experiment.yaml").out
    assert "catalogue proposes" in said
    assert "proposals" not in said
    assert "calls      0 to" in said
    meta = "{engine: anthropic, model: m, key_env: NO_SUCH, prices: {input: 5, output: 25}}"
    fresh.edit("experiment.yaml", "models:", f"models:\n  meta: {meta}")
    said = fresh("plan", "experiment.yaml", code=1).out
    assert "proposals at most 6, beside this; each at most 60 answers, 3,000,000 tokens, 0.5 USD: 3 USD in all" in said


def test_doctor_finds_this_machine_fit(played: Shell) -> None:
    said = played("doctor", "experiment.yaml")
    assert "crafter" in said.out
    assert "missing" not in said.out
    rows = played("doctor", "--json").data
    assert {"what", "verdict", "found", "remedy"} == set(rows[0])


def test_doctor_names_what_an_experiment_lacks(fresh: Shell) -> None:
    fresh.edit("experiment.yaml", "{engine: scripted, model: crafter}", "{engine: openai, model: m, key_env: NO_SUCH}")
    assert "NO_SUCH" in fresh("doctor", "experiment.yaml", code=1).out


def test_validate_says_where_and_what(fresh: Shell) -> None:
    fresh.edit("scaffold.yaml", "verb: search", "verb: serch")
    at = next(n for n, line in enumerate((fresh.home / "scaffold.yaml").read_text().splitlines(), 1) if "serch" in line)
    said = fresh("validate", "scaffold.yaml", code=1)
    assert said.out.startswith(f"scaffold.yaml:{at}:")
    assert "search" in said.out  # what was meant
    (issue, *_) = fresh("validate", "scaffold.yaml", "--json", code=1).data
    assert issue["line"] == at
    assert fresh("validate", "--json", "experiment.yaml", code=1).data


def test_lint_tells_smells_in_the_form_of_validate(played: Shell) -> None:
    assert played("lint", "scaffold.yaml").out == "nothing smells\n"
    said = played("lint", "scaffold.yaml", "tiny", code=1).out
    first, *_ = played("lint", "scaffold.yaml", "tiny", "--json", code=1).data
    where = f"scaffold.yaml:{first['line']}:{first['column']}: {first['path']}: warning: {first['message']}\n"
    assert said.startswith(where)
    assert "ops/COUNT: warning: COUNT was never used in 40 steps (2 recorded episodes); " in said
    assert "wanted is a scaffold" in played("lint", "experiment.yaml", code=1).err


def test_plan_before_and_after(fresh: Shell, played: Shell) -> None:
    (stage,) = fresh("plan", "experiment.yaml", "--json").data["stages"]
    assert (stage["cached"], stage["to_play"], stage["owed"]) == (0, 2, 0)
    assert not (fresh.home / "runs").exists()
    (stage,) = played("plan", "experiment.yaml", "--json").data["stages"]
    assert (stage["cached"], stage["to_play"], stage["owed"]) == (2, 0, 0)
    assert "2 to play" in fresh("plan", "experiment.yaml").out
    assert "nothing left to do" in played("plan", "experiment.yaml").out


def test_plan_speaks_of_the_budget(fresh: Shell) -> None:
    assert "budget" not in fresh("plan", "experiment.yaml").out
    assert fresh("plan", "experiment.yaml", "--json").data["budget"] == {}
    fresh.edit("experiment.yaml", "parallel:", "budget: {tokens: 5000000, hours: 0.5}\nparallel:")
    said = fresh("plan", "experiment.yaml").out
    assert "budget    0.5 hours or 5,000,000 tokens for the whole run: it stops there" in said
    assert fresh("plan", "experiment.yaml", "--json").data["budget"] == {"hours": 0.5, "tokens": 5000000}


def test_plan_says_that_money_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    assert "\nbudget    50 USD for the whole run" in Shell(tmp_path)("plan", "crafter/anthropic", code=1).out


def test_apply_again_says_that_nothing_is_left(played: Shell) -> None:
    traces = sorted((played.home / "runs/tiny/traces").iterdir())
    times = [trace.stat().st_mtime_ns for trace in traces]
    assert "nothing left to do" in played("apply", "experiment.yaml").out
    again = played("apply", "experiment.yaml", "--json").data
    assert (again["reused"], again["played"], again["left"]) == (2, 0, 0)
    assert [trace.stat().st_mtime_ns for trace in traces] == times


def test_apply_tells_its_progress_on_stderr(fresh: Shell) -> None:
    said = fresh("apply", "experiment.yaml")
    assert said.err.splitlines()[0] == "select: 2 episodes, 0 of them reused"
    assert said.err.count("after 20 steps") == 2
    assert "2 episodes played, 0 reused" in said.out
    assert "±" in said.out


def test_render_shows_the_prompts_and_their_sizes(played: Shell) -> None:
    text = played("render", "scaffold.yaml").out
    assert "======== crafter-v0, crafter, log" in text
    assert "<|APPEND|>" in text
    sizes = played("render", "scaffold.yaml", "--sizes").out
    assert "a prefix that never changes" in sizes
    assert "<|APPEND|>" not in sizes
    prompts = played("render", "scaffold.yaml", "--json").data["prompts"]
    assert list(prompts) == ["log", "plan"]
    assert all(prompt["text"] in text for prompt in prompts.values())


def test_render_takes_an_observation(played: Shell, tmp_path: Path) -> None:
    seen = tmp_path / "seen.txt"
    seen.write_text("You see: a dragon\n")
    assert "You see: a dragon" in played("render", "scaffold.yaml", "--observation", seen).out


def test_render_shows_a_recorded_step_as_the_trace_has_it(played: Shell) -> None:
    step = played("trace", "tiny", 42, "--step", 7, "--json").data["steps"][0]
    opened = {turn["phase"]: turn["new"][0]["text"] for turn in step["turns"] if turn["turn"] == 0}
    said = played("render", "tiny", 42, "--step", 7, "--json").data
    assert {phase: prompt["text"] for phase, prompt in said["prompts"].items()} == opened
    text = played("render", "tiny", 42, "--step", 7).out
    assert f"======== crafter-v0, crafter, {said['place']}, plan" in text
    other = played("render", "tiny", 42, "--step", 7, "--scaffold", "crafter/evolved", "--json").data
    assert (other["scaffold"], other["place"]) == ("crafter-evolved", said["place"])
    assert step["observation"] in other["prompts"]["plan"]["text"] != opened["plan"]


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["tiny", 42], 2, "say which step of the episode: --step"),
        (["scaffold.yaml", "--step", 3], 2, "belongs to a recorded episode: automem render RUN EPISODE --step N"),
        (["tiny", 42, "--step", 3, "--task", "crafter"], 2, "recorded with the step"),
        (["tiny", 42, "--step", 21], 1, "has steps 1 to 20"),
        (["tiny", 42, "--step", 3, "--scaffold", "nethack/v0"], 1, "plays 'nethack', not 'crafter'"),
        (["none", 42, "--step", 3], 1, "holds no run 'none'"),
    ],
)
def test_render_of_a_step_says_what_it_lacks(played: Shell, args: list[object], code: int, told: str) -> None:
    assert told in " ".join(played("render", *args, code=code).err.split())


def test_runs_are_listed_shown_and_removed(own: Shell) -> None:
    assert "tiny" in own("runs", "ls").out
    (run,) = own("runs", "ls", "--json").data
    assert (run["name"], run["done"], run["owed"]) == ("tiny", 2, 0)
    assert "20 steps" in own("runs", "show", "tiny").out
    assert own("runs", "rm", "tiny", "--yes").out == "deleted runs/tiny\n"
    assert "no runs" in own("runs", "ls").out


def test_a_report_in_three_forms(played: Shell) -> None:
    assert "Results" in played("report", "tiny", "--format", "text").out
    assert "|" in played("report", "tiny", "--format", "markdown").out
    (result,) = played("report", "tiny", "--format", "json").data["results"]
    assert result["group"]["scaffold"] == "crafter-v0 v0"
    assert result["overall"]["played"] == 2


def test_a_trace_step_by_step_in_full_and_as_data(played: Shell) -> None:
    overview = played("trace", "tiny", 42).out.splitlines()
    assert [line.split()[0] for line in overview if " | " in line] == [str(number) for number in range(1, 21)]
    full = played("trace", "tiny", 42, "--step", 3).out
    data = played("trace", "tiny", 42, "--json").data
    third = data["steps"][2]
    assert third["observation"] in full
    assert all(turn["answer"] in full for turn in third["turns"])
    assert played("trace", "tiny", 42, "--step", 3, "--json").data["steps"] == [third]


def test_a_picture_of_a_step(played: Shell, tmp_path: Path) -> None:
    pictures = tmp_path / "one.png", tmp_path / "two.png"
    for picture, step in zip(pictures, (1, 20), strict=True):
        played("trace", "tiny", 42, "--step", step, "--picture", picture)
    one, two = (picture.read_bytes() for picture in pictures)
    assert one.startswith(b"\x89PNG\r\n")
    assert one != two


def test_an_audit_of_memory(played: Shell) -> None:
    assert "map.md" in played("memory", "audit", "tiny").out
    assert len(played("memory", "audit", "tiny", "--json").data) == 2
    assert len(played("memory", "audit", "tiny", 42, "--json").data) == 1


def test_schema_prints_lists_and_writes(played: Shell, tmp_path: Path) -> None:
    kinds = played("schema").out.split()
    assert {"scaffold", "experiment"} < set(kinds)
    played("schema", "--write", tmp_path)
    for kind in kinds:
        text = played("schema", kind).out
        assert json.loads(text)["title"] == f"AutoMem {kind}"
        assert (tmp_path / f"{kind}.schema.json").read_text() == text
