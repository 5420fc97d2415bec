// What is where at a step: a pure function of the steps before it.
const EVERY = 64; // steps from one kept state to the next

export function emptyState() {
  return {
    clock: 0, clockKind: "real", loop: 0, iteration: 0, phase: "outside",
    running: null, ready: [], timers: [], descriptors: [], seen: [],
    tasks: {}, lines: null, places: {}, output: [], woken: null, asleep: false,
  };
}

/** The states of a recording, each made when it is asked for. */
export class States {
  constructor(steps) {
    this.steps = steps;
    this.kept = [emptyState()];
  }
  /** After so many steps. */
  at(count) {
    const wanted = Math.floor(count / EVERY);
    for (let i = this.kept.length; i <= wanted; i++) {
      this.kept.push(this.follow(this.kept[i - 1], (i - 1) * EVERY, i * EVERY));
    }
    return this.follow(this.kept[wanted], wanted * EVERY, count);
  }
  follow(from, begin, end) {
    const state = structuredClone(from);
    for (let i = begin; i < end; i++) apply(state, this.steps[i], i);
    return state;
  }
}

/** One step further: changes `state`. */
export function apply(state, step, index) {
  if (step.at !== undefined && step.kind !== "loop") state.clock = Math.max(state.clock, step.at);
  state.woken = null;
  changes[step.kind]?.(state, step, index);
}

const taskOf = (state, id) => (state.tasks[id] ??= { id, state: "new" });
const without = (list, id) => list.filter((each) => each !== id);

const changes = {
  loop(state, step) {
    const output = state.output;
    Object.assign(state, emptyState(), { output, lines: state.lines, loop: step.loop, clockKind: step.clock });
  },
  closed(state) {
    Object.assign(state, { phase: "outside", running: null, ready: [], timers: [], descriptors: [] });
  },
  line(state, step) {
    state.lines = { file: step.file, line: step.line };
    if (state.running) state.places[state.running] = state.lines;
  },
  output(state, step) {
    state.output = [...state.output, { text: step.text, by: state.running }];
  },
  polls(state) {
    Object.assign(state, { phase: "poll", asleep: true, seen: [], running: null });
  },
  polled(state) {
    state.asleep = false;
    state.phase = "timers";
  },
  seen(state, step) {
    state.seen = [...state.seen, step.fd];
  },
  begins(state, step) {
    Object.assign(state, { phase: "ready", iteration: step.iteration, asleep: false, batch: [...state.ready] });
  },
  made(state, step) {
    Object.assign(taskOf(state, step.who), { by: step.by, place: step.place, state: "made" });
    if (step.place && state.running) state.lines = step.place;
    if (step.queued) queue(state, step.who, step.by, "create_task");
  },
  queued(state, step) {
    queue(state, step.who, step.by, step.why);
  },
  starts(state, step) {
    state.phase = "run";
    state.running = step.who;
    state.ready = without(state.ready, step.who);
    if (step.who[0] === "t") taskOf(state, step.who).state = "runs";
    if (state.places[step.who]) state.lines = state.places[step.who];
  },
  ran(state, step) {
    state.running = null;
    if (step.who[0] === "t") taskOf(state, step.who).state = "ready";
  },
  waits(state, step) {
    state.running = null;
    const { what, task, timer, object, fd } = step;
    Object.assign(taskOf(state, step.who), {
      state: "waits", waits: { what, task, timer, object, fd }, since: step.at, wokenBy: null,
    });
  },
  ended(state, step) {
    state.running = null;
    Object.assign(taskOf(state, step.who), { state: "ended", how: step.how, waits: null });
    delete state.places[step.who];
  },
  set(state, step) {
    const timer = { id: step.who, due: step.due, from: state.clock };
    state.timers = [...state.timers, timer].sort((a, b) => a.due - b.due);
  },
  unset(state, step) {
    state.timers = state.timers.filter((each) => each.id !== step.who);
  },
  watches(state, step) {
    const { fd, side, who, by } = step;
    state.descriptors = [...state.descriptors.filter((each) => each.fd !== fd || each.side !== side), { fd, side, who, by }];
  },
  forgets(state, step) {
    state.descriptors = state.descriptors.filter((each) => each.fd !== step.fd || each.side !== step.side);
  },
};

