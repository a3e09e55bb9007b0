from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from automem.envs import WORLDS
from automem.envs.base import Observation
from automem.envs.crafter import WORLD
from automem.envs.worker import RemoteEnvironment, _launch, start_remote
from automem.errors import AutoMemError, EnvironmentFailure
from automem.registry import UnknownPart
from envs.odd_worlds import OddWorld
from envs.playing import WALK

ODD = "envs.odd_worlds:WORLD"


def alive(pid: int | None) -> bool:
    try:
        os.kill(pid or 0, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and ") Z " in stat.read_text())


async def start(task: str) -> RemoteEnvironment:
    remote = await start_remote(ODD, task, 3, {}, 60)
    assert await remote.reset() == Observation("seed 3")
    return remote


async def test_crafter_is_played_as_in_this_process() -> None:
    here = WORLD.start("crafter", 42, {})
    there = await start_remote("crafter", "crafter", 42, {}, 60)
    assert await there.reset() == here.reset()
    for action in WALK:
        assert await there.step(action) == here.step(action)
    assert await there.draw(90) == here.draw(90)
    await there.close()
    assert not alive(there.pid)


async def test_environments_are_played_side_by_side_in_processes_of_their_own() -> None:
    remotes = await asyncio.gather(*[start("strange") for _ in range(4)])
    seen = await asyncio.gather(*[remote.step(f"a{n}") for n, remote in enumerate(remotes)])
    assert [observation.text for observation in seen] == [f"a{n} 1" for n in range(4)]
    assert seen[0] == Observation("a0 1", reward=0.5, progression=0.25, events=("moved",))
    assert len({remote.pid for remote in remotes} | {os.getpid()}) == 5
    await asyncio.gather(*[remote.close() for remote in remotes])
    assert not any(alive(remote.pid) for remote in remotes)


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ("raises", r"(?s)step 2: the world raised an exception\n.*ValueError: the dragon has no tail$"),
        ("exits", r"step 2: its process ended by itself, with exit code 7$"),
        ("killed", r"step 2: its process ended by itself, by signal 9 \(Killed\)$"),
        ("undecodable", r"(?s)step 2: .*Encoding objects of type object is unsupported$"),
        ("refuses", r"(?s)step 2: .*odd: its progression gives nan$"),
        ("owed", r"(?s)step 2: .*the game server is silent$"),
        ("surrogate", r"(?s)step 2: .*surrogates not allowed$"),
        ("nan", r"step 2: the world gives nan as progression, where a finite int or float belongs$"),
        ("endless", r"step 2: the world gives inf as reward, "),
        ("wordy", r"step 2: the world gives 'half' as progression, "),
        ("absent", r"step 2: the world gives None as reward, "),
    ],
)
async def test_whatever_goes_wrong_is_a_failure_that_says_where(task: str, message: str) -> None:
    remote, sibling = await start(task), await start("strange")
    await remote.step("go")
    with pytest.raises(EnvironmentFailure, match=message) as caught:
        await remote.step("now")
    assert str(caught.value).startswith(f"{ODD}, task {task}, seed 3, step 2: ")
    assert not alive(remote.pid)
    assert not remote._folder.exists()
    assert len(list(sibling._folder.iterdir())) == 1
    assert (await sibling.step("go")).text == "go 1"
    await sibling.close()
    await remote.close()


async def test_a_world_without_pictures_says_so() -> None:
    remote = await start("strange")
    with pytest.raises(AutoMemError, match="has no pictures"):
        await remote.draw(90)
    assert not alive(remote.pid)


async def test_a_hang_is_killed() -> None:
    remote = await start("hangs")
    remote._timeout_s = 0.1  # only now: a busy machine may take longer to start
    with pytest.raises(EnvironmentFailure, match=r"no answer within 0\.1 s, so its process was killed"):
        await remote.step("now")
    assert not alive(remote.pid)


async def test_a_process_killed_between_two_steps_is_noticed_at_the_next() -> None:
    remote, sibling = await start("strange"), await start("strange")
    os.kill(remote.pid or 0, signal.SIGKILL)
    with pytest.raises(EnvironmentFailure, match="by signal 9"):
        await remote.step("go")
    await sibling.close()


async def test_text_arrives_untouched() -> None:
    remote = await start("strange")
    assert (await remote.step("now")).text == "é🙂\x00\r\n"
    await remote.close()
    await remote.close()


async def test_what_the_world_refuses_is_no_failure() -> None:
    remote = await start_remote(ODD, "strange", 3, {"colour": 1}, 60)
    with pytest.raises(AutoMemError, match="odd: no setting is called 'colour'") as caught:
        await remote.reset()
    assert not isinstance(caught.value, EnvironmentFailure)
    with pytest.raises(UnknownPart):
        await start_remote("crafted", "crafter", 3, {}, 60)


async def test_an_answer_nobody_waited_for_is_not_taken_for_the_next() -> None:
    remote = await start("strange")
    waiting = asyncio.create_task(remote.step("now"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    with pytest.raises(EnvironmentFailure):
        await remote.step("go")
    assert not alive(remote.pid)


async def test_a_world_that_cannot_be_sent_says_what_to_do() -> None:
    class Local(OddWorld):
        pass

    WORLDS.add("local", Local())
    with pytest.raises(AutoMemError, match=r"local, task strange, seed 3: .*top level of a module"):
        await start_remote("local", "strange", 3, {}, 60)


def test_children_die_with_a_parent_that_is_killed() -> None:
    tests = Path(__file__).parents[1]
    program = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("abandoned.py"))],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tests), str(tests.parent)])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    said = program.stdout.readline().split()
    children, folders = [int(pid) for pid in said[:3]], [Path(name) for name in said[3:]]
    assert len(folders) == 3
    assert all(alive(pid) for pid in children)
    program.kill()
    # Every child holds the other end of this pipe as its output: it ends when the last of them is gone.
    assert program.stdout.read() == ""
    program.wait()
    assert not any(alive(pid) for pid in children)
    assert not any(folder.exists() for folder in folders)


def test_a_child_that_its_parent_ends_leaves_nothing_behind() -> None:
    """As a parent does that exits before anybody came to own the child."""
    process, connection, folder = _launch(WORLDS.load(ODD), "a task", 3, {})
    while not folder.exists():
        assert process.is_alive()
    process.terminate()
    process.join(20)
    connection.close()
    assert not process.is_alive()
    assert not folder.exists()
