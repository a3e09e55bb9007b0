"""Crafter's evolved scaffold: the patches make it of v0, and each mechanism speaks, and is silent, when it should."""

from __future__ import annotations

import asyncio
import copy
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from agent.stage import Model, Say
from crafter import constants

from automem.agent.agent import Agent
from automem.agent.episode import Episode
from automem.agent.record import Step
from automem.api.validate import validate
from automem.envs import WORLDS
from automem.envs.base import Observation
from automem.envs.crafter.facts import spell
from automem.library import shipped
from automem.memory.outcome import Call
from automem.patches.apply import apply_patch
from automem.patches.check import check_patch
from automem.patches.read import read_patch
from automem.spec.experiment import Sampling
from automem.spec.load import examine_scaffold, load_scaffold
from automem.spec.source import Document, parse_document, read_document

SPECS = shipped("specs") / "crafter"
EVOLVED = SPECS / "evolved.yaml"
PATCHES = sorted((SPECS / "patches").glob("*.yaml"))
PLAYS = Path(__file__).parent / "crafter"
WORLD = WORLDS.load("crafter")
COSTS = {spell(f"{verb}_{name}"): rule for verb in ("place", "make") for name, rule in getattr(constants, verb).items()}


def content(scaffold: Document) -> dict[str, str]:
    """A scaffold's parts, each as text, so that the order within them counts."""
    return {key: json.dumps(part) for key, part in scaffold.plain().items()}


def test_the_patches_make_it_of_v0() -> None:
    scaffold = read_document(SPECS / "v0.yaml")
    for path in PATCHES[:-1]:
        read = read_patch(path.read_text(encoding="utf-8"), str(path))
        scaffold = parse_document(apply_patch(scaffold, read.patch, read.document).text, path.name)
        assert examine_scaffold(scaffold)[1] == []
    checked = check_patch(PATCHES[-1].read_text(encoding="utf-8"), str(PATCHES[-1]), scaffold)
    assert checked.issues == ()
    assert content(parse_document(checked.text, "made")) == content(read_document(EVOLVED)) | {"name": '"crafter-v0"'}


def test_it_is_in_order() -> None:
    assert validate(EVOLVED) == []


@cache
def agent() -> Agent:
    return Agent(load_scaffold(EVOLVED), WORLD.describe("crafter", {}))


@contextmanager
def begun() -> Iterator[Episode]:
    with TemporaryDirectory() as folder, closing(agent()._memory(Path(folder) / "memory")) as memory:
        yield Episode(agent().program, memory)


@dataclass(frozen=True)
class Moment:
    """What one observation of a game led to.

    Arguments:
        action: what was done before it.
        text: the observation.
        held: notice → the rules of it that held; said: notice → its text.
        state: what is carried.
        files: file → its lines.
        unlocked: the achievements the game itself counts.
        at: where the player is, relative to the start.
        possible: what the game would let the player make or place.
    """

    action: str
    text: str
    held: dict[str, list[str]]
    said: dict[str, str]
    state: dict[str, Any]
    files: dict[str, list[str]]
    unlocked: frozenset[str]
    at: tuple[int, int]
    possible: frozenset[str]

    def near(self, kind: str) -> int:
        """Steps to the nearest of a kind in view, 99 where there is none."""
        found = re.search(rf"(?m)^- {kind} (\d+) step", self.text)
        return int(found[1]) if found else 99

    def count(self, item: str) -> int:
        found = re.search(rf"(?m)^- {item}: (\d+)", self.text)
        return int(found[1]) if found else 0


def possible(game: Any) -> frozenset[str]:
    """By the rules of the game itself."""
    player, world = game.player, game.world
    nearby, _ = world.nearby(player.pos, 1)
    ground, thing = world[(player.pos[0] + player.facing[0], player.pos[1] + player.facing[1])]
    return frozenset(
        action
        for action, rule in COSTS.items()
        if all(player.inventory[item] >= number for item, number in rule["uses"].items())
        and set(rule.get("nearby", ())) <= set(nearby)
        and ("where" not in rule or (thing is None and ground in rule["where"]))
    )


