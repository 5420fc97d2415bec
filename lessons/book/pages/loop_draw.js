// Draws one state of a recording into a page: tokens that move between the four stations of a loop.
import { shortName, titleOf } from "./loop_events.js";
import { groupsOf, sleeperOf } from "./loop_state.js";
import { timeText } from "./loop_words.js";

/** An element with attributes and children. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const colours = 8;

/** The station of a loop: a titled box that holds tokens. */
function station(name, title, note) {
  const body = el("div", { class: "station-body" });
  const box = el("section", { class: `station ${name}`, "aria-label": title },
    el("h3", {}, title, el("small", {}, note)), body);
  return { box, body };
}

/** The picture of one recording. `choose(id)` is called when somebody clicks a token. */
export class Picture {
  constructor(recorded, choose) {
    this.recorded = recorded;
    this.choose = choose;
    this.tokens = new Map();
    this.stations = {
      poll: station("poll", "Poll", "ask the kernel, or sleep"),
      timers: station("timers", "Timers", "by deadline"),
      ready: station("ready", "Ready queue", "first in, first out"),
      run: station("run", "Run", "one step at a time"),
    };
    this.parked = station("parked", "Parked on each other", "in no queue, until somebody wakes them");
    this.ended = station("ended", "Ended", "");
    this.hub = el("div", { class: "hub" },
      el("output", { class: "clock", title: "The loop's clock" }), el("div", { class: "iteration" }));
    this.ring = el("div", { class: "ring" }, this.stations.poll.box, arrow("right"), this.stations.timers.box,
      arrow("up"), this.hub, arrow("down"), this.stations.run.box, arrow("left"), this.stations.ready.box);
    this.root = el("div", { class: "loop-picture" }, this.ring,
      el("div", { class: "below" }, this.parked.box, this.ended.box));
  }

  /** A task has one colour everywhere. */
  colourOf(id) {
    const one = this.recorded.cast.get(id);
    const task = one?.wakes ?? (one?.kind === "task" ? id : null);
    return task ? (Number(task.slice(1)) - 1) % colours : "none";
  }

  token(id) {
    if (!this.tokens.has(id)) {
      const made = el("button", { type: "button", class: "token", "data-id": id, onclick: () => this.choose(id) });
      this.tokens.set(id, made);
    }
    const token = this.tokens.get(id);
    const one = this.recorded.cast.get(id);
    token.dataset.colour = this.colourOf(id);
    token.dataset.kind = one?.kind ?? "callback";
    token.textContent = titleOf(one, this.recorded.cast).replace(/^the timer of /, "timer: ");
    token.title = titleOf(one, this.recorded.cast);
    token.setAttribute("aria-label", titleOf(one, this.recorded.cast));
    return token;
  }

  /** Shows a state; tokens that are elsewhere than before glide there. */
  show(state, { moves = true, hidden = false } = {}) {
    const before = moves ? this.places() : null;
    this.state = state;
    const order = hidden ? [...state.ready].sort() : state.ready;
    this.stations.ready.body.replaceChildren(...(order.length ? order.map((id) => this.token(id)) : [nobody("nobody")]));
    this.stations.run.body.replaceChildren(state.running ? this.token(state.running) : nobody(state.phase === "outside" ? "the loop does not run" : "nobody"));
    this.stations.timers.body.replaceChildren(...this.timers(state));
    this.stations.poll.body.replaceChildren(...this.descriptors(state));
    this.parked.body.replaceChildren(...this.groups(state));
    const ended = Object.values(state.tasks).filter((task) => task.state === "ended");
    this.ended.body.replaceChildren(...ended.map((task) => this.token(task.id)));
    this.ended.box.hidden = ended.length === 0;
    for (const [name, { box }] of Object.entries(this.stations)) {
      box.classList.toggle("active", state.phase === name);
      box.classList.toggle("asleep", name === "poll" && state.asleep);
    }
    for (const [id, token] of this.tokens) {
      token.classList.toggle("runs", id === state.running);
      token.classList.toggle("woken", id === state.woken?.who);
      token.classList.toggle("done", state.tasks[id]?.state === "ended");
    }
    this.hub.querySelector(".clock").textContent = timeText(state.clock);
    this.hub.querySelector(".iteration").textContent = state.iteration ? `iteration ${state.iteration}` : "";
    if (before) this.glide(before);
  }

  /** Each timer with the task that it wakes, and how much of its time is left. */
  timers(state) {
    if (state.timers.length === 0) return [nobody("no timer is set")];
    return state.timers.map(({ id, due, from }) => {
      const left = Math.max(0, due - state.clock);
      const sleeper = sleeperOf(state, id);
      const bar = el("meter", { min: 0, max: Math.max(1, due - from), value: left,
        "aria-label": `${timeText(left)} left` });
      return el("div", { class: "timer" }, this.token(sleeper ? sleeper.id : id), bar,
        el("small", {}, left > 0 ? `in ${timeText(left)}` : "due"));
    });
  }

