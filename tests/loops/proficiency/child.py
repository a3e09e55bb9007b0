"""An apply of the bench in a process of its own, to be killed: `python -m loops.proficiency.child BENCH MOMENT`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from runs.child import die_at

from automem.loops.proficiency import fitting
from loops.proficiency.bench import Bench
from loops.proficiency.noted import teach


def main() -> int:
    vars(fitting)["train"] = teach
    bench = Bench(Path(sys.argv[1]))
    os.chdir(bench.path)
    if moment := int(sys.argv[2]):
        die_at(moment, str(bench.path / "runs"))
    return bench.apply({"trials": 2}).exit_code


if __name__ == "__main__":
    sys.exit(main())
