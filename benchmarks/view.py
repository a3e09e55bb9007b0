"""How soon the page shows ten episodes of 2,000 steps, how smoothly it steps and scrolls, and what the server takes."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from automem.agent.record import Header, Op, Step
from automem.memory.memory import Memory
from automem.memory.outcome import Call
from automem.runs import RunFolder, show_run
from automem.runs.store import Store
from automem.traces.ops import writes
from automem.traces.replay import replay
from automem.traces.store import TraceWriter
from benchmarks.playing import chain, scripted_play, workplace

if TYPE_CHECKING:
    from playwright.sync_api import Page

STEPS = 2_000
GOAL_S, FRAME_MS = 2.0, 1000 / 60
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

_FRAMES = """async ([count, kind]) => {
  const list = document.querySelector(".panel .list"), times = [];
  let before = performance.now();
  for (let n = 0; n < count; n += 1) {
    if (kind === "step") await player.go(player.step + 1);
    else list.scrollTop += 120;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    times.push(now - before);
    before = now;
  }
  return times;
}"""


def lengthened() -> RunFolder:
    """A run of ten episodes of `STEPS` steps: real play, one episode after the other, with one memory throughout."""
    episodes = scripted_play()
    folder = RunFolder(workplace() / "long")
    shutil.copytree(workplace() / "v0-crafter", folder.path)
    shown = show_run("long", workplace())
    for at, recorded in enumerate(shown.episodes):
        ordered = [*episodes[at:], *episodes[:at]]
        steps, _ = chain(ordered * (1 + STEPS // sum(len(one.steps) for one in ordered)), STEPS)
        _write(folder.trace(recorded.id), episodes[at].header, steps)
        with Store.open(folder.database) as store:
            store.put_episode(replace(recorded, row=replace(recorded.row, steps=STEPS)))
    return folder


def _write(path: Path, header: Header, steps: list[Step]) -> None:
    with TemporaryDirectory() as place, TraceWriter(path, header) as writer:
        memory = replay(header, [], Path(place, "memory"))
        for step in steps:
            ops = tuple(_again(memory, op) if writes(op) else op for op in step.ops)
            writer.write(msgspec.structs.replace(step, ops=ops, done=step.number == STEPS))
        memory.close()
        writer.finish()


def _again(memory: Memory, op: Op) -> Op:
    """An op as this memory carries it out."""
    came = memory.run(Call(op.verb, op.file, op.args), by="engine" if op.role == "engine" else "agent")
    return msgspec.structs.replace(op, status=came.status, before=came.before_chars, after=came.after_chars)


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """The page's address, and the server's process."""
    command = [sys.executable, "-m", "automem", "view", "long", "--runs", str(workplace()), "--no-open"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip(), server.pid
        finally:
            server.terminate()


def resident(process: int) -> float:
    """Memory that a process holds, in MiB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def opening(page: Page, address: str) -> tuple[float, float]:
    """Seconds until the first panel shows its step, and until all of it can be jumped in."""
    page.goto("about:blank")
    began = time.perf_counter()
    page.goto(address)
    page.wait_for_selector(".panel .act .action")
    first = time.perf_counter() - began
    page.wait_for_selector(".panel[aria-busy=false]")
    return first, time.perf_counter() - began


def frames(page: Page, kind: str, count: int = 300) -> str:
    """Times of frames while something is done in each, in words."""
    times = sorted(page.evaluate(_FRAMES, [count, kind]))
    late = sum(value > 2 * FRAME_MS for value in times) / len(times)
    worst = times[int(0.95 * len(times))]
    return f"median {statistics.median(times):5.1f} ms, 95 % under {worst:5.1f} ms, later than two frames {late:.1%}"


def main() -> None:
    """Measure in a browser, if there is one."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if find_spec("playwright") is None or browser is None:
        print("view: left out; it needs playwright (`pip install '.[test]'`) and chromium")
        return
    folder = lengthened()
    sizes = [path.stat().st_size for path in folder.traces.glob("*.zst")]
    print(f"The page of a run of {len(sizes)} episodes of {STEPS:,} steps ({sum(sizes) / 2**20:.1f} MiB of traces)")
    _measure(browser, [one.id for one in show_run("long", workplace()).episodes])


def _measure(browser: str, ids: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    with served() as (address, process), sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page()
        before = resident(process)
        first, whole = opening(page, address)
        print(
            f"  first panel shown after          {first:5.2f} s (goal: {GOAL_S:.0f} s); all marks after {whole:.2f} s"
        )
        late, _ = opening(page, f"{address}#{ids[1]}/1990")
        print(f"  opened at step 1,990 of another  {late:5.2f} s")
        opening(page, f"{address}#{','.join(ids[:3])}/1")
        page.keyboard.press("p")
        print(f"  three panels, a step a frame     {frames(page, 'step')}")
        page.click("summary >> text=All steps")
        print(f"  the list of 2,000 steps scrolled {frames(page, 'scroll')}")
        for id_ in ids:
            opening(page, f"{address}#{id_}/1")
        print(
            f"  the server holds                 {before:5.0f} MiB, {resident(process):.0f} MiB once all ten are read"
        )


if __name__ == "__main__":
    main()
