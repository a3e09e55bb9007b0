"""A program that starts three environments, says their process ids and folders, and never ends; one of them hangs."""

from __future__ import annotations

import asyncio

from automem.envs.worker import start_remote


async def main() -> None:
    tasks = ("strange", "hangs", "strange")
    remotes = [await start_remote("envs.odd_worlds:WORLD", task, 1, {}, 1000) for task in tasks]
    for remote in remotes:
        await remote.reset()
    hanging = asyncio.create_task(remotes[1].step("now"))
    await remotes[2].step("go")
    print(*[remote.pid for remote in remotes], *[remote._folder for remote in remotes], flush=True)
    await hanging


if __name__ == "__main__":
    asyncio.run(main())
