"""./learn compare: the same work on this kit's runtime, on the limit, and on its peers."""

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

sys.dont_write_bytecode = True

from build import CannotBuild, build
from comparison import Comparison
from machine import flags, machine, versions
from markdown import markdown
from measure import LIMIT, Effort
from page import page
from peers import BY_KEY, chosen
from runs import pooled
from table import Table
from workloads import NOTES, cases


def arguments():
    parser = argparse.ArgumentParser(
        prog="./learn compare",
        description="Measures the runtime beside raw epoll, libuv, Asio, libevent, tokio, uvloop "
        "and asyncio, and its HTTP beside nginx and others, in one run.",
        epilog=f"Peers: {', '.join(BY_KEY)}. What is not installed is left out.",
    )
    parser.add_argument("workloads", nargs="*", metavar="W", help="W1 to W13 and W1p; without: all")
    parser.add_argument("--quick", action="store_true", help="fewer sizes, under 3 minutes")
    parser.add_argument("--variant", choices=("runtime", "mine"), default="runtime",
                        help="mine: your own layers too")
    parser.add_argument("--peers", default="", metavar="a,b", help="only these")
    parser.add_argument("--rounds", type=int, default=5, help="at least 1; the default is 5")
    parser.add_argument("--limit", type=float, default=LIMIT, metavar="SECONDS",
                        help="what takes longer is ended")
    parser.add_argument("--json", metavar="FILE", help="write all that was measured")
    parser.add_argument("--markdown", metavar="FILE", help="write the table as Markdown")
    parser.add_argument("--page", metavar="FILE", help="write a page with charts")
    parser.add_argument("--runs", type=int, default=1, metavar="N",
                        help="measure all N times; a promise is kept if it is in each run")
    parser.add_argument("--from", metavar="FILE", dest="sources", nargs="+",
                        help="measure nothing: take what --json wrote, of one run or several")
    parser.add_argument("--plain", action="store_true", help="no colour, no bars")
    parser.add_argument("--yes", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    given.peers = [key for key in given.peers.split(",") if key]
    given.plain = given.plain or not sys.stdout.isatty() or "NO_COLOR" in os.environ
    for name in ("rounds", "runs"):
        if getattr(given, name) < 1:
            parser.error(f"--{name} must be at least 1")
    if given.page and not shutil.which("gnuplot"):
        parser.error("--page needs gnuplot: apt-get install gnuplot-nox")
    return given


class Progress:
    """One line that is rewritten on a terminal; otherwise a line for each case."""

    def __init__(self, plain):
        self.rewrites = not plain and sys.stderr.isatty()
        self._said = None

    def __call__(self, text):
        if self.rewrites:
            width = shutil.get_terminal_size().columns - 1
            return print(f"\r\x1b[K{text[:width]}", end="", file=sys.stderr, flush=True)
        text = text.split(": ")[0]
        if text != self._said:
            print(text, file=sys.stderr, flush=True)
        self._said = text

    def clear(self):
        if self.rewrites:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def measure_all(given):
    selected = cases(given.workloads, given.quick)
    effort = Effort(given.quick, given.limit)
    wanted = [
        peer
        for peer in chosen(given.peers, given.variant == "mine")
        if any(case.concerns(peer.key, effort) for case in selected)
    ]
    say = Progress(given.plain)
    here, missing = build(with_raw(wanted, selected), say)
    about = {
        "command": " ".join(["./learn compare", *sys.argv[1:]]),
        "rounds": given.rounds,
        "quick": given.quick,
        "machine": machine(),
        "versions": versions(wanted),
        "flags": flags(),
        "missing": [
            {"peer": key, "title": BY_KEY[key].title, "why": why} for key, why in missing.items()
        ],
    }
    for peer in about["missing"]:
        say.clear()
        print(f"{peer['title']}: {peer['why']}", file=sys.stderr)
    peers = [peer for peer in wanted if peer in here]
    comparison = Comparison(selected, peers, given.rounds, effort, say)
    comparison.run()
    say.clear()
    return {**about, "results": comparison.results, "troubles": comparison.troubles, "notes": NOTES}


def with_raw(peers, selected):
    """Echo is measured in pairs with raw epoll, whoever is compared."""
    raw = BY_KEY["raw"]
    needs = any(case.kind == "echo" for case in selected)
    return peers if raw in peers or not needs else [raw, *peers]


def write(file, text):
    Path(file).write_text(text)
    print(f"{file} written", file=sys.stderr)


def main():
    given = arguments()
    if given.sources:
        abouts = [json.loads(Path(source).read_text()) for source in given.sources]
    else:
        abouts = [measure_all(given) for _ in range(given.runs)]
    about = pooled(abouts)
    width = shutil.get_terminal_size((80, 24)).columns
    for line in Table(width, given.plain).lines(about):
        print(line)
    if given.json:
        write(given.json, json.dumps(about, indent=1) + "\n")
    if given.markdown:
        write(given.markdown, markdown(about))
    if given.page:
        write(given.page, page(about))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (CannotBuild, ValueError, OSError) as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.", file=sys.stderr)
        sys.exit(130)