def lived(episode: Episode, seed: int, actions: Iterable[str]) -> Iterator[Moment]:
    played: Any = WORLD.start("crafter", seed, {})
    seen, action = played.reset(), ""
    game = played.game
    start = [int(part) for part in game.player.pos]
    for following in [*actions, ""]:
        episode.observe(seen)
        spoken = {notice.name: notice.speak(episode.values) for notice in episode.program.notices}
        yield Moment(
            action,
            seen.text,
            {name: held for name, (_, held) in spoken.items()},
            {name: said for name, (said, _) in spoken.items()},
            copy.deepcopy(episode.values["state"]),
            {name: list(file["lines"]) for name, file in episode.values["files"].items()},
            frozenset(game._unlocked),
            (int(game.player.pos[0]) - start[0], int(game.player.pos[1]) - start[1]),
            possible(game),
        )
        if following:
            action, seen = following, played.step(following)
            episode.acted(action, action, valid=True)
            if seen.done:
                return


@cache
def film(seed: int, *actions: str) -> list[Moment]:
    """The moments of a game; without `actions` of one that the scripted player played."""
    lines = (PLAYS / f"seed_{seed}.txt").read_text(encoding="utf-8").splitlines() if not actions else []
    counted = [line.split(" ", 1) for line in lines]
    with begun() as episode:
        return list(lived(episode, seed, actions or [name for number, name in counted for _ in range(int(number))]))


def idle() -> list[Moment]:
    """Two hundred steps of waiting, which the player of this seed survives."""
    return film(47, *["Noop"] * 200)


def played() -> list[Moment]:
    return film(42) + film(43)


def after(*actions: str) -> Moment:
    return film(42, *actions)[-1]


def test_what_was_unlocked_is_seen_as_the_game_counts_it() -> None:
    for moment in film(42):
        assert set(moment.state["unlocked"]) == moment.unlocked
        assert bool(moment.held["unlocked"]) == moment.state["fresh"]
    assert len(film(42)[-1].unlocked) == 21
    # a zombie felled beside another one cannot be told from one that stepped aside
    assert all(set(moment.state["unlocked"]) <= moment.unlocked for moment in film(43))
    assert film(43)[-1].unlocked - set(film(43)[-1].state["unlocked"]) <= {"defeat_zombie"}


def test_gains_and_losses_are_told_the_first_too() -> None:
    first = next(moment for moment in film(42) if moment.count("wood"))
    assert first.said["change"] == "Effect: gained wood.\nGained: 1 wood."
    assert first.said["unlocked"].endswith("collect wood.")
    table = next(moment for moment in film(42) if moment.action == "Place Table")
    assert f"Spent: {constants.place['table']['uses']['wood']} wood." in table.said["change"]
    assert film(42)[0].said["change"] == ""


def test_the_effect_of_a_move_is_what_the_game_did() -> None:
    right = total = 0
    for before, moment in zip(film(42), film(42)[1:], strict=False):
        if moment.action.startswith("Move"):
            total += 1
            right += (moment.state["effect"] == "moved") == (moment.at != before.at)
    assert total > 60
    assert right >= total - 1


def test_twenty_actions_with_their_effects_are_kept() -> None:
    recent = film(42)[-1].state["recent"]
    assert [past["action"] for past in recent] == [moment.action for moment in film(42)[-20:]]
    assert {past["effect"] for past in recent} & {"moved", "nothing"}


def test_hitting_and_bad_luck_are_no_failures() -> None:
    hits = [moment for moment in played() if moment.state["effect"].startswith(("hit the", "no luck with grass"))]
    assert hits
    assert all(moment.state["worked"] for moment in hits)
    assert not after("Make Iron Sword").state["worked"]


