from __future__ import annotations

import io
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from traces.play import begin, episode, header, op, step, turn

from automem.agent.record import Firing, Said
from automem.report.audit_text import render_audits
from automem.report.data import audit_data
from automem.report.step_text import overview, step_view
from automem.traces.audit import audit

STEP = step(
    7,
    "Move North",
    "You see a tree.\x1b[2J",
    raw="go north",
    turns=(
        turn("Log what matters.", "<|SEARCH|>log.md|tree<|END|>", input_tokens=1200, cached_tokens=900, seconds=0.25),
        turn("", "<|ACTION|>go north<|END|>", phase="plan", conversation=1, new=(Said("user", "Now act."),)),
    ),
    ops=(
        op("search", args={"word": "tree"}, total=3, shown=3, reply="3 lines\ntree at 1,2"),
        op("append", status="denied", phase="plan", reply="not in this phase"),
        op("write", "status.md", role="engine", turn=0, after=9, args={"text": "health 9"}),
    ),
    firings=(Firing("guard", "gate", "reject", "action"),),
    reward=1.0,
    progression=0.0909,
    events=("collect_wood",),
    intention="Do",
    done=True,
    end="died",
    outcome="You are dead.",
)


def test_a_line_for_each_step() -> None:
    lines = list(overview(header(), [step(6, fallback=True, valid=False, raw=""), STEP]))
    assert lines == [
        "crafter · default · seed 42 · evaluate · crafter-v0 v0",
        "    6 | Noop (fallback)",
        "    7 | Move North (written 'go north') | withdrawn 'Do' | reward +1 | achieved collect_wood"
        " | log: SEARCH, WRITE | plan: APPEND denied | guard:gate",
        "over after 7 steps: died, progression 9.09%",
    ]


STEP_VIEW = """\
step 7 · crafter · default · seed 42 · crafter-v0 v0
── observation
You see a tree.\\x1b[2J

══ log, turn 1, base, conversation 0: prompt 17 characters, 1,200 tokens (900 cached), 0.25 s, stop
── user
Log what matters.
── answer
<|SEARCH|>log.md|tree<|END|>
── SEARCH log.md word='tree' → ok, 3 of 3 lines
3 lines
tree at 1,2

══ plan, turn 1, base, conversation 1: prompt 0 characters, 0.00 s, stop
── user
Now act.
── answer
<|ACTION|>go north<|END|>
── APPEND log.md → denied
not in this phase

══ the scaffold's own operations
── WRITE status.md text='health 9' → ok, 0 → 9 characters

══ notices, guards and updates
guard gate (action): reject

══ in the world
action Move North (written 'go north')
withdrawn while consulting: Do
reward +1, progression 9.09%
achieved collect_wood
over: died
── outcome
You are dead."""


def test_a_step_in_full() -> None:
    assert "\n".join(step_view(header(), STEP)) == STEP_VIEW


def test_an_audit_is_shown(tmp_path: Path) -> None:
    memory = begin(tmp_path / "memory")
    found = audit(header(), episode(memory, 150, seed=4), memory.contents())
    memory.close()
    out = io.StringIO()
    render_audits([found], Console(file=out))
    shown = out.getvalue()
    assert "Searches that found nothing" in shown
    assert f"{found.vain[0].word}" in shown
    assert f"{found.growth[0]:+d} {found.growth[1]:+d}" in shown
    assert audit_data(found) == {**asdict(found), "never_read": found.never_read}
    assert "rules.md" in shown
