"""One game of any nle environment, made reproducible: its screens with the pages joined, and how it ends."""

from __future__ import annotations

import _ctypes
import ctypes
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from nle import nethack
from nle.env.base import NLE
from nle.env.tasks import NetHackChallenge
from numpy.typing import NDArray

from automem.envs.nethack.keys import ESC, MORE, SPACE
from automem.envs.nethack.screen import whole_message
from automem.errors import AutoMemError

ARRAYS = ("glyphs", "blstats", "tty_chars", "tty_cursor", "inv_letters", "inv_strs")
"""What is kept of a screen, by nle's names."""

Arrays = tuple[NDArray[Any], ...]
Screen = dict[str, NDArray[Any]]
"""What is on the screen: the arrays by name."""

_PAGE_END = "--More--"
_SEARCH = "Search for:"
_CHOICE = "(For instructions type a "
_BUILT = re.compile(r" - last build [^.]*")  # in the answer to `v`: each of nle's wheels has its own
_LAST_PAGES = 1000  # more than any game shows at its end
_SOLVED = 2  # `TASK_SUCCESSFUL` of every task that can be solved
_SPREAD = 2654435761  # so that neighbouring seeds differ in all that hangs on the second


class Moment(NamedTuple):
    """The game as it stands after an action.

    Arguments:
        screen: copies of nle's `ARRAYS`.
        message: what the game said, all pages of it.
        reward: nle's, added up over the pages.
        asks: what the game waits for: `key`, `line`, `space` (a page or a menu), or empty for a command.
        end: how the game ended (`died`, `quit`, `escaped`, `ascended`, `solved`, `no_progress`), or empty.
    """

    screen: Screen
    message: str
    reward: float = 0.0
    asks: str = ""
    end: str = ""


class Tamed(NLE):  # type: ignore[misc]  # nle has no annotations
    """To be mixed into an nle environment: it keeps what the package would page away, and never ends a game itself.

    The package counts its limits twice a step, quits a game that is won before its last screen can be read,
    and pages without a trace through messages (where a task has menus switched off) and through the screens
    after death, which hold the date.
    """

    def begin(self, seed: int) -> None:
        """Start the game of `seed`, 0 to 2**64 - 1. Only once: a second game would differ."""
        self.pages: list[str] = []
        self.last_screen: Screen | None = None
        self.seed(seed, seed, reseed=False)
        self.reset()
        _set_birthday(self.nethack.dlpath, seed)

    def screen(self, observation: Arrays) -> Screen:
        """Copies of what an observation holds under the names of `ARRAYS`; nle uses its arrays again."""
        return {name: observation[self._observation_keys.index(name)].copy() for name in ARRAYS}

    def _check_abort(self, observation: Arrays) -> bool:
        return False

    def _quit_game(self, observation: Arrays, done: bool) -> None:
        """Leave the last screen as it is; closing ends the game too."""

    def _perform_known_steps(self, observation: Arrays, done: bool, exceptions: bool = True) -> tuple[Arrays, bool]:
        while not done:
            if observation[self._program_state_index][0]:
                return self._last_pages(observation)
            if not observation[self._internal_index][3]:
                break
            page = whole_message(observation[self._observation_keys.index("tty_chars")])
            if _PAGE_END in page:
                self.pages.append(page)
            observation, done = self.nethack.step(SPACE)
        known = super()._perform_known_steps(observation, done, exceptions)
        return known[0], bool(known[1])

    def _last_pages(self, observation: Arrays) -> tuple[Arrays, bool]:
        """Go through what the game shows when it is over; only the first of it still has the map."""
        self.last_screen = self.screen(observation)
        for _ in range(_LAST_PAGES):
            waits = observation[self._internal_index][3]
            observation, done = self.nethack.step(SPACE if waits else ESC)
            if done:
                return observation, done
        raise RuntimeError("NetHack is over and does not end")


class Challenge(Tamed, NetHackChallenge):  # type: ignore[misc]  # nle has no annotations
    """The NetHack Challenge, which can be seeded here: the package's own refuses to be."""

    def __init__(self) -> None:
        super().__init__(savedir=None, fix_moon_phase=True, observation_keys=ARRAYS)
        for hidden in ("set_initial_seeds", "set_current_seeds", "get_current_seeds"):
            delattr(self.nethack, hidden)

    def seed(self, *seeds: int, reseed: bool = False) -> tuple[Any, ...]:
        """Seed the next game as every other nle environment does."""
        return tuple(NLE.seed(self, *seeds, reseed=reseed))


