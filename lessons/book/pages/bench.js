// Charts of a lesson's comparison: time, CPU and memory over N, both axes logarithmic, and where one
// version overtakes another. The learner's runs stand beside the reference run.
//
// <div class="bench" data-bench="/bench/07.json"></div>, or inlined like recordings.

const NS = "http://www.w3.org/2000/svg";
const width = 420, height = 270, left = 62, right = 92, top = 16, bottom = 40;

function svg(tag, attributes, ...children) {
  const made = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}
function html(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.textContent = text;
  return made;
}

const timeText = (ms) => (ms >= 1000 ? `${round(ms / 1000)} s` : ms >= 1 ? `${round(ms)} ms` : `${round(ms * 1000)} µs`);
const memoryText = (kB) => (kB >= 1000 ? `${round(kB / 1000)} MB` : `${round(kB)} kB`);
const round = (value) => Number(value.toPrecision(2));

/** What can be drawn of a measurement. */
export const measures = [
  { key: "ms", title: "Time", text: timeText },
  { key: "cpu", title: "CPU time", text: timeText },
  { key: "each", title: "CPU time of a request", text: timeText },
  { key: "kB", title: "Memory", text: memoryText },
  { key: "beat", title: "99 of 100 beats came within", text: timeText },
];

/** Series of one measure: {version, points: [[N, value]]}; what has no value is left out. */
export function seriesOf(rows, key) {
  const series = new Map();
  for (const row of rows) {
    if (row.note || !(row[key] > 0) || !(row.n > 0)) continue;
    if (!series.has(row.version)) series.set(row.version, []);
    series.get(row.version).push([row.n, row[key]]);
  }
  return [...series].map(([version, points]) => ({ version, points: points.sort((a, b) => a[0] - b[0]) }));
}

/** Where two series cross, on logarithmic axes: {n, value, from, to}: `to` is the better one behind. */
export function crossings(series) {
  const found = [];
  for (let i = 0; i < series.length; i++) {
    for (let j = i + 1; j < series.length; j++) found.push(...crossingsOf(series[i], series[j]));
  }
  return found.sort((a, b) => a.n - b.n);
}

function crossingsOf(a, b) {
  const other = new Map(b.points);
  const shared = a.points.filter(([n]) => other.has(n));
  const found = [];
  for (let k = 1; k < shared.length; k++) {
    const [n0, a0] = shared[k - 1], [n1, a1] = shared[k];
    const d0 = Math.log(a0 / other.get(n0)), d1 = Math.log(a1 / other.get(n1));
    if (d0 * d1 >= 0) continue;
    const part = d0 / (d0 - d1);
    const n = Math.exp(Math.log(n0) + part * Math.log(n1 / n0));
    const value = Math.exp(Math.log(a0) + part * Math.log(a1 / a0));
    found.push({ n, value, from: d0 < 0 ? a.version : b.version, to: d0 < 0 ? b.version : a.version });
  }
  return found;
}

/** Powers of ten around values, for an axis. */
export function decades(values) {
  const first = Math.floor(Math.log10(Math.min(...values))), last = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: Math.max(2, last - first + 1) }, (_, i) => 10 ** (first + i));
}

const order = ["sync", "thread", "async"];
const colourOf = (version, all) => {
  const plain = version.replace(" (yours)", "");
  const place = order.indexOf(plain);
  return place !== -1 ? place : 3 + (all.indexOf(plain) % 5);
};

