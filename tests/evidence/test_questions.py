"""What each question answers, against the traces themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError
from traces.play import header, op, step, turn

from automem.agent.record import Step
from automem.errors import RunError
from automem.evidence.summary import summarise
from automem.evidence.tools import TOOLS
from automem.evidence.view import View, view_of
from automem.runs.layout import RunFolder
from automem.runs.store import Store
from automem.traces.replay import contents_at


def ask(view: View, tool: str, **given: Any) -> Any:
    return TOOLS[tool].ask(view, given)


def everything(view: View, tool: str, **given: Any) -> list[Any]:
    """All pages."""
    found: list[Any] = []
    start: int | None = 0
    while start is not None:
        answer = ask(view, tool, start=start, **given)
        found += answer["entries"]
        start = answer.get("next")
    return found


def test_overview(view: View) -> None:
    found = ask(view, "overview", version=0)
    rows = [one.row for one in view.of_version(0)]
    scores = [row.progression or 0.0 for row in rows]
    assert [one["version"] for one in found["versions"]] == [0, 1]
    assert (found["versions"][1]["origin"], found["versions"][1]["parent"]) == ("edited", 0)
    assert found["metrics"]["progression"]["mean"] == pytest.approx(sum(scores) / 2, rel=1e-5)
    for entry, episode in zip(found["episodes"]["entries"], view.of_version(0), strict=True):
        events = [f"{event} at {s.number}" for s in view.steps(episode) for event in s.events]
        assert entry["achieved"] == events
        assert entry["end"] == "max_steps"
    growth = found["trends"]["memory_growth"]
    assert sum(part * steps for part, steps in zip(growth, (14, 13, 13), strict=True)) / 40 == pytest.approx(
        found["metrics"]["memory_growth"]["mean"], rel=1e-4
    )


def test_the_longest_stretches_without_progress() -> None:
    steps = [
        step(
            number,
            progression=0.5 if number >= 4 else 0.0,
            events=("won",) if number == 9 else (),
            turns=(turn(prompt_chars=100 * number),),
            ops=(op("append", before=0, after=number),),
        )
        for number in range(1, 13)
    ]
    found = summarise(header(), steps, 12)
    assert found.streaks == ((5, 8), (1, 3), (10, 12))
    assert found.achieved == ((9, "won"),)
    assert found.growth == (2.5, 6.5, 10.5)
    assert found.input == (250, 650, 1050)


def test_metrics_of_all_versions(view: View) -> None:
    found = {entry["metric"]: entry for entry in everything(view, "metrics", version=1)}
    assert found["guard.not_yet"]["versions"]["v0"] == 0
    assert found["guard.not_yet"]["mean"] == 5
    assert found["progression"]["unit"] == "share"
    assert set(found) == {name for one in view.of_version(1) for name in one.row.metrics}
    assert all(entry["metric"].startswith("calls") for entry in everything(view, "metrics", name="calls"))


def test_steps_and_their_filters(view: View) -> None:
    episode = view.episode("43", 1)
    steps = list(view.steps(episode))
    listed = everything(view, "steps", episode="43", count=7)
    assert [entry["step"] for entry in listed] == list(range(1, 41))
    assert [entry["action"] for entry in listed] == [one.action for one in steps]

    def numbers(**given: Any) -> list[int]:
        return [entry["step"] for entry in everything(view, "steps", episode="43", **given)]

    assert numbers(first=7, last=9) == [7, 8, 9]
    assert numbers(only="event") == [one.number for one in steps if one.events]
    assert numbers(only="guard") == [5, 25]
    assert numbers(only="fallback") == numbers(only="invalid") == numbers(only="update") == []
    assert numbers(op="APPEND", status="malformed") == [
        one.number for one in steps if any((o.op, o.status) == ("APPEND", "malformed") for o in one.ops)
    ]
    assert numbers(op="APPEND", status="malformed") != []


def test_a_step_in_full_and_part_by_part(view: View) -> None:
    episode = view.episode("42", 0)
    recorded = list(view.steps(episode))[29]
    found = ask(view, "step", episode="42", version=0, step=30)
    assert found["action"] == recorded.action
    parts = {part["part"]: part["text"] for part in found["parts"]}
    assert parts["observation"] == recorded.observation
    assert recorded.turns[0].new[0].text.startswith(parts["log.0.prompt"])
    names = [*parts, *(name.rpartition(" (")[0] for name in found.get("more_parts", ()))]
    for number, one in enumerate(t for t in recorded.turns if t.phase == "plan"):
        assert f"plan.{number}.answer" in names
        piece = ask(view, "step", episode="42", version=0, step=30, part=f"plan.{number}.answer")
        assert piece["text"] == one.answer
    cut = ask(view, "step", episode="42", version=0, step=30, part="log.0.prompt", start=100)
    assert cut["text"] == recorded.turns[0].new[0].text[100:]


@pytest.mark.parametrize("where", ["observation", "prompt", "answer", "reply", "action"])
def test_grep_finds_what_python_finds(view: View, where: str) -> None:
    texts: dict[str, Callable[[Step], list[str]]] = {
        "observation": lambda s: [s.observation, s.outcome],
        "prompt": lambda s: [said.text for t in s.turns for said in t.new if said.speaker == "user"],
        "answer": lambda s: [t.answer for t in s.turns],
        "reply": lambda s: [o.reply for o in s.ops],
        "action": lambda s: [s.action],
    }
    expected = [
        (episode.id, s.number)
        for episode in view.of_version()
        for s in view.steps(episode)
        for text in texts[where](s)
        if "move n" in text.lower()
    ]
    found = everything(view, "grep", text="Move N", where=where)
    assert [(entry["episode"], entry["step"]) for entry in found] == expected
    assert all("move n" in entry["line"].lower() for entry in found)
    only = everything(view, "grep", regex="(?i)move\\sn", where=where, episode="43", first=20)
    assert [(entry["episode"], entry["step"]) for entry in only] == [
        place for place in expected if "-43-" in place[0] and place[1] >= 20
    ]


def test_memory_at_a_step_and_its_history(view: View) -> None:
    episode = view.episode("43", 0)
    trace = view.folder.trace(episode.id)
    for at in (0, 20, None):
        contents = contents_at(trace, at)
        files = ask(view, "memory", episode="43", version=0, step=at)["entries"]
        assert {entry["file"]: entry["chars"] for entry in files} == {k: len(v) for k, v in contents.items()}
        text = ask(view, "memory_file", episode="43", version=0, step=at, file="actions.md")
        assert text["text"] == contents["actions.md"]
    history = everything(view, "file_history", episode="43", version=0, file="actions.md")
    assert history[0]["before"] == 0
    assert history[-1]["after"] == len(contents_at(trace)["actions.md"])
    assert [one["after"] for one in history[:-1]] == [one["before"] for one in history[1:]]
    assert "\n".join(line for one in history for line in one["added"]) == contents_at(trace)["actions.md"].rstrip("\n")
    assert all(one["removed"] == [] for one in history)
    assert everything(view, "file_history", episode="43", version=1, file="map.md") == []


def test_operations_are_counted(view: View) -> None:
    ops = [o for episode in view.of_version() for s in view.steps(episode) for o in s.ops]
    for by in (["op"], ["verb", "phase"], ["file", "role"]):
        groups = everything(view, "operations", by=by)
        assert sum(group["count"] for group in groups) == len(ops)
        first = groups[0]
        alike = [o for o in ops if all(getattr(o, name) == first[name] for name in by)]
        assert first["count"] == len(alike)
        assert sum(first["statuses"].values()) == len(alike)
    (refused,) = everything(view, "operations", by=["op", "file"], status="malformed")
    assert (refused["op"], refused["file"]) == ("APPEND", "map.md")
    assert refused["examples"]["malformed"][0].startswith("crafter-4")


def test_firings_and_what_never_fired(view: View) -> None:
    found = {(entry["kind"], entry["name"], entry["effect"]): entry for entry in everything(view, "firings")}
    guard = found["guard", "not_yet", "reject"]
    assert (guard["count"], guard["episodes"], guard["says"]) == (4, 2, "not yet")
    assert {one["first_step"] for one in guard["most_in"]} == {5}
    assert found["notice", "unchanged", "still"]["says"] == "Nothing changed after your last action."
    silent = found["guard", "never", ""]
    assert (silent["count"], silent["episodes"], silent["most_in"], silent["says"]) == (0, 0, [], "too late")
    guards = ask(view, "firings", episode="42", kind="guard", version=1)["entries"]
    assert [(entry["name"], entry["count"]) for entry in guards] == [("not_yet", 2), ("never", 0)]


def test_two_versions_of_one_seed_compared(view: View) -> None:
    found = ask(view, "compare", episode="43")
    one, other = (list(view.steps(view.episode("43", number))) for number in (1, 0))
    assert (found["one"]["version"], found["other"]["version"]) == (1, 0)
    parted = next((a.number for a, b in zip(one, other, strict=True) if a.action != b.action), None)
    assert found["first_different_action"] == parted
    assert found["progress"][-1] == {"step": 40, "one": one[-1].progression, "other": other[-1].progression} | {
        name: pytest.approx(steps[-1].progression, rel=1e-5) for name, steps in (("one", one), ("other", other))
    }
    across = ask(view, "compare", episode="42", version=0, other="43", other_version=0)
    assert across["first_different_action"] == 1
    events = [{e for s in view.steps(view.episode(seed, 0)) for e in s.events} for seed in ("42", "43")]
    assert {entry.partition(" at ")[0] for entry in across["only_other"]} == events[1] - events[0]
    assert {part["part"] for part in across["differences"]} >= {"observation", "plan.0.prompt", "plan.0.answer"}


def test_the_scaffold_by_path(view: View) -> None:
    whole = ask(view, "scaffold")
    assert whole["text"] in view.scaffold().text
    assert whole["of"] == f"crafter-v0@{view.known_versions[1].hash[:12]}"
    assert "library/templates/crafter/game" in whole["library"]
    assert ask(view, "scaffold", path="memory/files/map.md")["text"] == "    map.md: {schema: keyed-map}"
    assert ask(view, "scaffold", path="library/templates/common/files")["text"].startswith("    common/files: |")
    guard = ask(view, "scaffold", path="guards/not_yet")["text"]
    assert guard == '  not_yet: {on: action, when: "step in [5, 25]", reject: not yet, at_most: 1}'


@pytest.mark.parametrize(
    ("tool", "given", "message"),
    [
        ("steps", {"episode": "99"}, "no episode matches '99'"),
        ("steps", {"episode": "crafter"}, "several episodes match"),
        ("step", {"episode": "42", "step": 41}, "there is no step 41"),
        (
            "step",
            {"episode": "42", "step": 3, "part": "log.9.answer"},
            "has no part 'log.9.answer'; it has observation",
        ),
        ("memory", {"episode": "42", "step": 41}, "has no step 41; it has steps 1 to 40"),
        ("memory_file", {"episode": "42", "file": "maps.md"}, "no file 'maps.md' at that step; there are: actions.md"),
        ("file_history", {"episode": "42", "file": "maps.md"}, "no file 'maps.md'"),
        ("overview", {"version": 7}, "version v7 is not to be seen here; there is v0, v1"),
        ("grep", {"regex": "(a"}, "grep: the pattern"),
        ("compare", {"episode": "42", "version": 0}, "v0 has no parent"),
        ("scaffold", {"path": "guards/no"}, "nothing to show at 'guards/no'"),
        ("candidate", {"number": 1}, "there is no candidate c1"),
    ],
)
def test_what_is_not_there_is_said(view: View, tool: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(RunError) as caught:
        ask(view, tool, **given)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("grep", {}),
        ("grep", {"text": "a", "regex": "a"}),
        ("steps", {}),
        ("overview", {"count": 201}),
        ("lineage", {"x": 1}),
    ],
)
def test_wrong_arguments_are_refused(view: View, tool: str, given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ask(view, tool, **given)


def test_only_what_the_view_shows_is_seen(run: RunFolder) -> None:
    first = view_of(run, [0])
    with pytest.raises(RunError, match="v1 is not to be seen"):
        ask(first, "overview", version=1)
    with pytest.raises(RunError, match="no episode matches '142'"):
        ask(view_of(run), "steps", episode="142")
    assert ask(view_of(run, stage="report"), "steps", episode="142")["total"] == 40


def test_a_seed_means_its_first_sampling(own: RunFolder) -> None:
    episode = view_of(own).episode("42")
    again = replace(episode, id=f"{episode.id}x", row=replace(episode.row, key="0" * 64, replay=1))
    with Store.open(own.database) as store:
        store.put_episode(again)
    view = view_of(own)
    assert len(view.of_version()) == 3
    assert view.episode("42") == episode
    assert view.episode(again.id).row.replay == 1


def test_a_seed_may_be_written_as_the_number_it_is(view: View) -> None:
    asked = {"step": 2}
    assert TOOLS["step"].ask(view, {"episode": 42, **asked}) == TOOLS["step"].ask(view, {"episode": "42", **asked})
