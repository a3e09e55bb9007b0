"""Loop 1 in processes of its own, where people and machines get in its way."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cli.running import COMMAND, Shell
from engines.loopback import ChatServer, Seen, hang
from engines.tool_servers import Scripted, ToolMessages

from automem.errors import EXIT_DONE, EXIT_FAILED, EXIT_INCOMPLETE, EXIT_INTERRUPTED, RunError
from automem.runs import list_runs, remove_run, show_run
from automem.runs.store import Store

from .held import HOLD
from .meeting import propose, serving
from .proposing import Bench, skill
from .test_loop_kill import PATCHES, TESTS, end

HELD = {"base": {"engine": "loops.held:create"}, "meta": {"engine": "loops.held:create_proposer"}}
FEW = {"select": "1..3"}
READERS: Sequence[Sequence[str]] = [
    ("runs", "ls"),
    ("runs", "show", "toy"),
    ("history", "toy"),
    ("report", "toy"),
    ("review", "toy"),
    ("trace", "toy", "3"),
    ("diff", "toy@v0", "toy@v1"),
    ("memory", "audit", "toy"),
    ("plan", "experiment.yaml"),
    ("evidence", "toy", "overview"),
    ("evidence", "toy", "diagnostics"),
    ("evidence", "toy", "lineage"),
]
WRITERS: Sequence[Sequence[str]] = [
    ("apply", "experiment.yaml"),
    ("noise", "experiment.yaml"),
    ("review", "toy", "--accept", "c2"),
    ("runs", "rm", "toy", "--yes"),
]


@pytest.fixture
def held(bench: Bench) -> Bench:
    """A bench whose players and proposer can be held back."""
    bench.propose(*PATCHES)
    bench.load(models=HELD)
    return bench


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A bench whose loop has ended, disturbed by nothing; to be read only."""
    bench = Bench(tmp_path_factory.mktemp("finished"))
    bench.propose(*PATCHES)
    bench.apply(models=HELD)
    return bench


@pytest.fixture(scope="module")
def untouched(finished: Bench) -> dict[str, Any]:
    """The end that it came to."""
    return end(finished)


def spawn(bench: Bench, *args: str, **more: Any) -> subprocess.Popen[str]:
    environment = {**os.environ, HOLD: str(bench.path / "hold"), "PYTHONPATH": str(TESTS), "SOME_KEY": "secret"}
    command = [*COMMAND, *(args or ("apply", "experiment.yaml"))]
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=bench.path, env={**environment, **more.pop("env", {})}, **pipes, **more)


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """Exit code and what was said."""
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def wait_for(sight: Any, process: subprocess.Popen[str]) -> None:
    while not sight():
        assert process.poll() is None, ended(process)
        time.sleep(0.01)


@contextmanager
def at_work(bench: Bench, words: str) -> Iterator[subprocess.Popen[str]]:
    """An apply that is held where a prompt, or what is proposed, says `words`."""
    hold, sign = bench.path / "hold", bench.path / "hold.held"
    hold.write_text(words)
    process = spawn(bench)
    try:
        wait_for(sign.exists, process)
        yield process
    finally:
        hold.unlink(missing_ok=True)
        sign.unlink(missing_ok=True)
        if process.returncode is None:
            process.kill()
            process.communicate()


def test_one_works_on_a_run_and_everyone_may_look(held: Bench, untouched: dict[str, Any]) -> None:
    with at_work(held, "Skill: 80") as process:
        shell, before = Shell(held.path), end(held)
        for command in READERS:
            shell(*command)
        assert f"process {process.pid} on " in shell("runs", "ls").out
        for command in WRITERS:
            assert f"is in use by process {process.pid} on " in shell(*command, code=EXIT_FAILED).err
        assert end(held) == before
        (held.path / "hold").unlink()
        assert ended(process)[0] == EXIT_DONE
    assert end(held) == untouched


def test_runs_are_listed_at_any_instant(held: Bench) -> None:
    held.load({"revisions": 1}, models=HELD)
    process = spawn(held)
    listed = []
    while process.poll() is None:
        listed += list_runs(held.path / "runs")
    assert ended(process)[0] == EXIT_DONE
    assert {one.fault for one in listed} == {""}
    assert len({one.done for one in listed}) > 4


def test_signals_and_moves_come_to_the_same_end(held: Bench, untouched: dict[str, Any], tmp_path: Path) -> None:
    for words, number in (("propose 1", signal.SIGTERM), ("Skill: 80", signal.SIGINT)):
        with at_work(held, words) as process:
            process.send_signal(number)
            code, _, err = ended(process)
            assert (code, err.splitlines()[-1]) == (EXIT_INTERRUPTED, "interrupted; the same command goes on from here")
    held.path.rename(tmp_path / "moved here")
    moved = Bench(tmp_path / "moved here")
    (moved.path / "runs").rename(tmp_path / "apart")
    (moved.path / "runs").symlink_to(tmp_path / "apart")
    temporary = Path(tempfile.mkdtemp(prefix="temporary files "))  # short: sockets lie there
    process = spawn(moved, env={"TMPDIR": str(temporary)})
    assert process.stderr
    for line in process.stderr:
        if "report, opened now: toy v4" in line:
            process.send_signal(signal.SIGTERM)
            break
    assert ended(process)[0] == EXIT_INTERRUPTED
    temporary.rmdir()  # nothing is left in it
    assert ended(spawn(moved))[0] == EXIT_DONE
    assert end(moved) == untouched


