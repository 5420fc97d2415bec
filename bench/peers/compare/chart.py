"""Charts, drawn by gnuplot."""

import re
import subprocess

from figures import main_figure

COLOURS = {"aio": "#1f6f54", "mine": "#35a27c", "raw": "#8a8a8a"}
OTHERS = "#7d93b2"
UNITS = {"cpu_ns": "ns", "wall_ns": "ns", "p50_us": "µs", "bytes": "bytes", "seconds": "s"}
MANY_TIMES = 50  # a larger span is shown in powers of ten


def chart(results):
    """An SVG with a bar for each peer, the first on top."""
    values = [result["median"] for result in results]
    logarithmic = min(values) > 0 and max(values) / min(values) > MANY_TIMES
    left = min(values) / 2 if logarithmic else 0
    right = max(values) * (8 if logarithmic else 1.25)  # room for the figures
    script = [*canvas(results), *axes(results, left, right, logarithmic)]
    script += ["$bars << END", *bars(results, left), "END"]
    script.append(
        "plot $bars using 1:2:3:1:4:5:6 with boxxyerror linecolor rgb variable, "
        "$bars using 1:2:7 with labels left"
    )
    return drawn("\n".join(script))


def canvas(results):
    name = re.sub(r"\W", "_", results[0]["case"])  # for the ids within a page
    height = 90 + 26 * len(results)
    yield f"set terminal svg name '{name}' size 760,{height} font 'sans-serif,13'"
    yield "set output"
    yield "unset key"
    yield "set style fill solid"
    yield "set border 1"


def axes(results, left, right, logarithmic):
    names = (f"{quoted(result['peer_title'])} {i}" for i, result in enumerate(results))
    label = f"{results[0]['unit']}, {UNITS[results[0]['figure']]}"
    label += ", each number ten times the one before" if logarithmic else ""
    yield f"set yrange [{len(results) - 0.4}:-0.6]"
    yield f"set ytics scale 0 ({', '.join(names)})"
    yield f"set xrange [{left}:{right}]"
    yield "set xtics nomirror"
    yield f"set xlabel {quoted(label)}"
    if logarithmic:
        yield "set logscale x"


def bars(results, left):
    """End, row, beginning, lower and upper edge, colour, and the figure beside it."""
    for i, result in enumerate(results):
        colour = int(COLOURS.get(result["peer"], OTHERS)[1:], 16)
        label = main_figure(result["figure"], result["median"])
        yield f'{result["median"]} {i} {left} {i - 0.36} {i + 0.36} {colour} "  {label}"'


def drawn(script):
    done = subprocess.run(
        ["gnuplot"], input=script, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    if done.returncode != 0 or "<svg" not in done.stdout:
        raise ValueError(f"gnuplot failed: {done.stderr.strip()}")
    return done.stdout[done.stdout.index("<svg") :]


def quoted(text):
    return "'" + text.replace("'", "''") + "'"
