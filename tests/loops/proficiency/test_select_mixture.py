"""Caps, balance and near duplicates: whatever is offered, the rules hold, and nothing is left out without one."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automem.agent.record import Said
from automem.loops.proficiency.composition import Candidate, compose
from automem.loops.proficiency.duplicates import Kept, sketch
from automem.loops.proficiency.example import Example
from automem.loops.proficiency.parts import PHASES
from automem.spec.recipe import Composition

candidates = st.lists(
    st.tuples(
        st.sampled_from(["e1", "e2", "e3", "e4"]),
        st.sampled_from(["log", "plan"]),
        st.sampled_from(["A", "B", "C"]),
        st.sampled_from([0.0, 1.0, 2.5]),
    ),
    max_size=60,
).map(
    lambda rows: [
        Candidate(f"{e}/{at}/{phase}", e, phase, kind, score) for at, (e, phase, kind, score) in enumerate(rows)
    ]
)
rules = st.builds(
    Composition,
    most=st.integers(1, 40),
    log_share=st.none() | st.floats(0, 1),
    per_episode=st.none() | st.integers(1, 12),
    per_pattern=st.none() | st.floats(0.05, 1),
)


@settings(max_examples=300, deadline=None)
@given(rules, candidates)
def test_the_rules_hold_and_every_one_left_out_names_one(rules: Composition, offered: list[Candidate]) -> None:
    made = compose(rules, offered, 0)
    taken = [one for one in offered if one.id in made.taken]
    assert sorted([*made.taken, *made.left]) == sorted(one.id for one in offered)
    assert len(taken) <= rules.most
    phases = Counter(one.phase for one in taken)
    if rules.per_episode is not None:
        assert max(Counter(one.episode for one in taken).values(), default=0) <= rules.per_episode
    if rules.log_share is not None and taken:
        assert abs(phases["log"] - rules.log_share * len(taken)) <= 1
    if rules.per_pattern is not None:
        for phase in ("log", "plan"):
            there = min(rules.most, sum(one.phase == phase for one in offered))
            for number in Counter(one.pattern for one in taken if one.phase == phase).values():
                assert number <= max(1, rules.per_pattern * there + 1e-9)
    for name, rule in made.left.items():
        assert rule == "most" or getattr(rules, rule) is not None, name
    assert compose(rules, offered[::-1], 0) == made


def test_two_patterns_can_share_a_phase_under_a_cap_of_less_than_half() -> None:
    offered = [Candidate(f"e/{at}/log", "e", "log", "AB"[at % 2], 0.0) for at in range(100)]
    assert len(compose(Composition(per_pattern=0.4), offered, 0).taken) == 80


def told(number: int, words: list[str], stable: str = "") -> Example:
    opening = Said("user", stable + " ".join(words), len(stable))
    return Example(f"e{number}", "t", 1, 1, "log", (opening, Said("assistant", "<|DONE|>")), (), {"pattern": "DONE"})


WORDS = [f"word{number}" for number in range(200)]


@pytest.mark.parametrize("changed", [0, 5, 20, 60])
def test_sketches_tell_how_much_two_texts_share(changed: int) -> None:
    other = [*WORDS[:-changed], *(f"new{number}" for number in range(changed))] if changed else WORDS
    one, two = (sketch(told(0, words)) for words in (WORDS, other))

    def shingles(words: list[str]) -> set[tuple[str, ...]]:
        return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}

    exact = len(shingles(WORDS) & shingles(other)) / len(shingles(WORDS) | shingles(other))
    assert (one == two).mean() == pytest.approx(exact, abs=0.12)  # three standard errors


def test_what_never_changes_makes_nobody_alike() -> None:
    rules = "the rules of the game, which are long " * 50
    one, two = told(1, WORDS[:40], rules), told(2, WORDS[100:140], rules)
    kept = Kept(0.5)
    kept.keep(sketch(one))
    assert kept.has(sketch(one))
    assert not kept.has(sketch(two))


def test_of_near_duplicates_the_best_stays() -> None:
    texts = [WORDS, [*WORDS[:-1], "other"], WORDS[::-1]]
    offered = [
        Candidate(f"e{at}/1/log", f"e{at}", "log", "DONE", float(at), sketch(told(at, words)))
        for at, words in enumerate(texts)
    ]
    made = compose(Composition(near_duplicates=0.9), offered, 0)
    assert (made.taken, made.left) == (("e2/1/log", "e1/1/log"), {"e0/1/log": "near_duplicates"})
    apart = [Candidate(one.id, one.episode, "log", one.id, one.score, one.sketch) for one in offered]
    assert not compose(Composition(near_duplicates=0.9), apart, 0).left, "other commands make another example"


def test_a_balance_shares_the_caps_of_episodes_too() -> None:
    """PLAN scores higher everywhere; taken by score alone it would leave LOG no room in any episode."""
    offered = [
        Candidate(f"e{at % 4}/{at}/{phase}", f"e{at % 4}", phase, "A", float(phase == "plan"))
        for at in range(80)
        for phase in PHASES
    ]
    made = compose(Composition(log_share=0.6, per_episode=10), offered, 0)
    assert Counter(name.rpartition("/")[2] for name in made.taken) == {"log": 24, "plan": 16}