def test_what_each_thing_lacks_is_what_the_game_says() -> None:
    for moment in played():
        lines = moment.files["crafts.md"]
        assert len(lines) == len(COSTS)
        assert {line[:-1] for line in lines if line.endswith(":")} == moment.possible
    assert "Place Table: 2 more wood" in film(42)[0].files["crafts.md"]
    assert (
        "Make Iron Sword: 1 more wood 1 more coal 1 more iron a table beside you a furnace beside you"
        in film(42)[0].files["crafts.md"]
    )


def test_failed_crafts_are_told_and_counted() -> None:
    assert after("Place Table").held["craft_failed"] == ["once"]
    assert "2 more wood" in after("Place Table").said["craft_failed"]
    assert after("Place Table", "Make Wood Sword").held["craft_failed"] == ["again"]
    assert after("Place Table", "Move West").held["craft_failed"] == []
    made = [moment for moment in film(42) if moment.action.startswith("Make") and moment.state["gains"]["gained"]]
    assert made
    assert not any(moment.held["craft_failed"] for moment in made)


def test_dangers_are_told_at_their_distance_and_not_beyond() -> None:
    counts: dict[str, int] = {}
    for before, moment in zip(played(), played()[1:], strict=False):
        if not moment.action:
            continue
        due = {
            "hurt": before.count("health") - moment.count("health") >= 2,
            "close": min(moment.near("zombie"), moment.near("skeleton")) <= 2,
            "range": 2 < moment.near("skeleton") <= 4,
            "arrow": moment.near("arrow") <= 2,
            "lava": moment.near("lava") <= 2,
        }
        assert moment.held["danger"] == [name for name, holds in due.items() if holds]
        counts = {name: counts.get(name, 0) + holds for name, holds in due.items()}
    assert min(counts[name] for name in ("hurt", "close", "range", "arrow")) > 0
    assert any(moment.said["danger"] == "" for moment in played())


def test_vitals_are_urgent_below_their_marks() -> None:
    spoke: set[str] = set()
    for moment in played() + idle():
        health, food, drink = (moment.count(name) for name in ("health", "food", "drink"))
        due = [
            *(["dying"] if health <= 2 else ["weak"] if health <= 4 else []),
            *(["starving"] if food <= 1 else ["hungry"] if food <= 3 else []),
            *(["parched"] if drink <= 1 else ["thirsty"] if drink <= 3 else []),
        ]
        assert [name for name in moment.held["vitals"] if name != "tired"] == due
        spoke.update(due)
    assert spoke >= {"dying", "weak", "hungry", "parched", "thirsty"}


def test_repetition_is_noticed_and_a_staircase_is_none() -> None:
    assert after("Make Iron Sword", "Noop", "Make Iron Sword").held["repetition"] == []
    assert after("Make Iron Sword", "Noop", "Make Iron Sword", "Make Iron Sword").held["repetition"] == ["in_vain"]
    assert after("Noop", "Noop", "Noop", *["Move East"] * 5).held["repetition"] == []
    assert after("Place Stone", "Noop", "Place Table", *["Move East"] * 5).held["repetition"] == ["worn"]
    pacing = ["Move East", "Move West"] * 3
    assert after(*pacing[:5]).held["repetition"] == []
    assert after(*pacing).held["repetition"] == ["circles"]
    stairs = after(*["Move East", "Move South"] * 3)
    assert abs(stairs.at[0]) + abs(stairs.at[1]) >= 4
    assert stairs.held["repetition"] == []


def test_waiting_and_standing_still_are_counted() -> None:
    for number, moment in enumerate(idle()):
        assert moment.held["idle"] == (["spiral"] if number >= 8 else ["waiting"] if number >= 4 else [])
        assert moment.held["stagnation"] == (["long"] if number >= 50 else ["some"] if number >= 30 else [])
    gained = [moment for moment in played() if moment.state["gains"]["gained"]]
    assert not any(moment.held["stagnation"] for moment in gained)