def test_a_signal_while_the_model_is_slow_repeats_no_answered_call(bench: Bench) -> None:
    server = ToolMessages()
    with serving(server, [Scripted(calls=[("overview", {})]), propose(skill(100))]):
        server.script = [server_behaves(server), hang]
        meta = {"engine": "anthropic", "model": "tiny", "base_url": server.url, "key_env": "SOME_KEY", "retries": 0}
        bench.load({"revisions": 1}, seeds=FEW, models={**HELD, "meta": meta})
        process = spawn(bench)
        wait_for(lambda: len(server.asked) == 2, process)
        process.send_signal(signal.SIGTERM)
        assert ended(process)[0] == EXIT_INTERRUPTED
        assert ended(spawn(bench))[0] == EXIT_DONE
        assert [len(body["messages"]) for body in server.asked] == [1, 3, 3]
    assert [one.status for one in bench.candidates()] == ["accepted"]


def server_behaves(server: ToolMessages | ChatServer) -> Any:
    async def behave(seen: Seen, writer: Any) -> None:
        await server.behave(seen, writer)

    return behave


def test_a_server_that_dies_in_a_candidates_play_and_comes_back(bench: Bench) -> None:
    server = ChatServer()
    server.text = lambda body: "<|DONE|>" if "PHASE LOG" in body["messages"][0]["content"] else "<|ACTION|>Left<|END|>"
    alive, left = server.behave, [5]

    async def dying(seen: Seen, writer: Any) -> None:
        left[0] -= bool(seen.body) and "Skill: 80" in seen.body["messages"][0]["content"]
        await (alive(seen, writer) if left[0] > 0 else writer.drain())
        if left[0] <= 0:
            writer.close()

    bench.propose(skill(80))
    with serving(server, []):  # type: ignore[arg-type]  # it has no tools
        server.behave = dying  # type: ignore[method-assign]  # until it comes back
        base = {"engine": "openai", "model": "tiny", "base_url": server.url, "key_env": "SOME_KEY", "retries": 0}
        bench.load({"revisions": 1}, seeds=FEW, models={**HELD, "base": base})
        code, out, _ = ended(spawn(bench))
        assert (code, [one.status for one in bench.candidates()]) == (EXIT_INCOMPLETE, ["playing"])
        assert "gave no answer" in out
        server.behave = alive  # type: ignore[method-assign]
        assert ended(spawn(bench))[0] == EXIT_DONE
    assert bench.candidates()[0].status == "rejected"


def test_a_world_that_is_killed_in_a_candidates_play_is_started_again(bench: Bench) -> None:
    fuse = bench.path / "fuse"
    bench.propose(skill(100))
    bench.load({"revisions": 1}, seeds=FEW, models=HELD, env={"name": "loops.held:FRAGILE", "fuse": str(fuse)})
    scaffold = bench.path / "scaffold.yaml"
    scaffold.write_text(scaffold.read_text().replace("env: toy", "env: fragile-toy"))
    with at_work(bench, "Skill: 100") as process:
        fuse.write_text("3")
        (bench.path / "hold").unlink()
        code, _, err = ended(process)
    assert (code, err.count("the episode is tried once more")) == (EXIT_DONE, 1)
    assert bench.candidates()[0].status == "accepted"


def test_a_disk_without_space_is_told_and_what_is_finished_stays(held: Bench, untouched: dict[str, Any]) -> None:
    def no_space() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    code, _, err = ended(spawn(held, preexec_fn=no_space))
    assert code == EXIT_FAILED
    assert "Traceback" not in err
    assert "what was finished is kept" in err.splitlines()[-1]
    assert show_run("toy", held.path / "runs").episodes
    assert ended(spawn(held))[0] == EXIT_DONE
    assert end(held) == untouched


def test_a_run_on_a_read_only_medium_can_be_read(finished: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for left_by_a_reader in finished.run.path.glob("run.db-*"):
        left_by_a_reader.unlink()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Store.read(finished.run.database) as store:
        assert len(store.candidates()) == 4
        assert not list(finished.run.path.glob("run.db-*"))  # nothing is made beside it
    with Store.open(finished.run.database) as writer:
        writer.set("word", "in the log")
        with Store.read(finished.run.database) as reader:
            assert reader.get("word") == "in the log"


def test_a_run_that_is_a_link_is_not_removed(finished: Bench, tmp_path: Path) -> None:
    (tmp_path / "toy").symlink_to(finished.run.path)
    with pytest.raises(RunError, match=r"is a link to .*/runs/toy"):
        remove_run("toy", tmp_path)
    assert [one.done for one in list_runs(tmp_path)] == [12]


def test_a_terminal_without_these_letters_gets_others(finished: Bench) -> None:
    code, out, err = ended(spawn(finished, "history", "toy", env={"PYTHONIOENCODING": "ascii"}))
    assert (code, err) == (EXIT_DONE, "")
    assert "incumbent" in out
