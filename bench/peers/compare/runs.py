"""Several runs of one comparison, taken together."""

from statistics import median

LISTS = ("values", "ratios")


def pooled(abouts):
    """All rounds of all runs; "runs" keeps what each run found by itself."""
    if len(abouts) == 1:
        return abouts[0]
    found = {}
    for about in abouts:
        for result in about["results"]:
            found.setdefault((result["case"], result["peer"]), []).append(result)
    return {
        **abouts[0],
        "rounds": sum(about["rounds"] for about in abouts),
        "results": [together(results) for results in found.values()],
        "troubles": [trouble for about in abouts for trouble in about["troubles"]],
        "runs": [run for about in abouts for run in runs_of(about)],
    }


def runs_of(about):
    """The results of each run."""
    return about.get("runs") or [about["results"]]


def together(results):
    one = dict(results[0])
    for name in LISTS:
        if name in one:
            one[name] = [value for result in results for value in result.get(name, ())]
    one["median"] = median(one["values"])
    if "ratios" in one:
        one["ratio"] = median(one["ratios"])
    one["more"] = {
        name: median(result["more"][name] for result in results if name in result["more"])
        for name in one["more"]
    }
    one["disturbed"] = sum(result.get("disturbed", 0) for result in results)
    return one