def test_the_next_tool_and_its_sources_are_told() -> None:
    start = film(42)[0]
    assert start.said["ladder"].startswith(
        "Next: Place Table: 2 more wood.\nWood comes from tree, 5 to your north-east."
    )
    ready = next(moment for moment in film(42) if "Place Table" in moment.possible)
    assert "nothing lacks, do it" in ready.said["ladder"]
    assert "sources" not in ready.held["ladder"]
    table = next(moment for moment in film(42) if moment.action == "Place Table")
    assert {"placed", "ready", "next"} <= set(table.held["ladder"])
    assert "Can be made here and now: " in table.said["ladder"]
    assert "tools" not in table.held["ladder"]
    iron = next(moment for moment in film(42) if moment.count("iron_sword"))
    assert iron.held["ladder"][-1] == "last"
    assert "next" not in iron.held["ladder"]


def test_a_source_names_the_tool_it_needs() -> None:
    sources = [moment.said["ladder"] for moment in played() if "sources" in moment.held["ladder"]]
    assert any("Iron comes from iron (needs a stone pickaxe)" in said for said in sources)


def test_open_achievements_in_sight_are_listed() -> None:
    for moment in played():
        listed = {re.sub(r" \(.*", "", line).lower().replace(" ", "_") for line in moment.files["chances.md"]}
        assert not listed & set(moment.state["unlocked"])
        assert bool(moment.held["chances"]) == bool(listed)
        assert ("collect_drink" in listed) == (moment.near("water") < 99 and "collect_drink" not in moment.unlocked)
        mine = moment.near("stone") < 99 and moment.count("wood_pickaxe") and "collect_stone" not in moment.unlocked
        assert ("collect_stone" in listed) == bool(mine)
    assert any(not moment.held["chances"] for moment in played())


def test_the_gate_refuses_with_a_reason_and_lets_the_third_through() -> None:
    with begun() as episode:
        list(lived(episode, 42, ["Noop"] * 3))
        assert episode.guard_action("Noop").rejected == ""
        assert episode.guard_action("Move West").rejected == ""
        assert episode.guard_action("Place Table").rejected == "It cannot work now. Place Table: 2 more wood."
        assert "a table beside you" in episode.guard_action("Make Wood Pickaxe").rejected
        assert episode.guard_action("Place Table").rejected == ""
    with begun() as episode:
        list(lived(episode, 42, ["Noop"] * 4))
        assert episode.guard_action("Noop").rejected.startswith("You have waited 4 steps.")
        assert episode.guard_action("Sleep").rejected == ""


def test_the_gate_knows_what_is_near_and_what_can_be_made() -> None:
    spoke = {"Sleep": 0, "Make": 0}
    with begun() as episode:
        for moment in lived(episode, 42, [moment.action for moment in film(42)[1:]]):
            asleep = "You are sleeping" in moment.text
            hostile = min(moment.near("zombie"), moment.near("skeleton")) <= 4
            assert bool(episode.guard_action("Sleep").rejected) == (hostile and not asleep)
            if episode.guarded.get("gate", 0) < 2:
                refused = bool(episode.guard_action("Make Wood Pickaxe").rejected)
                assert refused == ("Make Wood Pickaxe" not in moment.possible and not asleep)
                spoke["Make"] += not refused
            spoke["Sleep"] += hostile and not asleep
    assert min(spoke.values()) > 0


def test_sleep_is_no_standstill() -> None:
    asleep = [moment for moment in played() if "You are sleeping" in moment.text]
    assert len(asleep) > 5
    assert not any(moment.held["unchanged"] for moment in asleep)
    assert any(moment.held["unchanged"] for moment in played())


def test_long_notes_are_told() -> None:
    with begun() as episode:
        list(lived(episode, 42, ["Noop"]))
        notices = {notice.name: notice for notice in episode.program.notices}
        for lines, told in (
            (25, ""),
            (26, "Too long: notes.md (26 lines). Write it anew, shorter: keep what still matters."),
        ):
            episode.memory.run(Call("write", "notes.md", {"text": "a line\n" * lines}), None)
            episode.load()
            assert notices["long"].speak(episode.values)[0] == told


