"""Named built-ins that give the data of a NetHack observation to a scaffold's conditions and templates."""

from automem.envs.nethack.builtins.figures import status
from automem.envs.nethack.builtins.grid import grid_map
from automem.envs.nethack.builtins.prompts import game_prompt
from automem.envs.nethack.builtins.tracker import visits

__all__ = ["game_prompt", "grid_map", "status", "visits"]
