"""How often the gates of loop 1 are right, wrong, and how much they play: a simulation with a fixed seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from automem.loops.gates import Gate, MeanGate, PairedGate, screen
from automem.loops.noise import detectable
from automem.loops.pairs import Pair
from automem.runs.candidates import Decision
from benchmarks.gate_shapes import SHAPES, Array, Chance, Shape

SIZES = (5, 10, 20, 40, 100)
GAINS = (0.0, 0.025, 0.05, 0.10)
TRIES = 6
TIMES = 2000
LOOPS = 400
GATES: tuple[Gate, ...] = (MeanGate(), PairedGate(0.8), PairedGate(0.9), PairedGate(0.95))


def pairs_from(before: Array, after: Array) -> list[Pair]:
    """Pairs as a gate reads them."""
    return [
        Pair("", seed, old, new) for seed, (old, new) in enumerate(zip(before.tolist(), after.tolist(), strict=True))
    ]


def judged(gate: Gate, pairs: Sequence[Pair]) -> Decision:
    """What a gate says in the end, asked at each of its looks."""
    for look in gate.looks(len(pairs)):
        if (decision := gate.judge(pairs[:look], len(pairs))) is not None:
            return decision
    raise AssertionError("a gate must decide when all pairs are there")


def candidates(shape: Shape, size: int, gain: float, replays: int = 0) -> Iterator[list[Pair]]:
    """Many candidates of one true gain, each against an incumbent of its own."""
    chance = np.random.default_rng(1)
    for _ in range(TIMES):
        levels = shape.levels(chance, size)
        before = shape.plays(chance, levels, 0.0, 1 + replays)
        yield pairs_from(before, shape.play(chance, levels, gain))


def rates(gate: Gate, shape: Shape, size: int, gain: float, replays: int = 0) -> tuple[float, float]:
    """The shares of candidates accepted and of episodes played."""
    said = [judged(gate, pairs) for pairs in candidates(shape, size, gain, replays)]
    return float(np.mean([one.accepted for one in said])), float(np.mean([one.pairs for one in said])) / size


def power_table() -> None:
    """Accepted candidates by true gain, and what was played of them."""
    paired = PairedGate(0.9)
    print(f"Accepted, % (and episodes played, %), by true gain in points; {TIMES} candidates each")
    print(f"  {'':<9}{'pairs':>6}  {'gate':<7}" + "".join(f"{100 * gain:>13g}" for gain in GAINS))
    for shape in SHAPES:
        for size in SIZES:
            for gate in (MeanGate(), paired):
                found = (rates(gate, shape, size, gain) for gain in GAINS)
                cells = "".join(f"{100 * kept:7.1f} ({100 * played:3.0f})" for kept, played in found)
                print(f"  {shape.name:<9}{size:>6}  {gate.name:<7}{cells}")


def revision(gate: Gate, shape: Shape, size: int) -> float:
    """How often at least one of six candidates of equal quality is accepted, against one play of the incumbent."""
    chance, found = np.random.default_rng(2), 0
    for _ in range(TIMES):
        levels = shape.levels(chance, size)
        before = shape.play(chance, levels, 0.0)
        tries = (pairs_from(before, shape.play(chance, levels, 0.0)) for _ in range(TRIES))
        found += any(judged(gate, pairs).accepted for pairs in tries)
    return found / TIMES


def revision_table() -> None:
    """False accepts of a whole revision."""
    print(f"At least one of {TRIES} equal candidates accepted, %, 20 pairs (ties aside, 6/7 = 85.7 for `mean`)")
    print(f"  {'':<14}" + "".join(f"{shape.name:>10}" for shape in SHAPES))
    for gate in GATES:
        cells = "".join(f"{100 * revision(gate, shape, 20):10.1f}" for shape in SHAPES)
        print(f"  {label(gate):<14}{cells}")


def loop(gate: Gate, size: int, replays: int, effect: Callable[[Chance], float], chance: Chance) -> tuple[float, ...]:
    """One loop in Crafter's shape: 5 revisions, six tries each, ended by one without success.

    Returns: changes accepted, those of them that gain nothing, by how much the incumbent's recorded mean
    overstates its true one, its true gain over v0, episodes played.
    """
    shape, gain, accepted, useless = SHAPES[0], 0.0, 0, 0
    levels = shape.levels(chance, size)
    before, played = shape.plays(chance, levels, 0.0, 1 + replays), size * (1 + replays)
    for _ in range(5):
        for _ in range(TRIES):
            change = effect(chance)
            after = shape.play(chance, levels, gain + change)
            decision = judged(gate, pairs_from(before, after))
            played += size if decision.accepted else decision.pairs
            if decision.accepted:
                break
        else:
            break
        accepted, useless, gain = accepted + 1, useless + (change <= 0), gain + change
        fresh = [shape.play(chance, levels, gain) for _ in range(replays)]
        before, played = np.mean([after, *fresh], axis=0), played + size * replays
    return accepted, useless, float(before.mean() - 0.35 - 0.08 * levels.mean()) - gain, gain, played


def rare(chance: Chance) -> float:
    """A world in which hardly anything helps."""
    return 0.08 if chance.random() < 0.05 else chance.normal(-0.02, 0.02)


def loop_table(title: str, effect: Callable[[Chance], float], size: int) -> None:
    """Whole loops: what they accept, believe, gain and cost."""
    print(f"Whole loops, {title}, {size} seeds of Crafter's shape, {LOOPS} loops each")
    heads = ("any %", "changes", "useless %", "believed", "gained", "episodes")
    print(f"  {'':<14}{'replays':>7}" + "".join(f"{head:>10}" for head in heads))
    for gate in GATES:
        for replays in (0, 1, 3):
            chance = np.random.default_rng(3)
            runs = np.array([loop(gate, size, replays, effect, chance) for _ in range(LOOPS)])
            accepted, useless, over, gain, played = runs.mean(axis=0)
            shares = (100 * float((runs[:, 0] > 0).mean()), accepted, 100 * useless / accepted)
            cells = "{:10.0f}{:10.2f}{:10.0f}".format(*shares) + f"{100 * over:+10.2f}{100 * gain:+10.2f}{played:10.0f}"
            print(f"  {label(gate):<14}{replays:>7}{cells}")


def screen_table() -> None:
    """What the screen drops."""
    print("Dropped by the screen, %, by true gain in points")
    effects = (-0.10, -0.05, 0.0, 0.05, 0.10)
    print(f"  {'':<9}{'pairs':>6}" + "".join(f"{100 * gain:>+8g}" for gain in effects))
    for shape in SHAPES[:2]:
        for size in (2, 3, 5, 8, 16):
            dropped = [np.mean([screen(p) is not None for p in candidates(shape, size, gain)]) for gain in effects]
            print(f"  {shape.name:<9}{size:>6}" + "".join(f"{100 * float(share):8.1f}" for share in dropped))


def replays_table() -> None:
    """Whether the paired gate errs as promised, also where `before` is a mean of several plays."""
    print("Equal candidates accepted by `paired`, %, 20 pairs, with 0, 1 and 3 replays of the incumbent")
    for gate in GATES[1:]:
        for shape in SHAPES:
            cells = "".join(f"{100 * rates(gate, shape, 20, 0.0, replays)[0]:7.1f}" for replays in (0, 1, 3))
            print(f"  {label(gate):<14}{shape.name:<9}{cells}")


def sign_flips(differences: Array, chance: Array) -> bool:
    """The test that was not chosen: one look, against the same differences with random signs."""
    return bool((chance[:, : len(differences)] @ np.abs(differences) >= differences.sum() - 1e-9).mean() <= 0.1)


def tests_table() -> None:
    """Student's t in three looks against sign flips in one."""
    signs = np.random.default_rng(4).choice([-1.0, 1.0], (2000, max(SIZES)))
    print("Accepted, %, at 90 %: the paired gate | sign flips, one look at the end; true gain 0 and 5 points")
    for shape in SHAPES:
        for size in (10, 20, 40):
            cells = ""
            for gain in (0.0, 0.05):
                all_pairs = list(candidates(shape, size, gain))
                gate = np.mean([judged(PairedGate(0.9), pairs).accepted for pairs in all_pairs])
                flips = np.mean([sign_flips(np.array([p.difference for p in pairs]), signs) for pairs in all_pairs])
                cells += f"{100 * float(gate):8.1f} | {100 * float(flips):4.1f}"
            print(f"  {shape.name:<9}{size:>6}{cells}")


