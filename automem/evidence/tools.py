"""Every question that can be asked about a run, by name."""

from __future__ import annotations

from typing import Any

from automem.evidence import (
    compare,
    diagnostics,
    grep,
    lineage,
    memory,
    operations,
    overview,
    render_under,
    scaffold,
    steps,
)
from automem.evidence.tool import Tool

TOOLS: dict[str, Tool[Any]] = {
    tool.name: tool
    for module in (overview, diagnostics, steps, grep, memory, operations, compare, scaffold, lineage, render_under)
    for tool in module.TOOLS
}
"""In the order in which a person or a model meets them."""
