"""Makes the model in the box: conversations of scripted players in, a small language model out."""

from __future__ import annotations
