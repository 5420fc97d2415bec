// A recording as the steps of a picture: pure functions, which know no page.
//
// A recording has events as the trace wrote them. Here each thing that the loop runs gets a name of
// its own, "task 3" or "callback 2", for as long as it lives; what belongs together becomes one
// step; and what was queued before anybody watched is put in where it must have been.

/** Steps that a picture can stand at: {kind, at, who, …}; and who there is. */
export function stepsOf(recording) {
  const events = withQueuedBefore(recording.events);
  const cast = new Cast(recording.files ?? {});
  const steps = [];
  for (let i = 0; i < events.length; i++) i += addStep(steps, events, i, cast);
  markThoseAlone(cast.all);
  return { steps, cast: cast.all, files: recording.files ?? {} };
}

const keyOf = (event) => (event.task ? `t${event.task}` : `n${event.node}`);

/** An iteration that begins with more than was queued: the rest was queued before. */
function withQueuedBefore(events) {
  const made = [];
  let ready = [];
  events.forEach((event, i) => {
    if (event.kind === "loop") ready = [];
    if (event.kind === "queued") ready.push(keyOf(event));
    if (event.kind === "starts") ready = ready.filter((key) => key !== keyOf(event));
    if (event.kind === "begins") {
      const unknown = startsOf(events, i).slice(0, event.ready).filter((start) => !ready.includes(keyOf(start)));
      ready.push(...unknown.map(keyOf));
      let place = made.length; // the timers that are due stand behind them
      while (made[place - 1]?.text === "its time") place--;
      made.splice(place, 0, ...unknown.map((start) => ({ ...start, kind: "queued", at: event.at, text: "before" })));
    }
    made.push(event);
  });
  return made;
}

/** What runs in the iteration that begins at event i. */
function startsOf(events, i) {
  const starts = [];
  for (let j = i + 1; j < events.length; j++) {
    const kind = events[j].kind;
    if (kind === "begins" || kind === "polls" || kind === "loop" || kind === "closed") break;
    if (kind === "starts") starts.push(events[j]);
  }
  return starts;
}

/** Who takes part. A callback's number is free again when it has run. */
class Cast {
  constructor(files) {
    this.all = new Map();
    this.files = files;
    this.living = new Map();
    this.callbacks = 0;
    this.loop = 0;
    this.line = null; // where the program is
    this.running = null;
    this.made = new Map(); // how many tasks, by place
  }

  enterLoop() {
    this.loop++;
    this.living.clear();
  }

  task(number) {
    const id = `t${number}`;
    if (!this.all.has(id)) {
      this.all.set(id, { id, kind: "task", name: `Task-${number}`, loop: this.loop });
    }
    return this.all.get(id);
  }

  callback(node) {
    if (!this.living.has(node)) {
      const id = `c${++this.callbacks}`;
      const one = { id, kind: "callback", name: `callback ${this.callbacks}`, loop: this.loop };
      this.all.set(id, one);
      this.living.set(node, one);
    }
    return this.living.get(node);
  }

  /** Of an event, or null: the loop itself, or somebody outside. */
  who(event) {
    if (event.task) return this.task(event.task);
    return event.node ? this.callback(event.node) : null;
  }
  by(event) {
    if (event.by) return this.task(event.by);
    return event.by_node ? this.callback(event.by_node) : null;
  }
  gone(event) {
    const one = this.living.get(event.node);
    if (one && !one.watches) this.living.delete(event.node);
  }

