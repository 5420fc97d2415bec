// What the book's picture of the loop makes of recorded runs, without a browser.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
const pages = join(root, "lessons/book/pages");
const from = (file) => import(pathToFileURL(join(pages, file)));
const { stepsOf, titleOf } = await from("loop_events.js");
const { States, apply, emptyState, firstDifference, groupsOf, iterationFrom, nextToRun, partnerOf } =
  await from("loop_state.js");
const { sentenceOf, timeText } = await from("loop_words.js");

const folder = join(root, "lessons/book/recordings");
const names = readdirSync(folder).map((file) => file.replace(".json", ""));
const read = (name) => JSON.parse(readFileSync(join(folder, `${name}.json`)));
const each = (what, check) => names.forEach((name) => test(`${name}: ${what}`, () => check(read(name))));

/** Calls visit(state, step, index) behind each step. */
function follow(recorded, visit) {
  const state = emptyState();
  recorded.steps.forEach((step, i) => {
    apply(state, step, i);
    visit(state, step, i);
  });
}

const waits = (state) => Object.values(state.tasks).filter((task) => task.state === "waits");

each("shows the sources as they are", (recording) => {
  for (const [file, text] of Object.entries(recording.files)) {
    assert.equal(text, readFileSync(join(root, file), "utf8"),
      `${file} has changed: ./learn demo NN PROGRAM --record=lessons/book/recordings/NN-PROGRAM.json`);
  }
});

each("nobody is in two places", (recording) => {
  follow(stepsOf(recording), (state, step, i) => {
    assert.equal(new Set(state.ready).size, state.ready.length, `step ${i}`);
    const parked = waits(state).map((task) => task.id);
    if (step.kind !== "queued") assert.ok(!parked.some((id) => state.ready.includes(id)), `step ${i}`);
    assert.ok(!parked.includes(state.running), `step ${i}`);
  });
});

each("an iteration runs what was ready when it began, first in, first out", (recording) => {
  let batch = [];
  follow(stepsOf(recording), (state, step, i) => {
    if (step.kind === "begins") {
      assert.equal(state.ready.length, step.ready, `step ${i}`);
      batch = [...state.ready];
    }
    if (step.kind === "starts") assert.equal(step.who, batch.shift(), `step ${i}`);
  });
});

each("timers stand by deadline, and leave when they are due", (recording) => {
  follow(stepsOf(recording), (state) => {
    const due = state.timers.map((timer) => timer.due);
    assert.deepEqual(due, [...due].sort((a, b) => a - b));
    if (state.phase === "run") for (const timer of state.timers) assert.notEqual(timer.id, state.running);
  });
});

each("each wait of a task is told in one place of the picture", (recording) => {
  follow(stepsOf(recording), (state) => {
    const grouped = groupsOf(state).flatMap((group) => group.who.map((task) => task.id));
    for (const task of waits(state)) {
      const places = [task.waits.timer !== null, task.waits.fd !== null, grouped.includes(task.id)];
      assert.equal(places.filter(Boolean).length, 1, `${task.id} waits for ${task.waits.what}`);
    }
  });
});

each("going to a step is the same as coming to it", (recording) => {
  const recorded = stepsOf(recording);
  const states = new States(recorded.steps);
  const asked = [recorded.steps.length, 1, 130, 65, 64, 0].filter((i) => i <= recorded.steps.length);
  const seen = new Map();
  follow(recorded, (state, step, i) => seen.set(i + 1, JSON.stringify(state)));
  for (const i of asked) if (i > 0) assert.equal(JSON.stringify(states.at(i)), seen.get(i));
});

each("all that was printed is printed in the end", (recording) => {
  const all = recording.events.filter((event) => event.kind === "output").map((event) => event.text);
  const recorded = stepsOf(recording);
  const end = new States(recorded.steps).at(recorded.steps.length);
  assert.equal(end.output.map((each) => each.text).join(""), all.join(""));
});

each("every step is a sentence", (recording) => {
  const recorded = stepsOf(recording);
  for (const step of recorded.steps) {
    const sentence = sentenceOf(step, recorded.cast);
    assert.match(sentence, /\S/);
    assert.doesNotMatch(sentence, /undefined|null|NaN/);
  }
});

test("turns: tasks are named after their coroutines, and run in the order of the lesson", () => {
  const recorded = stepsOf(read("07-turns"));
  const order = recorded.steps.filter((step) => step.kind === "starts" && step.who[0] === "t")
    .map((step) => titleOf(recorded.cast.get(step.who)));
  assert.deepEqual(order, ["dinner()", 'cook("soup")', 'cook("fish")', "dinner()", 'cook("soup")', 'cook("fish")', "dinner()"]);
});

