"""Named built-ins that give the data of a NetHack observation to a scaffold's conditions and templates."""

from automem.envs.nethack.packages import require

require("nle")

from automem.envs.nethack.builtins.figures import status  # noqa: E402
from automem.envs.nethack.builtins.grid import grid_map  # noqa: E402
from automem.envs.nethack.builtins.prompts import game_prompt  # noqa: E402
from automem.envs.nethack.builtins.tracker import visits  # noqa: E402

__all__ = ["game_prompt", "grid_map", "status", "visits"]
