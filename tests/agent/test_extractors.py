"""Extractors: every sort, on real texts, through the agent."""

from __future__ import annotations

import pytest

from agent.stage import make, play, values
from automem.agent.extract import BUILTINS
from automem.agent.located import RuleError

TEXT = """health: 7/9, food: 3/9
Your inventory:
- wood: 2
- stone_pickaxe: 1

You see:
- zombie 3 steps to your north-west
- tree 1 step to your east
- water is near
- cow 9 steps to your south
You face tree at your front."""


def observed(rules: dict[str, dict], name: str, text: str = TEXT):
    return values(f"obs.{name}", [text], {"observe": rules})[0]


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ({"regex": r"health: (\d+)"}, "7"),
        ({"regex": r"health: (\d+)", "type": "int"}, 7),
        ({"regex": r"health: (\d+)", "type": "float"}, 7.0),
        ({"regex": r"You face \w+"}, "You face tree"),
        ({"regex": r"thirst: (\d+)", "type": "int"}, None),
        ({"regex": r"thirst: (\d+)", "type": "int", "default": 9}, 9),
        ({"regex": r"(\d+)/9", "type": "int", "all": True}, [7, 3]),
        ({"regex": r"none: (\d+)", "all": True}, []),
        ({"regex": r"(?P<vital>\w+): (?P<n>\d+)/9", "types": {"n": "int"}}, {"vital": "health", "n": 7}),
        ({"regex": r"(?P<a>food)|(?P<b>drink)", "type": "str"}, {"a": "food", "b": None}),
        ({"regex": r"near: (yes|no)", "type": "bool"}, None),
        ({"regex": r"face (tree)", "type": "bool"}, False),
    ],
)
def test_regex(rule, value):
    assert observed({"x": rule}, "x") == value


def test_what_is_not_of_the_type_is_no_match():
    text = "hp: ??\nhp: 5\n- wood: many\n- stone: 3"
    assert observed({"x": {"regex": r"hp: (\S+)", "type": "int", "default": 9}}, "x", text) == 5
    assert observed({"x": {"regex": r"hp: (\S+)", "type": "int", "all": True}}, "x", text) == [5]
    assert observed({"x": {"entries": r"- (\w+): (\w+)"}}, "x", text) == {"stone": 3}
    assert observed({"x": {"regex": r"(\d+)", "type": "int", "default": 1}}, "x", "9" * 5000) == 1


def test_entries_of_a_section_end_where_lines_stop_matching():
    pattern = r"- (\w+): (\d+)"
    assert observed({"x": {"entries": pattern, "under": "Your inventory:"}}, "x") == {"wood": 2, "stone_pickaxe": 1}
    assert observed({"x": {"entries": pattern}}, "x") == {"wood": 2, "stone_pickaxe": 1}
    assert observed({"x": {"entries": pattern, "under": "Your chest:"}}, "x") == {}
    assert observed({"x": {"entries": pattern, "type": "str"}}, "x")["wood"] == "2"


def test_entities_are_a_list_of_mappings():
    rule = {
        "entities": r"- (?P<name>\w+) (?P<distance>\d+) steps? to your (?P<direction>[\w-]+)",
        "types": {"distance": "int"},
    }
    near = [
        {"name": "zombie", "distance": 3, "direction": "north-west"},
        {"name": "tree", "distance": 1, "direction": "east"},
    ]
    cow = {"name": "cow", "distance": 9, "direction": "south"}
    assert observed({"x": {**rule, "under": "You see:"}}, "x") == near
    assert observed({"x": rule}, "x") == [*near, cow]


def test_contains_gives_the_first_that_is_there():
    assert observed({"x": {"contains": ["skeleton", "tree", "zombie"]}}, "x") == "tree"
    assert observed({"x": {"contains": ["skeleton"]}}, "x") is None


def test_values_are_worked_out_from_earlier_variables():
    rules = {"hp": {"regex": r"health: (\d+)", "type": "int"}, "x": {"value": "obs.hp * tables.worth + step"}}
    assert values("obs.x", [TEXT, TEXT], {"observe": rules, "tables": {"worth": 10}}) == [71, 72]


def count_of(parameters, info):
    """A built-in that counts a character, here and so far."""
    if set(parameters) != {"what"}:
        raise ValueError(f"expected the parameter what, got {', '.join(parameters)}")

    def extract(seen, variables, before):
        if "z" not in seen.text:
            raise ValueError("this counts in texts with a z")
        count = seen.text.count(parameters["what"])
        return {"count": count, "so_far": count + (before["so_far"] if before else 0), "of": len(info.actions)}

    return extract


@pytest.fixture
def _count_of(monkeypatch):
    monkeypatch.setattr(BUILTINS, "_loaded", {})
    BUILTINS.add("count_of", count_of)


@pytest.mark.usefixtures("_count_of")
def test_a_built_in_from_outside():
    rule = {"builtin": "count_of", "with": {"what": "z"}}
    assert values("obs.x", ["zoo", "jazz"], {"observe": {"x": rule}}) == [
        {"count": 1, "so_far": 1, "of": 6},
        {"count": 2, "so_far": 3, "of": 6},
    ]
    with pytest.raises(RuleError, match="observe/x/builtin: this counts in texts with a z"):
        values("obs.x", ["zoo", "door"], {"observe": {"x": rule}})


@pytest.mark.usefixtures("_count_of")
def test_a_wrong_parameter_of_a_built_in_is_told_with_its_place():
    with pytest.raises(RuleError, match="observe/x/with: expected the parameter what, got size"):
        make({"observe": {"x": {"builtin": "count_of", "with": {"size": 1}}}})
    with pytest.raises(RuleError, match=r"observe/x/builtin: .*did you mean 'count_of'"):
        make({"observe": {"x": {"builtin": "count_off"}}})


def test_a_value_that_cannot_be_worked_out_stops_the_episode_with_its_place():
    with pytest.raises(RuleError, match=r"observe/x/value: .*text"):
        play(overlay={"observe": {"x": {"value": "obs_text + 1"}}})