function queue(state, id, by, why) {
  state.timers = state.timers.filter((each) => each.id !== id);
  if (!state.ready.includes(id)) state.ready = [...state.ready, id];
  if (why === "its time") state.phase = "timers";
  state.woken = { who: id, by: by ?? null, why };
  if (id[0] !== "t") return;
  const task = taskOf(state, id);
  Object.assign(task, { state: task.state === "runs" ? "runs" : "ready", waits: null, wokenBy: by ?? why });
}

/** Tasks that wait for neither a time nor a descriptor, by what they wait for, in their order. */
export function groupsOf(state) {
  const groups = new Map();
  for (const task of Object.values(state.tasks)) {
    if (task.state !== "waits" || task.waits.timer || task.waits.fd !== null) continue;
    const key = task.waits.task ?? task.waits.object ?? task.waits.what;
    if (!groups.has(key)) groups.set(key, { what: task.waits.what, task: task.waits.task, who: [] });
    groups.get(key).who.push(task);
  }
  for (const group of groups.values()) group.who.sort((a, b) => a.since - b.since);
  return [...groups.values()];
}

/** The task that a timer wakes, in this state. */
export function sleeperOf(state, timer) {
  return Object.values(state.tasks).find((task) => task.state === "waits" && task.waits.timer === timer) ?? null;
}

/** Who runs next after step `index`, and where: {who, index}, or null. */
export function nextToRun(steps, index) {
  for (let i = index; i < steps.length; i++) {
    if (steps[i].kind === "starts") return { who: steps[i].who, index: i };
    if (steps[i].kind === "loop" && i > index) return null;
  }
  return null;
}

/** The step before which the iteration around or behind `index` begins; forwards or backwards. */
export function iterationFrom(steps, index, forwards) {
  const begins = (step) => step.kind === "polls" || step.kind === "loop" ||
    step.kind === "closed" || step.kind === "begins";
  const after = (i) => (steps[i].kind === "begins" && steps[i - 1]?.kind !== "loop" ? i : i);
  if (forwards) {
    for (let i = index; i < steps.length; i++) if (begins(steps[i])) return after(i) + 1;
    return steps.length;
  }
  for (let i = index - 2; i >= 0; i--) if (begins(steps[i])) return i + 1;
  return 0;
}

/** Steps that count when two runs are compared: who runs, what becomes of it, what is printed. */
function essence(recorded) {
  const number = new Map(); // by order of appearance: the numbers of two runs need not agree
  const nameOf = (id) => {
    const one = recorded.cast.get(id);
    if (one?.kind === "task") return one.call ?? one.name.replace(/^Task-\d+$/, "a task");
    if (!number.has(id)) number.set(id, number.size);
    return `callback ${number.get(id)}`;
  };
  const told = { starts: (s) => nameOf(s.who), waits: (s) => s.what.replace(/Task-\d+/, "a task"),
                 ended: (s) => s.how, ran: () => "", output: (s) => s.text };
  return recorded.steps.flatMap((step, index) =>
    told[step.kind] ? [{ index, text: `${step.kind} ${told[step.kind](step)}` }] : []);
}

/** Where two recordings first differ: the steps, or null. */
export function firstDifference(left, right) {
  const a = essence(left), b = essence(right);
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (a[i]?.text === b[i]?.text) continue;
    return { left: a[i]?.index ?? left.steps.length, right: b[i]?.index ?? right.steps.length,
             common: i };
  }
  return null;
}

/** Pairs of steps, up to where they differ: what to show on the right for a step on the left. */
export function partnerOf(left, right, index) {
  const a = essence(left), b = essence(right);
  let place = 0;
  while (place + 1 < a.length && a[place + 1].index <= index) place++;
  return b[Math.min(place, b.length - 1)]?.index ?? 0;
}