  descriptors(state) {
    const rows = state.descriptors.map(({ fd, side, who, by }) => {
      const waits = Object.values(state.tasks).filter((t) => t.state === "waits" && t.waits.fd === fd);
      const row = el("div", { class: "descriptor" + (state.seen.includes(fd) ? " news" : "") },
        el("b", {}, `fd ${fd}`), el("small", {}, { 1: "read", 2: "write", 4: "stream" }[side] ?? ""));
      for (const task of waits) row.append(this.token(task.id));
      if (who && !state.ready.includes(who) && state.running !== who) row.append(this.token(who));
      if (by && !who && waits.length === 0) row.title = `watched by ${titleOf(this.recorded.cast.get(by))}`;
      return row;
    });
    if (state.asleep) rows.push(el("div", { class: "sleep" }, "asleep in the kernel …"));
    return rows.length ? rows : [nobody("no descriptor is watched")];
  }

  groups(state) {
    const groups = groupsOf(state);
    this.parked.box.hidden = groups.length === 0;
    return groups.map((group) => el("div", { class: "group" },
      el("small", {}, "waits for ", el("b", {}, group.task ? titleOf(this.recorded.cast.get(group.task)) : group.what)),
      el("div", { class: "fifo" }, ...group.who.map((task) => this.token(task.id)))));
  }

  places() {
    const places = new Map();
    for (const [id, token] of this.tokens) if (token.isConnected) places.set(id, token.getBoundingClientRect());
    return places;
  }

  glide(before) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const [id, token] of this.tokens) {
      const from = before.get(id);
      if (!token.isConnected) continue;
      if (!from) {
        token.animate([{ opacity: 0, transform: "scale(.6)" }, { opacity: 1, transform: "none" }], { duration: 220 });
        continue;
      }
      const to = token.getBoundingClientRect();
      const [x, y] = [from.left - to.left, from.top - to.top];
      if (Math.hypot(x, y) < 2) continue;
      token.animate([{ transform: `translate(${x}px, ${y}px)`, zIndex: 5 }, { transform: "none", zIndex: 5 }],
        { duration: 320, easing: "cubic-bezier(.3,.1,.2,1)" });
    }
  }
}

const nobody = (text) => el("span", { class: "nobody" }, text);
const arrow = (direction) => el("span", { class: `arrow ${direction}`, "aria-hidden": "true" },
  { right: "→", down: "↓", left: "←", up: "↑" }[direction]);

/** The source of the program: the running line is lit, and where tasks are parked is marked. */
export class Source {
  constructor(recorded, picture) {
    this.recorded = recorded;
    this.picture = picture;
    this.root = el("div", { class: "source", tabindex: "0", role: "region", "aria-label": "Source of the program" });
    this.file = null;
  }

