from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from automem.agent.record import Step
from automem.engines.base import Request
from automem.engines.scripted.crafter.recall import read_recall
from automem.engines.scripted.novice import play as answer_to
from automem.engines.scripted.novice.notice import tone
from automem.engines.scripted.novice.wording import MANNERS, meant
from automem.engines.scripted.prompt import read_page
from engines_scripted.playing import V0, WORLD, agent_of, play_out, request_of, unlocked

ACTIONS = WORLD.describe("crafter", {}).actions
HEAD = f"Actions: {', '.join(ACTIONS)}\n<|ACTION|>action<|END|>  commits the action\n\n"
VIEW = "Your status:\n- health: 9/9\n\nYou see:\n- water 1 step to your north\n\nYou face water at your front."
STUCK = "WARNING: Make Iron Sword had no effect. Do something else."


async def novice(seed: int, steps: int, again: int = 0, scaffold: Path = V0) -> list[Step]:
    calls = iter(range(10**6))
    asked: list[Request] = []
    answers: list[str] = []

    def seeded(request: Request) -> Request:
        asked.append(replace(request, seed=again * 10**6 + next(calls)))
        return asked[-1]

    episode = await play_out(
        agent_of(scaffold),
        WORLD.start("crafter", seed, {"max_steps": steps}),
        "crafter-novice",
        seeded,
        lambda request, answer: answers.append(answer.text),
    )
    assert [answer_to(request) for request in reversed(asked)] == answers[::-1]
    return episode


def test_it_errs_on_v0_plays_by_its_requests_alone_and_differs_by_their_seeds() -> None:
    first, second = (asyncio.run(novice(42, 60, again)) for again in (0, 1))
    assert 0.1 < sum(not step.valid for step in first) / len(first) < 0.6
    assert unlocked(first) < 10
    assert [step.action for step in first] != [step.action for step in second]


def test_understanding_its_words_spares_it_every_invalid_action(tmp_path: Path) -> None:
    spelled = {manner(action): action for manner in MANNERS for action in ACTIONS}
    text = V0.read_text(encoding="utf-8")
    assert "normalise: [casefold]" in text
    mended = tmp_path / "mended.yaml"
    mended.write_text(
        text.replace("normalise: [casefold]", f"normalise: [casefold, {{alias: {spelled}}}]"), encoding="utf-8"
    )
    assert all(step.valid for step in asyncio.run(novice(42, 60, scaffold=mended)))


def test_what_it_writes_it_reads_as_a_refusal_of_the_same_action() -> None:
    offered = {action.casefold(): action for action in ACTIONS}
    assert all(meant(manner(action), offered) == action for manner in MANNERS for action in ACTIONS)
    for seed in range(40):
        said = replace(request_of(HEAD + VIEW, stable=len(HEAD)), seed=seed)
        written = answer_to(said).rpartition("<|ACTION|>")[2].removesuffix("<|END|>")
        refused = request_of(HEAD + VIEW, f"<|ACTION|>{written}<|END|>", "that cannot be done", stable=len(HEAD))
        again = answer_to(replace(refused, seed=seed)).rpartition("<|ACTION|>")[2].removesuffix("<|END|>")
        assert meant(again, offered) != meant(written, offered)


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("You are at 0,0.", "silent"),
        ("If an action had no effect twice, try another action.", "silent"),
        ("Nothing changed after your last action.", "mild"),
        ("WARNING: nothing has changed for 3 steps. Do something else.", "loud"),
        (STUCK, "by name"),
    ],
)
def test_a_notice_is_heard_by_what_it_says(text: str, heard: str) -> None:
    assert tone(text, "Make Iron Sword") == heard


@pytest.mark.parametrize(
    ("shown", "facts"),
    [
        ("The last lines of crafting.md:\ncollect wood\nplace table", {"collect wood", "place table"}),
        ("Achieved so far: collect wood, eat cow", {"collect wood", "eat cow"}),
        ("Done and left:\n[x] collect_wood\n[ ] eat_cow", {"collect wood"}),
        ("Achieved so far:\n(nothing yet)", set()),
    ],
)
def test_what_the_prompt_shows_needs_no_recall(shown: str, facts: set[str]) -> None:
    head = "crafting.md: what was made or achieved\n\n"
    recall = read_recall(read_page(request_of(f"{head}{shown}\n\n{VIEW}", stable=len(head)).messages))
    assert recall.asked
    assert recall.facts == facts


def test_a_log_shown_and_recalled_counts_once() -> None:
    lines = "3 Move West: at 4,-2, faced tree, food 8\n4 Do: at 4,-2, faced grass, food 8"
    shown = request_of(f"Last actions:\n{lines}\n\n{VIEW}", "<|TAIL|>a|2<|END|>", lines)
    assert [past.step for past in read_recall(read_page(shown.messages)).trail] == [3, 4]
    assert not read_recall(read_page(request_of(VIEW).messages)).asked
