from __future__ import annotations

import random
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from automem.agent.parser import OpForm, parse
from automem.engines.scripted.nethack import play
from automem.envs import WORLDS
from engines_scripted.playing import request_of

FILES = "map.md: where things are\nprogress.md: what was achieved\nactions.md: what was done"
LOOKS = {
    "SEARCH": ("file|word", "shows lines that contain a word"),
    "TAIL": ("file|n", "shows the last n lines"),
    "READ": ("file", "shows a file"),
}
WRITES = {"APPEND": ("file|text", "adds a line"), "DONE": ("", "ends this phase")}
MARKS = WRITES | {"MARK": ("x,y|what", "records what is at a place")}
COMMIT = {"ACTION": ("action", "commits the action")}
MOVES = ["north", "east", "south", "west"]
ALL = [*MOVES, "far east", "kick", "search", "down", "esc", "more", "eat", "pray", "y", "Y", "d", "D", "1", "5"]
RESULTS = [
    "level 1 at 30,9: dead end (step 4)\nlevel 1 at 31,9: east is blocked (step 9)\nlevel 1 at 31,9: prayed",
    "actions.md, the last 1 of 9 lines:\ntyped 1 (step 7)",
    "level 1 at 40,10: stairs down\nlevel 1 at 38,8: keep away from the lichen\nlevel 1 at 3,3: peaceful gnome",
    "30,9|level 1 at 30,9: dead end; level 2 at 30,9: stairs down (step 4)  [here]",
    'no line of map.md contains "level 1 at"',
    "ACTION: that cannot be done",
]
ODD = [
    "message:\nReally attack the gnome? [yn] (n)\n\ncursor:\n\n(x=34, y=0)\n\nmap:\n\n\n     .@.\n",
    "message:\nIn what direction?\n\ncursor:\n(x=18, y=0)\n\nmap:\n\n   |..|\n   |.@+\n   ----\n",
    "message:\nWhat do you want to eat? [d or ?*]\n\nmap:\n@\n\ninventory:\nd: 2 apples\n",
    "message:\nCount: 15\n\ncursor:\n(x=9, y=0)\n\nmap:\n.@.",
    "message:\nYou are lucky!--More--\n\nmap:\n",
    "language observation:\nnewt adjacent east\n\ncursor:\nYourself a monk\n(x=999, y=998)\n\nmap:\n  @:\n",
    "map:",
]


@cache
def observations() -> list[str]:
    """What a walk by chance sees in a maze, a corridor level and the dungeon."""
    seen = []
    for world, task in (("minihack", "MazeWalk-9x9"), ("minihack", "Corridor-R3"), ("nethack", "NetHackChallenge")):
        episode, chance = WORLDS.load(world).start(task, 3, {"max_steps": 100}), random.Random(3)
        seen.append(episode.reset().text)
        seen += [episode.step(chance.choice([*MOVES, "kick"] if "Corr" in task else MOVES)).text for _ in range(20)]
    return seen


def offered(commands: dict[str, tuple[str, str]]) -> tuple[str, dict[str, OpForm]]:
    forms = {tag: OpForm(tag, tuple(args.split("|")) if args else ()) for tag, (args, _) in commands.items()}
    return "\n".join(f"{forms[tag].usage}  {about}" for tag, (_, about) in commands.items()), forms


prompts = st.fixed_dictionaries(
    {
        "phase": st.sampled_from([COMMIT, WRITES, MARKS, {}]),
        "looks": st.sets(st.sampled_from(sorted(LOOKS))),
        "actions": st.sampled_from([MOVES, ALL, ["search"], ["esc", "D", "d"]]),
        "files": st.sampled_from(["", FILES]),
        "index": st.sampled_from(["", "Files now: map.md (3), progress.md (0), actions.md (9)"]),
        "here": st.sampled_from(["", "You are at 30,9.", "You are at 0,0.", "You are at 79,20."]),
        "outcome": st.sampled_from(["", *(f"Step 9. You did: {action}." for action in ALL)]),
        "warning": st.sampled_from(["", "WARNING: nothing has changed for 7 steps."]),
        "view": st.deferred(lambda: st.sampled_from([*observations(), *ODD]) | st.text(max_size=200)),
    }
)


@settings(max_examples=200, deadline=None)
@given(prompts, st.lists(st.sampled_from(RESULTS), max_size=2))
def test_every_answer_is_pure_and_uses_what_is_offered(prompt: dict, results: list[str]) -> None:
    listing, forms = offered({tag: LOOKS[tag] for tag in sorted(prompt["looks"])} | prompt["phase"])
    rest = [prompt[part] for part in ("files", "outcome", "warning", "here", "view", "index")]
    said = ["\n\n".join(filter(None, [f"Actions: {', '.join(prompt['actions'])}", listing, *rest]))]
    for result in [*results, ""]:
        answer = play(request_of(*said))
        assert answer == play(request_of(*said))
        ops = parse(answer, forms)
        assert not [op.error for op in ops if op.error]
        assert ("<|" in answer) == bool(ops)
        committed = [(op.args or {})["action"] for op in ops if op.tag == "ACTION"]
        assert set(committed) <= set(prompt["actions"])
        assert len(committed) <= 1
        if prompt["phase"] is COMMIT:
            assert ops
            assert len(said) == 1 or committed
        said += [answer, result]


def test_a_refused_action_is_not_committed_again() -> None:
    listing, _ = offered(COMMIT)
    said = [f"Actions: {', '.join(MOVES)}\n{listing}\n\n{observations()[0]}"]
    actions = []
    for _ in MOVES:
        said.append(play(request_of(*said)))
        actions.append(said[-1].rpartition("<|ACTION|>")[2].removesuffix("<|END|>"))
        said.append("that cannot be done")
    assert sorted(actions) == sorted(MOVES)


@given(st.lists(st.text(alphabet="<|>ENDACTIONmap:.\n@#-+`(xy=12, )levl", max_size=120), max_size=4))
def test_garbage_is_answered_without_complaint(texts: list[str]) -> None:
    assert play(request_of(*texts, "map:\n" + "\n".join(texts))) is not None
