"""Engines: what answers a conversation. One protocol (`base`), one file an engine."""

from __future__ import annotations

from automem.engines.base import Answer, Engine, EngineFactory, Message, Request
from automem.registry import Registry

ENGINES: Registry[EngineFactory] = Registry(
    "engine",
    "automem.engines",
    {
        "scripted": "automem.engines.scripted:create",
        "openai": "automem.engines.openai:create",
        "local": "automem.engines.local:create",
        "anthropic": "automem.engines.anthropic:create",
    },
)

__all__ = ["ENGINES", "Answer", "Engine", "EngineFactory", "Message", "Request"]
