"""The table in the terminal: a block for each case, a line for each peer."""

import textwrap

from about import by_workload, compared_to, remarks
from figures import main_figure, ratio, spread
from promises import promises

BAR = 16
INDENT = "     "


class Table:
    def __init__(self, width, plain):
        self.width = max(60, min(100, width))
        self.plain = plain
        self.bars = not plain and self.width >= 80

    def lines(self, about):
        """`about` is what --json writes."""
        yield from self._blocks(about)
        yield from self._troubles(about["troubles"])
        yield from self._promises(list(promises(about)))

    def _blocks(self, about):
        for name, note, cases in by_workload(about):
            for results in cases:
                yield ""
                yield self._bold(f"{name:4} {results[0]['title']}")
                to = compared_to(results)
                yield f"{INDENT}{results[0]['unit']}{f'; × {to}, half of the rounds' * bool(to)}"
                most = max(result["median"] for result in results)
                for result in results:
                    yield self._line(result, most)
            yield from textwrap.wrap(
                note, self.width, initial_indent=INDENT, subsequent_indent=INDENT
            )

    def _line(self, result, most):
        name = f"{result['peer_title']:16}"
        value = main_figure(result["figure"], result["median"])
        text = f"  {name}{value:>10}{ratio(result):>8}{spread(result):>12}"
        if self.bars:
            text += f"  {bar(result['median'], most):{BAR}}"
        more = remarks(result)
        if len(text) + 2 + len(more) <= self.width:
            return f"{text}  {more}".rstrip()
        below = textwrap.fill(
            more, self.width, initial_indent=" " * 20, subsequent_indent=" " * 20
        )
        return f"{text.rstrip()}\n{below}"

    def _troubles(self, troubles):
        if troubles:
            yield ""
        for trouble in troubles:
            said = f"{trouble['peer']}, {trouble['case']}: {trouble['why']}"
            yield from textwrap.wrap(said, self.width, subsequent_indent="  ")

    def _promises(self, all_of_them):
        """How many are kept, and those that are not, or are too close to say."""
        if not all_of_them:
            return
        kept = sum(one.verdict == "kept" for one in all_of_them)
        yield ""
        yield self._bold(f"{kept} of {len(all_of_them)} promises about speed are kept.")
        for one in sorted(all_of_them, key=lambda one: one.verdict == "close"):
            if one.verdict != "kept":
                how = {"missed": "missed", "close": "too close to say"}[one.verdict]
                said = f"  {how}: {one.case}: {one.text}; found {one.found}"
                yield from textwrap.wrap(said, self.width, subsequent_indent="    ")

    def _bold(self, text):
        return text if self.plain else f"\x1b[1m{text}\x1b[0m"


def bar(value, most):
    """At least a hair, so that nothing looks like nothing."""
    eighths = max(1, round(value / most * BAR * 8)) if most > 0 else 1
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()
