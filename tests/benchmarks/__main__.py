"""Run the benchmarks and print one table: `python tests/benchmarks`, with the extra [bench] installed."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.run import main

if __name__ == "__main__":
    main()