@pytest.mark.parametrize(
    ("written", "action"),
    [
        ("move north", "Move North"),
        ("Move north-east", "Move North"),
        ("go southwest", "Move South"),
        ("Move to the west", "Move West"),
        ("I will move east.", "Move East"),
        ("go left", "Move West"),
        ('"Place Table"', "Place Table"),
        ("put stone", "Place Stone"),
        ("craft a wood pickaxe", "Make Wood Pickaxe"),
        ("build table", "Place Table"),
        ("interact", "Do"),
        ("go to sleep", "Sleep"),
        ("wait", "Noop"),
        ("fly away", None),
        ("Make Diamond Sword", None),
    ],
)
def test_actions_are_understood(written: str, action: str | None) -> None:
    assert agent().program.actions.action(written) == action


class Started:
    """An episode of the game for an agent, which ends after some steps."""

    def __init__(self, steps: int) -> None:
        self._episode = WORLD.start("crafter", 42, {"max_steps": steps})

    async def reset(self) -> Observation:
        return self._episode.reset()

    async def step(self, action: str) -> Observation:
        return self._episode.step(action)


def conversed(answers: Sequence[str] | Say, folder: Path, steps: int = 2) -> tuple[list[Step], list[str]]:
    """The steps of a play by these answers, and the prompts it was asked with."""
    model, done = Model(answers), list[Step]()
    asyncio.run(agent().play(Started(steps), model, folder, Sampling(), False, done.append))
    return done, [request.messages[-1].text for _, request in model.requests]


def test_goals_and_marked_achievements_stand_in_the_next_prompt(tmp_path: Path) -> None:
    log = "<|WRITE|>goals.md|a table\nthen a pickaxe<|END|><|APPEND|>progress.md|collect wood<|END|><|DONE|>"
    _, prompts = conversed(["<|ACTION|>Noop<|END|>", log, "<|ACTION|>Noop<|END|>"], tmp_path / "memory")
    assert "goals.md: (none written yet)" in prompts[0]
    assert "by progress.md: nothing." in prompts[0]
    assert "goals.md: a table\nthen a pickaxe" in prompts[2]
    assert "by progress.md: collect wood." in prompts[2]
    assert "step 1: Noop -> waited" in prompts[2]


def test_the_gate_judges_what_was_meant_however_it_was_written(tmp_path: Path) -> None:
    answers = ["<|ACTION|>place table<|END|>"] * 3
    (step,), _ = conversed(answers, tmp_path / "memory", steps=1)
    assert [op.status for op in step.ops if op.verb == "commit"] == ["rejected", "rejected", "ok"]
    assert (step.action, step.valid) == ("Place Table", True)


def test_the_agent_writes_neither_the_rules_nor_the_engines_files(tmp_path: Path) -> None:
    log = "".join(f"<|WRITE|>{name}|x<|END|>" for name in ("crafts.md", "chances.md", "rules.md")) + "<|DONE|>"
    steps, _ = conversed(["<|ACTION|>Noop<|END|>", log, "<|ACTION|>Noop<|END|>"], tmp_path / "memory")
    assert [op.status for op in steps[1].ops if op.op == "WRITE"] == ["denied"] * 3
    assert {op.op for op in steps[0].ops if op.role == "engine"} == {"crafts", "chances"}
    # nothing that matters to them changed: nothing is written again
    assert [op.op for op in steps[1].ops if op.role == "engine"] == (
        [] if steps[1].observation == steps[0].observation else ["chances"]
    )


def test_the_same_place_has_one_line_on_the_map(tmp_path: Path) -> None:
    log = "<|MARK|>here|grass<|END|><|MARK|>0,0|start<|END|><|DONE|>"
    conversed(["<|ACTION|>Noop<|END|>", log, "<|ACTION|>Noop<|END|>"], tmp_path / "memory")
    assert (tmp_path / "memory/map.md").read_text(encoding="utf-8") == "0,0|start\n"
