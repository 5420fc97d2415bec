"""The figures in README are those of bench/RESULTS.md."""

import sys

from kit import SOURCE, Problem, main

sys.path.insert(0, str(SOURCE / "bench/peers/compare"))
from summary import summary  # noqa: E402


def check():
    readme = (SOURCE / "README.md").read_text()
    table = "\n".join(summary((SOURCE / "bench/RESULTS.md").read_text()))
    if table not in readme:
        raise Problem(f"README.md has not this table of bench/RESULTS.md:\n\n{table}")


main(check)
