"""The comparison as Markdown: bench/RESULTS.md."""

from about import TITLE, by_workload, conditions, heads, row
from losses import losses
from promises import promises


def markdown(about):
    lines = [f"# {TITLE}", "", *(f"- {line}" for line in conditions(about)), ""]
    for name, note, cases in by_workload(about):
        lines += [f"## {name}", "", note, ""]
        for results in cases:
            lines += case(results)
    lines += ["## Promises", "", "| | | | |", "|---|---|---:|---|"]
    lines += [table_line(promise_row(one)) for one in promises(about)]
    lines += ["", "## Where others are ahead", "", *(f"- {loss}" for loss in losses(about)), ""]
    return "\n".join(lines)


def case(results):
    title = f"### {results[0]['title']}"
    yield from (title, "", table_line(heads(results)), "|---|---:|---:|---:|---|")
    yield from (table_line(row(result)) for result in results)
    yield ""


def promise_row(one):
    return [one.case, one.text, one.found, one.verdict]


def table_line(cells):
    return f"| {' | '.join(cells)} |"