def formula_table() -> None:
    """Whether the smallest detectable gain is detected as often as it says."""
    print("Accepted, %, of candidates whose true gain is `detectable(sd, pairs, 0.9)`, which promises 80")
    for size in (5, 10, 20, 40):
        spread = float(np.std([p.difference for pairs in candidates(SHAPES[0], size, 0.0) for p in pairs]))
        gain = detectable(spread, size, 0.9)
        assert gain is not None
        kept = rates(PairedGate(0.9), SHAPES[0], size, gain)[0]
        print(f"  {size:>3} pairs, sd {100 * spread:.1f}: {100 * gain:4.1f} points, {100 * kept:.0f} %")


def label(gate: Gate) -> str:
    """A gate's name with its confidence."""
    return f"{gate.name} {100 * gate.confidence:g} %" if isinstance(gate, PairedGate) else gate.name


def main() -> None:
    """Print all tables."""
    power_table()
    revision_table()
    loop_table("no candidate better or worse", lambda chance: 0.0, 10)
    for size in (10, 20):
        loop_table("effects of −2 ± 5 points", lambda chance: chance.normal(-0.02, 0.05), size)
    loop_table("one in twenty gains 8 points, the others −2 ± 2", rare, 10)
    screen_table()
    replays_table()
    tests_table()
    formula_table()


if __name__ == "__main__":
    main()
