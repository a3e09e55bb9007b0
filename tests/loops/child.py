"""An apply of the bench in a process of its own, to be killed: `python -m loops.child BENCH OPTIMIZE MOMENT`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from runs.child import die_at

from loops.proposing import Bench


def main() -> int:
    bench = Bench(Path(sys.argv[1]))
    if moment := int(sys.argv[3]):
        die_at(moment, str(bench.path / "runs"))
    return bench.apply(json.loads(sys.argv[2])).exit_code


if __name__ == "__main__":
    sys.exit(main())
