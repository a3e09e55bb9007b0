"""Run all benchmarks, or those that are named: `python -m benchmarks [NAME …]`."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = (
    "crafter",
    "nethack",
    "builtins",
    "engine_time",
    "evolved",
    "gates",
    "harness",
    "local",
    "prompt_cache",
    "report",
    "rules",
    "trace_size",
    "view",
)


def main(names: list[str]) -> int:
    """Run the benchmarks `names`, all when there are none; gives the exit code."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(NAMES)}", file=sys.stderr)
        return 2
    for name in names or NAMES:
        import_module(f"benchmarks.{name}").main()
        print(flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