test("turns: a task joins the queue on the line that makes it, in the midst of the step", () => {
  const recorded = stepsOf(read("07-turns"));
  const made = recorded.steps.findIndex((step) => step.kind === "made" && step.queued);
  const state = new States(recorded.steps).at(made + 1);
  const lines = read("07-turns").files["lessons/07-tasks/turns.cpp"].split("\n");
  assert.match(lines[state.lines.line - 1], /create_task\(cook\("soup"\)\)/);
  assert.equal(titleOf(recorded.cast.get(state.running)), "dinner()");
  assert.deepEqual(state.ready.map((id) => titleOf(recorded.cast.get(id))), ['cook("soup")']);
});

test("turns: who waits for a task stands behind it, and is woken by it", () => {
  const recorded = stepsOf(read("07-turns"));
  const parks = recorded.steps.findIndex((step) => step.kind === "waits");
  const state = new States(recorded.steps).at(parks + 1);
  const [group] = groupsOf(state);
  assert.equal(titleOf(recorded.cast.get(group.task)), 'cook("fish")');
  const woken = recorded.steps.slice(parks).find((step) => step.kind === "queued" && step.who === group.who[0].id);
  assert.equal(woken.by, group.task);
});

test("chat: two sleep at once when the upload is a task, and the clock jumps to the first deadline", () => {
  const recorded = stepsOf(read("07-chat"));
  const states = new States(recorded.steps);
  let most = 0;
  recorded.steps.forEach((step, i) => {
    const before = states.at(i), behind = states.at(i + 1);
    most = Math.max(most, behind.timers.length);
    if (step.kind === "polled" && step.took > 0) assert.equal(behind.clock, before.timers[0].due);
  });
  assert.equal(most, 2);
});

test("two chains: a callback is called what it calls", () => {
  const recorded = stepsOf(read("04-two_chains"));
  const first = recorded.steps.find((step) => step.kind === "starts");
  assert.equal(titleOf(recorded.cast.get(first.who)), "count_down('a', 3)");
});

test("who runs next is known before", () => {
  const recorded = stepsOf(read("07-turns"));
  const begins = recorded.steps.findIndex((step) => step.kind === "begins" && step.ready === 3);
  const next = nextToRun(recorded.steps, begins + 1);
  assert.equal(titleOf(recorded.cast.get(next.who)), 'cook("soup")');
  assert.equal(nextToRun(recorded.steps, recorded.steps.length), null);
});

test("iterations are stepped over forwards and backwards", () => {
  const { steps } = stepsOf(read("07-turns"));
  const first = iterationFrom(steps, 0, true);
  const second = iterationFrom(steps, first, true);
  assert.ok(second > first);
  assert.ok(iterationFrom(steps, second, false) < second);
});

test("a run differs from itself nowhere, and from another at the first turn that is another", () => {
  const turns = stepsOf(read("07-turns"));
  assert.equal(firstDifference(turns, stepsOf(read("07-turns"))), null);
  const other = read("07-turns");
  other.events.find((event) => event.text === "chop fish\n").text = "chop salad\n";
  const { left, right } = firstDifference(turns, stepsOf(other));
  assert.equal(turns.steps[left].text, "chop fish\n");
  assert.equal(stepsOf(other).steps[right].text, "chop salad\n");
  assert.equal(partnerOf(turns, stepsOf(other), left - 1) < right, true);
});

test("times are short", () => {
  assert.deepEqual([0, 12, 1500, 250e6, 1.5e9].map(timeText), ["0 s", "12 ns", "1.5 µs", "250 ms", "1.5 s"]);
});

const { crossings, decades, seriesOf } = await from("bench.js");

test("charts: versions cross where they cost the same, on logarithmic axes", () => {
  const rows = [1, 10, 100].flatMap((n) => [
    { version: "sync", n, ms: n }, { version: "async", n, ms: 10 }, { version: "thread", n, note: "skipped" }]);
  const series = seriesOf(rows, "ms");
  assert.deepEqual(series.map((one) => one.version), ["sync", "async"]);
  assert.deepEqual(crossings(series), [], "they touch at 10, and do not cross between two sizes");
  rows.find((row) => row.n === 10 && row.version === "async").ms = 100;
  rows.find((row) => row.n === 100 && row.version === "async").ms = 10;
  const [crossing] = crossings(seriesOf(rows, "ms"));
  assert.equal(crossing.to, "async");
  assert.equal(crossing.from, "sync");
  assert.ok(crossing.n > 10 && crossing.n < 100);
  assert.deepEqual(decades([3, 4000]), [1, 10, 100, 1000, 10000]);
});
