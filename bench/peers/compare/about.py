"""Looking at what --json writes, as Markdown, the page and the table do."""

from itertools import groupby

from figures import further, main_figure, ratio, spread
from disturbance import TOO_MUCH
from runs import runs_of
from spread import is_tie
from workloads import NOTES

TITLE = "aio beside its peers"


def by_workload(about):
    """Each workload, what is said about it, and the results of each of its cases, in order."""
    cases = {}
    for result in about["results"]:
        cases.setdefault(result["case"], []).append(result)
    for name, of_it in groupby(cases.values(), key=lambda results: results[0]["workload"]):
        yield name, NOTES.get(name, ""), list(of_it)


def compared_to(results):
    """What the ratios of a case refer to; nothing when there are none."""
    to = {result.get("ratio_to") for result in results} - {None}
    return {"raw": "raw epoll", "aio": "aio"}[to.pop()] if to else ""


def heads(results):
    """What stands above the rows of a case."""
    to = compared_to(results)
    return ["", results[0]["unit"], f"÷ {to}" if to else "", "half of the rounds" if to else "", ""]


def row(result):
    """A peer's line: name, figure, ratio, its spread, and what else is known."""
    value = main_figure(result["figure"], result["median"])
    return [result["peer_title"], value, ratio(result), spread(result), remarks(result)]


def remarks(result):
    """Whether it is a tie, the further figures, and the size if it is not that of the case."""
    tie = "a tie" if spread(result) and is_tie(result["ratios"]) else ""
    other_size = result["size"] != int(result["case"].split("/")[1])
    size = f"with {result['size']:,}" if other_size else ""
    return ", ".join(filter(None, (tie, further(result), size, disturbed(result))))


def disturbed(result):
    """How many rounds ran beside other work."""
    count = result.get("disturbed", 0)
    return f"{count} of {len(result['values'])} rounds disturbed" if count else ""


def in_runs(about):
    count = len(runs_of(about))
    return f" of {count} runs" if count > 1 else ""


def conditions(about):
    """Sentences about when, on what and with what it was measured."""
    machine, versions = about["machine"], dict(about["versions"])
    compiler = versions.pop("compiler")
    yield (
        f"Measured {machine['date']} with `{about['command']}`: medians of {about['rounds']} "
        f"rounds{in_runs(about)}, in which all took turns. Half of the rounds were within the spread "
        "that stands beside the ratio; where it has room for 1.00, it is a tie. A round is called "
        f"disturbed when others took more than {TOO_MUCH:.0%} of a core."
    )
    yield (
        f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_mb']:,} MB, "
        f"{machine['system']}, Linux {machine['kernel']}; "
        f"load at the start {machine['load_at_start']:.2f}."
    )
    yield f"C++: {compiler}, `{about['flags']['c++']}`."
    yield f"Versions: {', '.join(f'{name} {version}' for name, version in versions.items())}."
    for peer in about["missing"]:
        yield f"Not measured: {peer['title']}: {peer['why']}"