class Game:
    """One game, played by the keys that are pressed.

    Arguments:
        make: makes the environment; its class will do.
        seed: of everything random in the game, 0 to 2**64 - 1.
        no_progress: after how many keys, turned pages included, without the turn counter moving the game is
            given up; None for never.

    Raises:
        AutoMemError: the seed is out of range.
        Exception: whatever the packages raise when a game cannot be started; nothing of it is left then.
    """

    def __init__(self, make: Callable[[], Tamed], seed: int, no_progress: int | None = None) -> None:
        if not 0 <= seed < 2**64:
            raise AutoMemError(f"NetHack takes seeds from 0 to 2**64 - 1, not {seed}")
        self._env = make()
        self._env.actions = range(0x100)  # by their own codes, so that no key is missing, whatever the task has
        self._no_progress = no_progress
        self._idle = 0
        try:
            self._env.begin(seed)
        except BaseException:
            self._env.close()
            raise
        self._screen = self._env.screen(self._env.last_observation)

    def look(self) -> Moment:
        """The first screen; its pages count as turned."""
        return self._read_on(0.0, "")

    def press(self, key: int) -> Moment:
        """Press a key and turn every page that follows."""
        return self._read_on(*self._step(key))

    def close(self) -> None:
        """End the game and remove its files; may be called again."""
        self._env.close()

    def _read_on(self, reward: float, end: str) -> Moment:
        said = self._said()
        while not end and _PAGE_END in said and self._asks(said) == "space":
            more, end = self._step(MORE)
            reward += more
            said = said.replace(_PAGE_END, "\n") + self._said()
        if end:
            return Moment(self._screen, said.replace(_PAGE_END, ""), reward, "", end)
        return Moment(self._screen, said, reward, self._asks(said))

    def _said(self) -> str:
        """What the last key made the game say: the pages that nle has turned, and the one on the screen."""
        pages = [page.replace(_PAGE_END, "\n") for page in self._env.pages]
        self._env.pages.clear()
        return _BUILT.sub("", "".join([*pages, whole_message(self._screen["tty_chars"])]))

    def _step(self, key: int) -> tuple[float, str]:
        """Press one key: nle's reward, and how the game ended if it did."""
        time = self._screen["blstats"][nethack.NLE_BL_TIME]
        _, reward, done, _, info = self._env.step(key)
        end = _end(info["end_status"], self._env.nethack.how_done()) if done else ""
        self._screen = self._env.last_screen or self._env.screen(self._env.last_observation)
        self._idle = self._idle + 1 if time == self._screen["blstats"][nethack.NLE_BL_TIME] else 0
        if not end and self._idle == self._no_progress:
            end = "no_progress"
        return float(reward), end

    def _asks(self, said: str) -> str:
        _, in_question, in_line, in_page = self._env.last_observation[self._env._internal_index][:4]
        if in_page:  # a question may have a page before its next try
            return "space"
        if in_line:
            return "line"
        # nle has no flag for a search in a menu, which is typed in the first row, nor for the choice of a place,
        # which begins with a hint and moves the cursor away from the hero.
        x, y = self._screen["blstats"][:2]
        row, column = self._screen["tty_cursor"]
        if row == 0 and said.startswith(_SEARCH):
            return "line"
        return "key" if in_question or _CHOICE in said or (column, row) != (x, y + 1) else ""


def _end(status: int, how: int) -> str:
    """A word for how a game ended: nle's `end_status` and `how_done`."""
    if status == _SOLVED:
        return "solved"
    if how == nethack.PANICKED:
        raise RuntimeError("NetHack panicked")
    return {nethack.QUIT: "quit", nethack.ESCAPED: "escaped", nethack.ASCENDED: "ascended"}.get(how, "died")


def _set_birthday(library: str, seed: int) -> None:
    """Let the game have been started at a second that follows from the seed alone.

    By that second NetHack chooses what shopkeepers are called, which ants live in a nest, what is misread on
    a worn shirt and for which gems glass is taken. nle's `fix_moon_phase` does not cover it.

    Arguments:
        library: where nle has loaded this game's copy of NetHack from.
    """
    copy = ctypes.CDLL(library)  # loaded already: the same one
    try:
        ctypes.c_long.in_dll(copy, "ubirthday").value = seed * _SPREAD % 2**31
    finally:
        _ctypes.dlclose(copy._handle)  # nle refuses to start a game in a copy that others hold
