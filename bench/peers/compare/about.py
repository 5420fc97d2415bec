"""Looking at what --json writes, as Markdown, the page and the table do."""

from itertools import groupby

from figures import further, main_figure, ratio
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
    return ["", results[0]["unit"], f"÷ {to}" if to else "", ""]


def row(result):
    """A peer's line: name, figure, ratio, and what else is known."""
    value = main_figure(result["figure"], result["median"])
    return [result["peer_title"], value, ratio(result), remarks(result)]


def remarks(result):
    """The further figures, and the size if it is not that of the case."""
    other_size = result["size"] != int(result["case"].split("/")[1])
    return ", ".join(filter(None, (further(result), f"with {result['size']:,}" * other_size)))


def conditions(about):
    """Sentences about when, on what and with what it was measured."""
    machine, versions = about["machine"], dict(about["versions"])
    compiler = versions.pop("compiler")
    yield (
        f"Measured {machine['date']} with `{about['command']}`: medians of {about['rounds']} "
        "rounds, in which all took turns."
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
