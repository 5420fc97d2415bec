"""Figures as people read them."""

from spread import quartiles

NAMES = {
    "per_second": "a second",
    "calls": "calls",
    "allocations": "allocations",
    "peak_bytes": "bytes each",
    "p50_us": "late p50",
    "p99_us": "p99",
    "megabytes": "MB",
    "kernel_megabytes": "MB in the kernel",
    "threads": "threads",
}


def short(value):
    """Three digits, or all of a whole number."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def main_figure(name, value):
    """A figure with its unit: nanoseconds grow into micro- and milliseconds."""
    if name == "seconds":
        return f"{value:.2f} s"
    if name == "bytes":
        return f"{value:,.0f} B"
    return time(value * (1000 if name.endswith("_us") else 1))


def time(nanoseconds):
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if nanoseconds >= size * (10 if unit == "µs" else 1):
            return f"{short(nanoseconds / size)} {unit}"
    return f"{short(nanoseconds)} ns"


def further(result):
    """The figures beside the main one: "0 allocations, p99 12 µs"."""
    parts = []
    for name, value in result["more"].items():
        if name == "p99_us" and result["figure"] == "p50_us":
            parts.append(f"p99 {time(1000 * value)}")
        elif name.endswith("_us"):
            parts.append(f"{NAMES[name]} {time(1000 * value)}")
        elif name == "peak_bytes":
            parts.append(f"{value:,.0f} {NAMES[name]}")
        elif name == "allocations" and result["figure"] == "cpu_ns" and "calls" in result["more"]:
            continue  # of a server: in the JSON
        elif name in ("per_second", "threads"):
            parts.append(f"{value:,.0f} {NAMES[name]}")
        else:
            parts.append(f"{count(value)} {NAMES[name]}")
    return ", ".join(parts)


def count(value):
    return f"{round(value)}" if abs(value - round(value)) < 0.005 else f"{value:.2f}"


def ratio(result):
    """1.00 is raw epoll (echo) or the runtime (the rest)."""
    value = result.get("ratio")
    return "" if value is None else f"{many(value)}×"


def many(value):
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def spread(result):
    """Between which ratios half of the rounds were."""
    if len(result.get("ratios", ())) < 2 or set(result["ratios"]) == {1}:
        return ""
    return "–".join(many(quartile) for quartile in quartiles(result["ratios"]))
