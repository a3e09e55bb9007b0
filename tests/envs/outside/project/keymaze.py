"""Twenty rooms, four locked doors, one vault: a text world in which places must be remembered."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from automem.envs import Observation, TaskInfo
from automem.envs.settings import one_of_tasks, world_settings
from automem.errors import AutoMemError

WAYS = {"north": (0, -1), "east": (1, 0), "south": (0, 1), "west": (-1, 0)}
BACK = {"north": "south", "east": "west", "south": "north", "west": "east"}
ACTIONS = (*WAYS, "take", "open", "look")
WIDTH, HEIGHT = 5, 4
NAMES = (
    "hall cellar attic kitchen porch chapel shed stable study bakery garden tower crypt bath forge well barn den loft"
)
LOCKED = {7: "red", 11: "blue", 15: "green", 19: "gold"}  # room, counted in the order of building → its door


class Maze:
    """The rooms of one seed. The first key lies in the open; behind each door lies the key to the next."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        names = [*chance.sample(NAMES.split(), WIDTH * HEIGHT - 1), "vault"]
        rooms = {(chance.randrange(WIDTH), chance.randrange(HEIGHT)): names[0]}
        self.start, key_room = names[0], chance.choice(names[1 : min(LOCKED)])
        self.exits: dict[str, dict[str, str]] = {name: {} for name in names}  # room → way → room
        self.doors: dict[tuple[str, str], str] = {}  # (room, way) → colour; locked from this side only
        self.keys: dict[str, str] = {}  # room → colour
        for number, name in enumerate(names[1:], 1):
            here, way, there = chance.choice([step for step in _steps(rooms) if step[2] not in rooms])
            self.exits[rooms[here]][way], self.exits[name][BACK[way]] = name, rooms[here]
            rooms[there] = name
            if number in LOCKED:
                self.doors[rooms[here], way] = self.keys[key_room] = LOCKED[number]
                key_room = name


def _steps(rooms: Iterable[tuple[int, int]]) -> list[tuple[tuple[int, int], str, tuple[int, int]]]:
    """Every step from a room that stays on the grid: from where, which way, to where."""
    steps = [((x, y), way, (x + dx, y + dy)) for x, y in rooms for way, (dx, dy) in WAYS.items()]
    return [step for step in steps if 0 <= step[2][0] < WIDTH and 0 <= step[2][1] < HEIGHT]


class MazeEpisode:
    """One walk, until the vault is reached or `max_steps` actions are played."""

    def __init__(self, seed: int, max_steps: int) -> None:
        self._maze, self.left = Maze(seed), max_steps
        self._room, self._key, self._end = self._maze.start, "", ""

    def reset(self) -> Observation:
        return self._see("You wake up in a maze. Somewhere in it is a vault.")

    def step(self, action: str) -> Observation:
        if self._end or action not in ACTIONS:
            raise AutoMemError(f"keymaze: the episode is over, or {action!r} is no action of it")
        self.left -= 1
        doors = self._maze.doors.copy()
        said = self._go(action) if action in WAYS else self._use(action)
        self._end = "solved" if self._room == "vault" else "" if self.left else "max_steps"
        return self._see(said, *(f"{doors[door]}_door" for door in doors.keys() - self._maze.doors))

    def close(self) -> None:
        """Nothing is held."""

    def _go(self, way: str) -> str:
        if way not in self._maze.exits[self._room] or (self._room, way) in self._maze.doors:
            return "You cannot go that way."
        self._room = self._maze.exits[self._room][way]
        return f"You go {way}."

    def _use(self, action: str) -> str:
        room, maze = self._room, self._maze
        if action == "take" and room in maze.keys:
            self._key = maze.keys.pop(room)
            return f"You take the {self._key} key."
        for way in WAYS if action == "open" and self._key else ():
            if maze.doors.get((room, way)) == self._key:
                self._key = ""
                return f"The {maze.doors.pop((room, way))} door opens."
        return "Nothing happens."

    def _see(self, said: str, *events: str) -> Observation:
        room, maze = self._room, self._maze
        ways = {way: maze.doors.get((room, way)) for way in WAYS if way in maze.exits[room]}
        exits = ", ".join(f"{way} ({colour} door)" if colour else way for way, colour in ways.items())
        lines = [said, f"You are in the {room}.", f"Exits: {exits}."]
        lines += [f"The {maze.keys[room]} key lies here."] if room in maze.keys else []
        lines += [f"You hold the {self._key} key."] if self._key else []
        progression = (len(LOCKED) - len(maze.doors) + (room == "vault")) / (len(LOCKED) + 1)
        over = bool(self._end)
        return Observation("\n".join(lines), len(events), over, progression, events, self._end, {"room": room})


class KeyMaze:
    """The world. Its only setting is `max_steps`, 200 unless given."""

    name = "keymaze"

    def tasks(self) -> Sequence[str]:
        return (self.name,)

    def describe(self, task: str, settings: Mapping[str, Any]) -> TaskInfo:
        episode = self.start(task, 0, settings)
        return TaskInfo(task, ACTIONS, "look", episode.left, "keymaze 1", episode.reset())

    def start(self, task: str, seed: int, settings: Mapping[str, Any]) -> MazeEpisode:
        one_of_tasks(self.name, task, self.tasks())
        return MazeEpisode(seed, world_settings(self.name, settings, ("max_steps",)).whole("max_steps", 200))


WORLD = KeyMaze()