  /** A name that says more than Task-3: what was given to create_task(). */
  /** A callback is called what it calls, as far as the line where it was queued tells. */
  nameCallback(one) {
    if (one.kind === "task" || one.call || one.watches !== undefined) return;
    const line = this.line && (this.files[this.line.file] ?? "").split("\n")[this.line.line - 1];
    const found = line && /call_(?:soon|later|at)\w*\((.*)\);/.exec(line);
    const body = found && (/\{ ?(.*?);? ?\}/.exec(found[1])?.[1] ?? found[1].split(", ").pop());
    if (body && !/[[{]/.test(body)) one.call = body;
  }
  /** Who is at its first line: that tells what a callback calls, and which coroutine a task runs. */
  nameByPlace(one) {
    if (one.kind !== "task") return this.nameCallback(one);
    if (one.call || !/^Task-\d+$/.test(one.name)) return;
    const lines = (this.files[this.line.file] ?? "").split("\n").slice(0, this.line.line);
    const head = lines.findLast((line) => /^[\w:].*\)( const)? \{/.test(line) || /\]\(.*\{/.test(line));
    const found = head && /([\w:]+)\(/.exec(head);
    if (found) one.call = `${found[1]}()`;
  }
  nameTask(event) {
    const task = this.task(event.task);
    task.name = event.text;
    task.made = event.file ? { file: event.file, line: event.line } : null;
    task.by = event.by ? `t${event.by}` : null;
    if (/^Task-\d+$/.test(event.text)) task.call = this.callAt(task.made ?? this.line);
    return task;
  }
  callAt(place) {
    const line = place && (this.files[place.file] ?? "").split("\n")[place.line - 1];
    if (!line) return null;
    const calls = /(?:create_task|run|run_until_complete)\((?:std::move\()?([\w:]+(?:\([^()]*\))?)/g;
    const found = [...line.matchAll(calls)].map((match) => match[1]);
    const key = `${place.file}:${place.line}`;
    const before = this.made.get(key) ?? 0; // several may be made on one line
    this.made.set(key, before + 1);
    return found.length ? found[before % found.length] : null;
  }
}

/** How a page calls somebody. */
export function titleOf(one, cast) {
  if (!one) return "the loop";
  if (one.kind !== "timer") return shortName(one);
  const sleeper = one.wakes && cast?.get(one.wakes);
  return sleeper ? `the timer of ${shortName(sleeper)}` : one.name.replace("callback", "timer");
}

/** "fetch(3)", or "fetch(url) · Task-4" where several were made in the same way. */
export function shortName(one) {
  if (!one.call) return one.name;
  return one.alone ? one.call : `${one.call} · ${one.name}`;
}

function markThoseAlone(cast) {
  const count = new Map();
  const keyOf = (one) => `${one.loop} ${one.call}`;
  for (const one of cast.values()) if (one.call) count.set(keyOf(one), (count.get(keyOf(one)) ?? 0) + 1);
  for (const one of cast.values()) if (one.call) one.alone = count.get(keyOf(one)) === 1;
}

/** Adds the step that begins at event i. Returns how many further events belong to it. */
function addStep(steps, events, i, cast) {
  const event = events[i];
  const next = events[i + 1] ?? {};
  const add = (step) => {
    steps.push({ at: event.at, ...step });
    return 0;
  };
  switch (event.kind) {
    case "loop":
      cast.enterLoop();
      return add({ kind: "loop", at: 0, clock: event.clock, loop: cast.loop });
    case "cut":
    case "closed":
      return add({ kind: event.kind });
    case "line":
      cast.line = { file: event.file, line: event.line };
      if (cast.running && !cast.running.reached) cast.nameByPlace(cast.running);
      if (cast.running) cast.running.reached = true;
      return add({ kind: "line", file: event.file, line: event.line });
    case "output":
      return add({ kind: "output", text: event.text });
    case "polls":
      return add({ kind: "polls" });
    case "polled":
      return add({ kind: "polled", at: event.at + event.took, took: event.took, events: event.events });
    case "seen":
      return add({ kind: "seen", fd: event.fd, side: event.side });
    case "begins":
      return add({ kind: "begins", iteration: event.iteration, ready: event.ready });
    case "made": {
      const task = cast.nameTask(event);
      if (next.kind !== "queued" || next.task !== event.task) {
        return add({ kind: "made", who: task.id, by: task.by, place: task.made });
      }
      add({ kind: "made", who: task.id, by: task.by, place: task.made, queued: true });
      return 1;
    }
    case "queued":
      return add(queuedStep(event, cast));
    case "starts":
      cast.running = cast.who(event);
      return add({ kind: "starts", who: cast.running.id });
    case "ran":
      cast.running = null;
      return addEnd(add, event, next, cast);
    case "set": {
      const timer = cast.callback(event.node);
      timer.kind = timer.kind === "callback" ? "timer" : timer.kind;
      return add({ kind: "set", who: timer.id, by: cast.by(event)?.id, due: event.at + event.in });
    }
    case "unset": {
      const timer = cast.callback(event.node);
      cast.gone(event);
      return add({ kind: "unset", who: timer.id, by: cast.by(event)?.id });
    }
    case "watches": {
      const callback = event.node ? cast.callback(event.node) : null;
      if (callback) Object.assign(callback, { watches: event.fd, name: `reader of fd ${event.fd}` });
      return add({ kind: "watches", fd: event.fd, side: event.side, who: callback?.id, by: cast.by(event)?.id });
    }
    case "forgets":
      return add({ kind: "forgets", fd: event.fd, side: event.side, by: cast.by(event)?.id });
    default:
      return 0; // of a later version
  }
}

function queuedStep(event, cast) {
  const who = cast.who(event);
  if (cast.running && event.text === "callback") cast.nameCallback(who);
  return { kind: "queued", who: who.id, by: cast.by(event)?.id, why: event.text };
}

/** A step of a task ends together with what becomes of the task. */
function addEnd(add, event, next, cast) {
  const who = cast.who(event);
  const at = event.at + event.took;
  cast.gone(event);
  if (next.task === event.task && next.kind === "waits") {
    add({ kind: "waits", at, took: event.took, who: who.id, ...waitOf(next, cast) });
    return 1;
  }
  if (next.task === event.task && next.kind === "ended") {
    add({ kind: "ended", at, took: event.took, who: who.id, how: next.text ?? "" });
    return 1;
  }
  return add({ kind: "ran", at, took: event.took, who: who.id });
}

function waitOf(event, cast) {
  const timer = event.node && cast.living.get(event.node);
  if (timer) timer.wakes = `t${event.task}`;
  return {
    what: event.text ?? "something",
    task: event.by ? `t${event.by}` : null,
    timer: timer?.id ?? null,
    object: event.node ?? null,
    fd: event.fd ?? null,
  };
}
