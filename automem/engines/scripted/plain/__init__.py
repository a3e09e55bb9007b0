"""A plain player of Crafter: short answers that rest on what one prompt shows, so that a small model can learn them."""

from __future__ import annotations

from automem.engines.scripted.plain.logbook import log
from automem.engines.scripted.plain.planner import plan
from automem.engines.scripted.plain.player import PlainPlayer

play = PlainPlayer(log, plan)
