"""A real run in which everything that others write tries to run, to end its element, or to drive what shows it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from loops.patches import candidate, patch
from loops.recorded import played

from automem.runs.candidates import Decision, Effect, proposal_key
from automem.runs.costs import Cost
from automem.runs.layout import RunFolder
from automem.runs.store import Store
from automem.runs.trials import TrialRow
from automem.runs.versions import adopt, last_conditions
from automem.spec.load import load_scaffold

EVIL = "<script>window.hit = 1</script></style></svg></title>]]>--><img src=x onerror='window.hit=1'>\"'`${1}{{ 7*7 }}"
CONTROL = "\x1b[2J\x07\u202eabc"
SPELT = "\\x1b[2J\\x07\\u202eabc"
NAME = "<b onmouseover='window.hit=1'> & \"run\""
LONG = "unbroken" * 40
EFFECTS = {
    "progression": Effect("progression", 2, 0.1, 0.125, 0.025, -0.01, 0.06),
    f"duplicate_lines.{EVIL}.md": Effect(f"duplicate_lines.{EVIL}.md", 2, 0.2, 0.1, -0.1),
}


def hostile(folder: Path) -> Path:
    """Make the run; gives the folder of runs that holds it under `NAME`."""
    run = played(folder, "sound", seeds="42..43", steps=12)[1]
    with Store.open(run.database) as store:
        _loop_1(store, run, folder)
        _loop_2(store, run)
        _owed(store)
    run.path.rename(run.path.parent / NAME)
    return run.path.parent


def _loop_1(store: Store, run: RunFolder, folder: Path) -> None:
    first, under = store.versions()[0], {"conditions": last_conditions(store)}
    edited = folder / "edited.yaml"
    edited.write_text(run.scaffold(0).read_text().replace("memory:\n", f"memory:  # {EVIL}\n", 1))
    text = edited.read_text().replace("unchanged_count >= 3", "unchanged_count >= 2")
    edited.write_text(text)
    made = adopt(store, run, load_scaffold(edited), first)
    usual = patch(2, store.episodes()[0].id)
    evil = usual.replace(usual[usual.index("reason:") : usual.index("evidence:")], f"reason: {json.dumps(EVIL)}\n")
    evil = evil.replace("it stands still", json.dumps(EVIL))
    store.put_candidate(candidate(1, **under, status="accepted", version=made.number, patch=evil, effects=EFFECTS))
    store.put_candidate(candidate(2, **under, status="refused", patch=f"{EVIL}: [", why=EVIL + CONTROL, parent=1))
    store.put_candidate(candidate(3, **under, status="declined", comment=EVIL + CONTROL, proposer=EVIL, parent=1))
    for number in range(4, 29):
        more = {"why": f"{LONG} 猫 {number}", "effects": EFFECTS, "decision": Decision("paired", False, "no", 2)}
        store.put_candidate(candidate(number, **under, status="rejected", **more))
    store.add_costs(proposal_key(2), {EVIL: Cost(calls=3, input_tokens=900, output_tokens=100, usd=0.5, priced=3)})


def _loop_2(store: Store, run: RunFolder) -> None:
    trial = TrialRow(
        1, 0, last_conditions(store), EVIL, "rejected", recipe=f"# {EVIL}{CONTROL}\n", reason=EVIL, expects=CONTROL,
        counts={EVIL: 3, "examples": 3, "chosen": 2, "lessons": 2}, losses={"train": 0.5, "held_out": 0.4},
        weights="ab", played=f"ffffffff: {EVIL}", tasks={EVIL: EFFECTS["progression"]}, effects=EFFECTS, why=EVIL,
    )  # fmt: skip
    store.put_trial(trial)
    run.trial(1).mkdir(parents=True)
    rows = [{"step": step, "of": 2, "epoch": 1.0, "seconds": 1.0, "tokens": 9, "loss": 1 / step} for step in (1, 2)]
    (run.trial(1) / "curve.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def _owed(store: Store) -> None:
    done = store.episodes()[0]
    row = replace(done.row, key="0" * 64, seed=99, status="owed", progression=None, steps=None, metrics={},
                  task=f"{EVIL}{LONG}", note=CONTROL, error=EVIL + CONTROL)  # fmt: skip
    store.put_episode(replace(done, row=row, id="owed-99", seconds=None, trace_bytes=None))
    evil = {f"guard.{EVIL}": 1.0, f"notice.{CONTROL}": 2.0}
    store.put_episode(replace(done, row=replace(done.row, metrics={**done.row.metrics, **evil})))