function chart(measure, rows) {
  const series = seriesOf(rows, measure.key);
  const points = series.flatMap((one) => one.points);
  if (points.length < 2 || new Set(points.map(([n]) => n)).size < 2) return null;
  const all = [...new Set(rows.map((row) => row.version.replace(" (yours)", "")))];
  const ns = decades(points.map(([n]) => n)), values = decades(points.map(([, value]) => value));
  const scale = (ticks, from, to) => (value) => from + (to - from) *
    (Math.log10(value) - Math.log10(ticks[0])) / (Math.log10(ticks.at(-1)) - Math.log10(ticks[0]));
  const x = scale(ns, left, width - right), y = scale(values, height - bottom, top);
  const image = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img" },
    svg("title", {}, `${measure.title} over N`));
  for (const n of ns) {
    image.append(svg("line", { class: "grid", x1: x(n), x2: x(n), y1: top, y2: height - bottom }));
    image.append(svg("text", { x: x(n), y: height - bottom + 16, "text-anchor": "middle" }, n.toLocaleString("en")));
  }
  for (const value of values) {
    image.append(svg("line", { class: "grid", x1: left, x2: width - right, y1: y(value), y2: y(value) }));
    image.append(svg("text", { x: left - 6, y: y(value) + 4, "text-anchor": "end" }, measure.text(value)));
  }
  image.append(svg("text", { class: "axis", x: (left + width - right) / 2, y: height - 6, "text-anchor": "middle" }, "N"));
  drawSeries(image, series, all, x, y, measure);
  for (const { n, value, from, to } of crossings(series)) {
    image.append(svg("circle", { class: "crossing", cx: x(n), cy: y(value), r: 6 },
      svg("title", {}, `From N ≈ ${round(n).toLocaleString("en")} on ${to} takes less than ${from}.`)));
  }
  return image;
}

function drawSeries(image, series, all, x, y, measure) {
  const ends = series.map((one) => ({ one, y: y(one.points.at(-1)[1]) + 4 })).sort((a, b) => a.y - b.y);
  ends.forEach((end, i) => { if (i && end.y - ends[i - 1].y < 13) end.y = ends[i - 1].y + 13; });
  for (const { one, y: label } of ends) {
    const yours = one.version.endsWith("(yours)");
    const group = svg("g", { "data-colour": colourOf(one.version, all), class: yours ? "yours" : "" });
    group.append(svg("polyline", { points: one.points.map(([n, value]) => `${x(n)},${y(value)}`).join(" ") }));
    for (const [n, value] of one.points) {
      group.append(svg("circle", { cx: x(n), cy: y(value), r: 3.2 },
        svg("title", {}, `${one.version}, N = ${n.toLocaleString("en")}: ${measure.text(value)}`)));
    }
    group.append(svg("text", { class: "name", x: x(one.points.at(-1)[0]) + 8, y: label }, one.version));
    image.append(group);
  }
}

/** The rows as a table: for those who do not see the charts. */
function table(rows) {
  const shown = measures.filter((measure) => rows.some((row) => row[measure.key] > 0));
  const head = document.createElement("tr");
  head.append(...["N", "version", ...shown.map((measure) => measure.title)].map((text) => html("th", text, { scope: "col" })));
  const body = rows.map((row) => {
    const line = document.createElement("tr");
    const cells = row.note ? [row.note] : shown.map((measure) => (row[measure.key] > 0 ? measure.text(row[measure.key]) : "–"));
    line.append(...[row.n.toLocaleString("en"), row.version, ...cells].map((text) => html("td", text)));
    return line;
  });
  const made = document.createElement("table");
  made.append(head, ...body);
  const details = document.createElement("details");
  details.append(html("summary", "The figures"), made);
  return details;
}

/** One run: its charts, what they say, and its figures. */
function run({ title, machine, rows }) {
  const part = document.createElement("section");
  const charts = document.createElement("div");
  charts.className = "charts";
  const said = [];
  for (const measure of measures) {
    const image = chart(measure, rows);
    if (!image) continue;
    const figure = document.createElement("figure");
    figure.append(html("figcaption", measure.title), image);
    charts.append(figure);
    for (const { n, from, to } of crossings(seriesOf(rows, measure.key))) {
      said.push(`${measure.title}: from N ≈ ${round(n).toLocaleString("en")} on, ${to} takes less than ${from}.`);
    }
  }
  part.append(html("h3", title), html("p", machine, { class: "machine" }), charts);
  const list = document.createElement("ul");
  list.className = "crossings";
  list.append(...said.map((text) => html("li", text)));
  part.append(list, table(rows));
  return part;
}

async function load(address) {
  const inlined = document.querySelector(`script[data-recording="${CSS.escape(address)}"]`);
  if (inlined) return JSON.parse(inlined.textContent);
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

async function showBench(place) {
  const runs = await load(place.dataset.bench);
  place.replaceChildren(...runs.map(run));
}

if (typeof document !== "undefined") {
  for (const place of document.querySelectorAll(".bench[data-bench]")) {
    showBench(place).catch((error) => place.replaceChildren(html("p", `There are no figures: ${error.message}`)));
  }
}
