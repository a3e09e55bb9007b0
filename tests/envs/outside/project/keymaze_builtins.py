"""What was seen of the maze, as typed values for a scaffold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automem.envs import Extract, Observation, TaskInfo


def room_visits(parameters: Mapping[str, Any], info: TaskInfo) -> Extract:
    """Room → in how many observations so far it was the present one. It has no parameters."""
    if parameters:
        raise ValueError(f"room_visits has no parameter {next(iter(parameters))!r}")

    def extract(seen: Observation, variables: Mapping[str, Any], before: Any) -> dict[str, int]:
        counts: dict[str, int] = before or {}
        room = seen.data["room"]
        return {**counts, room: counts.get(room, 0) + 1}

    return extract
