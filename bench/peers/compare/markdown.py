"""The comparison as Markdown: bench/RESULTS.md."""

from about import TITLE, blocks, compared_to, conditions, row
from losses import losses
from promises import promises
from workloads import NOTES


def markdown(about):
    lines = [f"# {TITLE}", "", *(f"- {line}" for line in conditions(about)), ""]
    workload = None
    for results in blocks(about):
        if results[0]["workload"] != workload:
            workload = results[0]["workload"]
            lines += [f"## {workload}", "", NOTES.get(workload, ""), ""]
        lines += case(results)
    lines += ["## Promises", "", "| | | | |", "|---|---|---:|---|"]
    lines += [table_line(promise_row(one)) for one in promises(about)]
    lines += ["", "## Where others are ahead", "", *(f"- {loss}" for loss in losses(about)), ""]
    return "\n".join(lines)


def case(results):
    first, to = results[0], compared_to(results)
    head = ["", first["unit"], f"÷ {to}" if to else "", ""]
    yield from (f"### {first['title']}", "", table_line(head), "|---|---:|---:|---|")
    yield from (table_line(row(result)) for result in results)
    yield ""


def promise_row(one):
    return [one.case, one.text, one.found, "kept" if one.kept else "missed"]


def table_line(cells):
    return f"| {' | '.join(cells)} |"
