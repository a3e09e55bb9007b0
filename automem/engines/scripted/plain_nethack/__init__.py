"""A plain player of NetHack and MiniHack: short answers that rest on the lines of one compact prompt."""

from __future__ import annotations

from automem.engines.scripted.plain.player import PlainPlayer
from automem.engines.scripted.plain_nethack.logbook import log
from automem.engines.scripted.plain_nethack.planner import plan

play = PlainPlayer(log, plan)
