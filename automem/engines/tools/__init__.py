"""Models that call tools: conversations in a neutral form (`base`), one file a protocol."""
