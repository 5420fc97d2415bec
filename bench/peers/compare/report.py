"""The comparison as Markdown, and as a page with charts."""

import html
import re
import subprocess

from figures import further, main_figure, ratio
from losses import losses
from promises import promises
from workloads import NOTES

COLOURS = {"aio": "#1f6f54", "mine": "#35a27c", "raw": "#8a8a8a"}
OTHERS = "#7d93b2"
TITLE = "aio beside its peers"


def blocks(about):
    """(case's results) for each case, in order."""
    found = {}
    for result in about["results"]:
        found.setdefault(result["case"], []).append(result)
    return list(found.values())


def conditions(about):
    machine, versions = about["machine"], about["versions"]
    yield f"Measured {machine['date']} with `{about['command']}`: medians of {about['rounds']} rounds, in which all took turns."
    yield (
        f"Machine: {machine['processor']}, {machine['cores']} cores, {machine['memory_mb']:,} MB, "
        f"{machine['system']}, Linux {machine['kernel']}; load at the start {machine['load_at_start']:.2f}."
    )
    yield f"C++: {versions['compiler']}, `{about['flags']['c++']}`."
    packages = [f"{n} {v}" for n, v in versions.items() if n not in ("compiler",)]
    yield f"Versions: {', '.join(packages)}."
    for peer in about["missing"]:
        yield f"Not measured: {peer['title']}: {peer['why']}"


def compared_to(results):
    return "raw epoll" if any(r.get("ratio_to") == "raw" for r in results) else "aio"


# ── Markdown ──


def markdown(about):
    lines = [f"# {TITLE}", "", *(f"- {line}" for line in conditions(about)), ""]
    workload = None
    for results in blocks(about):
        first = results[0]
        if first["workload"] != workload:
            workload = first["workload"]
            lines += [f"## {workload}", "", NOTES.get(workload, ""), ""]
        lines += [
            f"### {first['title']}", "",
            f"| | {first['unit']} | ÷ {compared_to(results)} | |", "|---|---:|---:|---|",
        ]
        lines += ["| " + " | ".join(row(result)) + " |" for result in results]
        lines.append("")
    lines += ["## Promises", "", "| | | | |", "|---|---|---:|---|"]
    for one in promises(about):
        lines.append(f"| {one.case} | {one.text} | {one.found} | {'kept' if one.kept else 'missed'} |")
    lines += ["", "## Where others are ahead", "", *(f"- {loss}" for loss in losses(about)), ""]
    return "\n".join(lines)


def row(result):
    return [
        result["peer_title"],
        main_figure(result["figure"], result["median"]),
        ratio(result),
        further(result),
    ]


# ── the page ──


def page(about):
    parts = [
        "<!doctype html>", '<html lang="en">', '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width">', f"<title>{TITLE}</title>",
        "<style>body{font:16px/1.5 sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
        "table{border-collapse:collapse}td,th{padding:.1rem .8rem .1rem 0;text-align:left}"
        "td.n{text-align:right}svg{max-width:100%;height:auto}</style>",
        f"<h1>{TITLE}</h1>",
        *(f"<p>{html.escape(line).replace('`', '')}</p>" for line in conditions(about)),
    ]
    workload = None
    for results in blocks(about):
        first = results[0]
        if first["workload"] != workload:
            workload = first["workload"]
            parts.append(f"<h2>{workload}</h2><p>{html.escape(NOTES.get(workload, ''))}</p>")
        parts.append(f"<h3>{html.escape(first['title'])}</h3>")
        parts.append(chart(results))
        parts.append(f"<details><summary>The same in figures</summary>{figures(results)}</details>")
    parts.append("<h2>Where others are ahead</h2><ul>")
    parts += [f"<li>{html.escape(loss)}</li>" for loss in losses(about)]
    parts.append("</ul></html>")
    return "\n".join(parts) + "\n"


def figures(results):
    head = f"<tr><th></th><th>{html.escape(results[0]['unit'])}</th><th>÷ {compared_to(results)}</th></tr>"
    lines = []
    for result in results:
        name, value, ratio_, more = map(html.escape, row(result))
        lines.append(f'<tr><td>{name}</td><td class="n">{value}</td><td class="n">{ratio_}</td><td>{more}</td></tr>')
    return f"<table>{head}{''.join(lines)}</table>"


def chart(results):
    """An SVG, drawn by gnuplot: a bar for each peer, the first on top."""
    values = [result["median"] for result in results]
    name = re.sub(r"\W", "_", results[0]["case"])  # ids within a page
    logarithmic = min(values) > 0 and max(values) / min(values) > 50
    low = min(values) / 2 if logarithmic else 0
    lines = [
        f"set terminal svg name {quoted(name)} size 760,{90 + 26 * len(results)} font 'sans-serif,13' background 'white'",
        "set output", "unset key", "set style fill solid", "set border 1", "set xtics nomirror",
        f"set yrange [{len(results) - 0.4}:-0.6]",
        "set ytics scale 0 (" + ", ".join(f"{quoted(r['peer_title'])} {i}" for i, r in enumerate(results)) + ")",
        f"set xlabel {quoted(axis(results[0], logarithmic))}",
        f"set xrange [{low}:{max(values) * (8 if logarithmic else 1.25)}]",
        "set logscale x" if logarithmic else "set grid x linecolor '#dddddd'",
        "$bars << END",
    ]
    for i, result in enumerate(results):
        colour = int(COLOURS.get(result["peer"], OTHERS)[1:], 16)
        label = main_figure(result["figure"], result["median"])
        lines.append(f'{result["median"]} {i} {low} {i - 0.36} {i + 0.36} {colour} "  {label}"')
    lines += [
        "END",
        "plot $bars using 1:2:3:1:4:5:6 with boxxyerror linecolor rgb variable, "
        "$bars using 1:2:7 with labels left",
    ]
    done = subprocess.run(
        ["gnuplot"], input="\n".join(lines), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(f"gnuplot: {done.stderr.strip()}")
    return done.stdout[done.stdout.index("<svg") :]


def axis(result, logarithmic):
    unit = {"cpu_ns": "ns", "wall_ns": "ns", "p50_us": "µs", "bytes": "bytes"}.get(result["figure"], "s")
    return f"{result['unit']}, {unit}" + (", each number ten times the one before" if logarithmic else "")


def quoted(text):
    return "'" + text.replace("'", "''") + "'"
