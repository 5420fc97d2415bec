"""The comparison as a page, with a chart for each case."""

from html import escape

from about import TITLE, by_workload, conditions, heads, row
from chart import chart
from losses import losses

HEAD = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{TITLE}</title>
<style>
body {{ font: 16px/1.5 sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }}
td, th {{ padding: 0.1rem 0.8rem 0.1rem 0; text-align: left }}
td.number {{ text-align: right }}
svg {{ max-width: 100%; height: auto }}
</style>
<h1>{TITLE}</h1>
"""


def page(about):
    return "\n".join([HEAD, *parts(about), "</html>", ""])


def parts(about):
    for line in conditions(about):
        yield f"<p>{escape(line.replace('`', ''))}</p>"
    for name, note, cases in by_workload(about):
        yield f"<h2>{name}</h2>"
        yield f"<p>{escape(note)}</p>"
        for results in cases:
            yield f"<h3>{escape(results[0]['title'])}</h3>"
            yield chart(results)
            yield from figures(results)
    yield "<h2>Where others are ahead</h2>"
    yield f"<ul>{''.join(f'<li>{escape(loss)}</li>' for loss in losses(about))}</ul>"


def figures(results):
    """The chart in words, for those who cannot see it and those who want digits."""
    yield "<details><summary>The same in figures</summary><table>"
    yield f"<tr>{''.join(f'<th>{escape(head)}</th>' for head in heads(results))}</tr>"
    for result in results:
        name, *numbers, more = map(escape, row(result))
        cells = "".join(f'<td class="number">{number}</td>' for number in numbers)
        yield f"<tr><td>{name}</td>{cells}<td>{more}</td></tr>"
    yield "</table></details>"