  open(file) {
    if (this.file === file) return;
    this.file = file;
    const lines = (this.recorded.files[file] ?? "").replace(/\n$/, "").split("\n");
    this.lines = lines.map((text, i) => el("li", {}, el("span", { class: "number" }, String(i + 1)),
      el("code", {}, text || " "), el("span", { class: "marks" })));
    this.root.replaceChildren(el("h3", {}, file.replace(/.*\//, "")), el("ol", {}, ...this.lines));
  }

  show(state) {
    const first = Object.keys(this.recorded.files)[0];
    if (state.lines || first) this.open(state.lines?.file ?? first);
    if (!this.lines) return;
    const lit = state.lines?.file === this.file ? state.lines.line - 1 : -1;
    this.lines.forEach((line, i) => {
      line.classList.toggle("lit", i === lit && state.running !== null);
      line.classList.toggle("was", i === lit && state.running === null);
      if (line.lastChild.childNodes.length) line.lastChild.replaceChildren();
    });
    for (const [id, place] of Object.entries(state.places)) {
      if (place.file !== this.file || id === state.running || id[0] !== "t") continue;
      this.lines[place.line - 1]?.lastChild.append(
        el("span", { class: "mark", "data-colour": this.picture.colourOf(id) }, titleOf(this.recorded.cast.get(id))));
    }
    const line = this.lines[lit];
    if (line) this.scrollTo(line);
  }

  scrollTo(line) {
    const top = line.offsetTop, height = this.root.clientHeight;
    if (top < this.root.scrollTop + 30 || top > this.root.scrollTop + height - 60) {
      this.root.scrollTop = top - height / 2;
    }
  }
}

const NS = "http://www.w3.org/2000/svg";
function svg(tag, attributes, ...children) {
  const made = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** What each task did when: a lane each, with a line where the picture stands. */
export class Lanes {
  constructor(recorded, picture, seek) {
    this.recorded = recorded;
    this.picture = picture;
    this.seek = seek;
    this.root = el("div", { class: "lanes", role: "img", "aria-label": "What each task did when" });
    this.scale = "steps";
  }

  /** {id, kind: run|ready|wait, from, to} in steps and in time, of all loops. */
  spans() {
    if (this.known) return this.known;
    const spans = [], open = new Map(), rows = [];
    const close = (id, i, at) => {
      const span = open.get(id);
      if (span) spans.push({ ...span, to: i, until: at });
      open.delete(id);
    };
    const begin = (id, kind, i, at) => {
      close(id, i, at);
      if (!rows.includes(id)) rows.push(id);
      open.set(id, { id, kind, from: i, since: at });
    };
    let now = 0, base = 0, end = 0;
    this.times = this.recorded.steps.map((step, i) => {
      if (step.kind === "loop") base = end;
      if (step.at !== undefined) now = Math.max(now, base + step.at);
      end = Math.max(end, now);
      const task = step.who?.[0] === "t";
      if (!task && step.kind === "starts") begin("callbacks", "run", i, now);
      if (!task && step.kind === "ran") close("callbacks", i, now);
      if (task && step.kind === "starts") begin(step.who, "run", i, now);
      if (task && step.kind === "waits") begin(step.who, "wait", i, now);
      if (task && step.kind === "ended") close(step.who, i, now);
      if (task && step.kind === "ran") begin(step.who, "ready", i, now);
      if (task && step.kind === "made" && step.queued) begin(step.who, "ready", i, now);
      if (task && step.kind === "queued" && open.get(step.who)?.kind !== "run") begin(step.who, "ready", i, now);
      return now;
    });
    for (const id of [...open.keys()]) close(id, this.recorded.steps.length, now);
    return this.known = { spans, rows, end: now };
  }

  draw(width) {
    const { spans, rows, end } = this.spans();
    const left = Math.min(150, width * 0.28), height = 22, steps = this.recorded.steps.length;
    this.x = (i) => left + (width - left - 8) *
      (this.scale === "time" ? (this.times[Math.min(i, steps - 1)] ?? 0) / Math.max(1, end) : i / steps);
    const image = svg("svg", { viewBox: `0 0 ${width} ${rows.length * height + 22}`, width, height: rows.length * height + 22 });
    rows.forEach((id, row) => {
      const text = svg("text", { x: 0, y: row * height + 15 });
      const one = this.recorded.cast.get(id);
      text.textContent = (one ? shortName(one) : id).slice(0, Math.floor(left / 7.2));
      image.append(text);
    });
    for (const span of spans) {
      const x = this.x(span.from), w = Math.max(span.kind === "run" ? 2 : 0.5, this.x(span.to) - x);
      const y = rows.indexOf(span.id) * height + (span.kind === "run" ? 3 : span.kind === "ready" ? 7 : 10);
      image.append(svg("rect", { x, y, width: w, height: { run: 16, ready: 8, wait: 2 }[span.kind],
        class: `span ${span.kind}`, "data-colour": this.picture.colourOf(span.id) }));
    }
    for (let i = 0; i <= 4; i++) {
      const x = left + (width - left - 8) * i / 4;
      const text = svg("text", { x, y: rows.length * height + 16, class: "tick", "text-anchor": i === 4 ? "end" : i ? "middle" : "start" });
      text.textContent = this.scale === "time" ? timeText(end * i / 4) : i ? `step ${Math.round(steps * i / 4)}` : "start";
      image.append(text);
    }
    this.veil = svg("rect", { class: "veil", y: 0, height: rows.length * height + 2, x: 0, width: 0 });
    this.cursor = svg("line", { class: "cursor", y1: 0, y2: rows.length * height + 4 });
    image.append(this.veil, this.cursor);
    image.addEventListener("click", (event) => this.seek(this.stepAt(event.offsetX)));
    this.width = width;
    this.root.replaceChildren(image);
  }

  stepAt(x) {
    const steps = this.recorded.steps.length;
    for (let i = 0; i < steps; i++) if (this.x(i) >= x) return i;
    return steps;
  }

  show(index, hidesFuture) {
    const width = this.root.clientWidth || 600;
    if (this.width !== width || this.drawn !== this.scale) {
      this.drawn = this.scale;
      this.draw(width);
    }
    const x = this.x(index);
    this.cursor.setAttribute("x1", x);
    this.cursor.setAttribute("x2", x);
    this.veil.setAttribute("x", x);
    this.veil.setAttribute("width", Math.max(0, width - x));
    this.veil.classList.toggle("opaque", hidesFuture);
  }
}
