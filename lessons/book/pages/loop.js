// A loop as a picture: one recording to step through, or two side by side.
//
// <div class="loop" data-recording="/recordings/07-turns.json"></div> becomes a player; with
// data-compare another beside it. A page without a server has the recordings in itself, as
// <script type="application/json" data-recording="NAME">.
import { stepsOf, titleOf } from "./loop_events.js";
import { States, firstDifference, iterationFrom, nextToRun, partnerOf } from "./loop_state.js";
import { sentenceOf, timeText } from "./loop_words.js";
import { Lanes, Picture, Source, el } from "./loop_draw.js";

const speeds = [["¼×", 2400], ["½×", 1200], ["1×", 600], ["2×", 300], ["4×", 150], ["16×", 40]];
const shown = (step) => step.kind !== "ran" || step.who[0] === "t";

export class Player {
  constructor(root, recording, { title = "", partner = null } = {}) {
    this.root = root;
    this.recorded = stepsOf(recording);
    this.states = new States(this.recorded.steps);
    this.index = 0;
    this.score = { right: 0, asked: 0 };
    this.picture = new Picture(this.recorded, (id) => this.choose(id));
    this.source = new Source(this.recorded, this.picture);
    this.lanes = new Lanes(this.recorded, this.picture, (index) => this.seek(index));
    this.partner = partner;
    this.build(title);
    this.seek(this.firstStep());
    new ResizeObserver(() => this.lanes.show(this.index, this.predicts)).observe(this.lanes.root);
  }

  /** Where something is to be seen: the first loop's first iteration. */
  firstStep() {
    const begins = this.recorded.steps.findIndex((step) => step.kind === "begins");
    return begins === -1 ? 1 : begins;
  }

  build(title) {
    const button = (text, label, act, key) => el("button", { type: "button", "aria-label": label,
      title: key ? `${label} (${key})` : label, onclick: act }, text);
    this.play = button("▶", "Play", () => this.toggle(), "space");
    this.slider = el("input", { type: "range", min: 0, max: this.recorded.steps.length, value: 0,
      "aria-label": "Step", oninput: () => this.seek(Number(this.slider.value), { moves: false }) });
    this.speed = el("select", { "aria-label": "Speed" },
      ...speeds.map(([name, pause]) => el("option", { value: pause, selected: name === "1×" }, name)));
    this.predict = el("button", { type: "button", class: "predict", "aria-pressed": "false",
      onclick: () => this.setPredicting(!this.predicts) }, "Predict");
    this.count = el("output", { class: "count" });
    this.controls = el("div", { class: "controls", role: "toolbar", "aria-label": "Steps" },
      button("|◀", "To the beginning", () => this.seek(0), "Home"),
      button("◀◀", "One iteration back", () => this.iteration(false), "shift ←"),
      button("◁", "One step back", () => this.step(-1), "←"), this.play,
      button("▷", "One step forwards", () => this.step(1), "→"),
      button("▶▶", "One iteration forwards", () => this.iteration(true), "shift →"),
      this.slider, this.speed, this.predict, this.count);
    this.sentence = el("p", { class: "sentence", "aria-live": "polite" });
    this.question = el("div", { class: "question", hidden: true });
    this.output = el("pre", { class: "printed", tabindex: "0", "aria-label": "Printed so far" });
    this.details = el("div", { class: "details", "aria-live": "polite" });
    this.log = el("ol", { class: "log" });
    const scale = el("select", { "aria-label": "Scale of the lanes", onchange: (event) => {
      this.lanes.scale = event.target.value;
      this.lanes.show(this.index, this.predicts);
    } }, el("option", { value: "steps" }, "by step"), el("option", { value: "time" }, "to scale of time"));
    this.root.classList.add("loop-player");
    this.root.replaceChildren(
      title ? el("h2", {}, title) : "", this.controls, this.sentence, this.question,
      el("div", { class: "stage" },
        el("div", { class: "left" }, this.source.root, el("h3", {}, "Printed so far"), this.output),
        el("div", { class: "right" }, this.picture.root, this.details)),
      el("div", { class: "lanes-head" }, el("h3", {}, "Lanes"), scale,
        el("span", { class: "legend" }, el("i", { class: "run" }), "runs ", el("i", { class: "ready" }), "is ready ", el("i", { class: "wait" }), "waits")),
      this.lanes.root,
      el("details", { class: "all", ontoggle: () => this.fillLog() }, el("summary", {}, "All steps as text"), this.log));
    this.root.classList.toggle("no-loop", !this.recorded.steps.some((step) => step.kind === "loop"));
    this.root.tabIndex = 0;
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    if (event.target.matches("input, select, summary") || event.altKey || event.ctrlKey || event.metaKey) return;
    const acts = {
      ArrowRight: () => (event.shiftKey ? this.iteration(true) : this.step(1)),
      ArrowLeft: () => (event.shiftKey ? this.iteration(false) : this.step(-1)),
      Home: () => this.seek(0),
      End: () => this.seek(this.recorded.steps.length),
      " ": () => !event.target.matches("button") && (this.toggle(), true),
      p: () => this.setPredicting(!this.predicts),
    };
    const act = acts[event.key];
    if (!act || act() === false) return;
    event.preventDefault();
  }

  step(by) {
    if (this.predicts && by > 0 && this.asks()) return;
    let to = this.index + by;
    const steps = this.recorded.steps;
    while (to > 0 && to < steps.length && !shown(steps[to - 1])) to += by;
    this.seek(to);
  }
  iteration(forwards) {
    if (this.predicts && forwards && this.asks()) return;
    this.seek(iterationFrom(this.recorded.steps, this.index, forwards));
  }

  seek(index, { moves = true } = {}) {
    this.index = Math.min(Math.max(0, index), this.recorded.steps.length);
    this.state = this.states.at(this.index);
    this.picture.show(this.state, { moves, hidden: this.predicts });
    this.source.show(this.state);
    this.lanes.show(this.index, this.predicts);
    this.showOutput();
    this.slider.value = this.index;
    this.count.textContent = `${this.index} / ${this.recorded.steps.length}`;
    const step = this.recorded.steps[this.index - 1];
    this.sentence.textContent = step ? sentenceOf(step, this.recorded.cast) : "Before the first step.";
    this.question.hidden = true;
    if (this.chosen) this.choose(this.chosen);
    this.root.dataset.step = this.index;
    this.onseek?.(this.index);
  }

  showOutput() {
    this.output.replaceChildren(...this.state.output.map(({ text, by }, i) =>
      el("span", { "data-colour": by ? this.picture.colourOf(by) : "none",
        class: i === this.state.output.length - 1 ? "last" : "" }, text)));
    this.output.scrollTop = this.output.scrollHeight;
  }

  toggle() {
    if (this.timer) return this.pause();
    if (this.index === this.recorded.steps.length) this.seek(0);
    this.play.textContent = "❚❚";
    this.play.setAttribute("aria-label", "Pause");
    const tick = () => {
      this.step(1);
      if (this.index >= this.recorded.steps.length || !this.question.hidden) return this.pause();
      this.timer = setTimeout(tick, Number(this.speed.value));
    };
    this.timer = setTimeout(tick, 0);
  }
  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.play.textContent = "▶";
    this.play.setAttribute("aria-label", "Play");
  }

  // ── who is it? ──

  choose(id) {
    this.chosen = id;
    const one = this.recorded.cast.get(id);
    const task = this.state.tasks[id];
    const fact = (name, text) => (text ? [el("dt", {}, name), el("dd", {}, text)] : []);
    const name = (other) => (this.recorded.cast.has(other) ? titleOf(this.recorded.cast.get(other), this.recorded.cast) : other);
    const made = one?.made ?? task?.place;
    const waits = task?.state === "waits" ? (task.waits.task ? name(task.waits.task) : task.waits.what) : "";
    const place = this.state.places[id];
    this.details.replaceChildren(el("h3", {}, titleOf(one, this.recorded.cast)), el("dl", {},
      ...fact("is", { waits: "parked", runs: "running", ready: "ready", ended: `ended ${task?.how ?? ""}`, made: "made" }[task?.state] ?? one?.kind),
      ...fact("made", made ? `${made.file.replace(/.*\//, "")}:${made.line}` + (one.by ? `, by ${name(one.by)}` : "") : ""),
      ...fact("waits for", waits && `${waits}, since ${timeText(task.since)}` + (task.waits.fd !== null ? ` (fd ${task.waits.fd})` : "")),
      ...fact("is at", place ? `${place.file.replace(/.*\//, "")}:${place.line}` : ""),
      ...fact("woken by", task?.wokenBy ? name(task.wokenBy) : ""),
      ...fact("wakes", one?.wakes ? name(one.wakes) : "")),
      el("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => {
        this.chosen = null;
        this.details.replaceChildren();
      } }, "×"));
  }

  // ── predict who runs next ──

  get predicts() {
    return this.predict?.getAttribute("aria-pressed") === "true";
  }
  setPredicting(on) {
    this.predict.setAttribute("aria-pressed", String(on));
    this.seek(this.index, { moves: false });
  }

  /** Asks who runs next, where that is not plain. Returns whether it did. */
  asks() {
    const next = nextToRun(this.recorded.steps, this.index);
    if (!next || this.recorded.steps[this.index]?.kind !== "starts" && !this.aboutToChoose(next)) return false;
    if (this.answered === next.index) return false;
    const waiting = Object.values(this.state.tasks).filter((task) => task.state === "waits").map((task) => task.id);
    const candidates = [...new Set([...this.state.ready, ...waiting, next.who])].sort();
    if (candidates.length < 2) return false;
    this.question.hidden = false;
    this.question.replaceChildren(el("strong", {}, "Who runs next?"), ...candidates.map((id) =>
      el("button", { type: "button", class: "token", "data-colour": this.picture.colourOf(id),
        onclick: () => this.answer(id, next) }, titleOf(this.recorded.cast.get(id), this.recorded.cast))));
    this.question.querySelector("button").focus();
    return true;
  }
  aboutToChoose(next) {
    const between = this.recorded.steps.slice(this.index, next.index);
    return between.every((step) => step.kind === "begins") && between.length > 0;
  }

  answer(id, next) {
    this.answered = next.index;
    this.score.asked++;
    const right = id === next.who;
    if (right) this.score.right++;
    this.seek(next.index + 1);
    const who = titleOf(this.recorded.cast.get(next.who), this.recorded.cast);
    this.question.hidden = false;
    this.question.replaceChildren(el("strong", { class: right ? "right" : "wrong" },
      right ? "Right." : `Not yet: ${who} does.`), el("span", {}, ` ${this.why(next)} `),
      el("span", { class: "score" }, `${this.score.right} of ${this.score.asked}`));
    this.root.focus({ preventScroll: true });
  }

  /** Why it is that one: how it came into the queue. */
  why(next) {
    for (let i = next.index - 1; i >= 0; i--) {
      const step = this.recorded.steps[i];
      if (step.who === next.who && (step.kind === "queued" || step.kind === "made")) {
        return `It was first in the queue: ${sentenceOf(step, this.recorded.cast)}`;
      }
    }
    return "";
  }

  fillLog() {
    if (this.log.childElementCount) return;
    this.log.append(...this.recorded.steps.map((step, i) => el("li", {},
      el("button", { type: "button", onclick: () => this.seek(i + 1) }, sentenceOf(step, this.recorded.cast)))));
  }
}

/** Two runs side by side: the right one follows the left one, up to where they differ. */
export class Comparison {
  constructor(root, left, right, names) {
    root.classList.add("loop-comparison");
    const [a, b] = [el("div"), el("div")];
    this.note = el("p", { class: "difference" });
    const jump = el("button", { type: "button", onclick: () => this.toDifference() }, "Go to the first difference");
    root.replaceChildren(el("div", { class: "compare-head" }, this.note, jump), el("div", { class: "pair" }, a, b));
    this.left = new Player(a, left, { title: names[0] });
    this.right = new Player(b, right, { title: names[1] });
    this.difference = firstDifference(this.left.recorded, this.right.recorded);
    jump.hidden = this.difference === null;
    this.note.textContent = this.difference === null ? "Both do the same, in the same order."
      : `The same for ${this.difference.common} turns, prints and waits; then they differ.`;
    this.left.onseek = (index) => this.follow(index);
    this.left.seek(this.left.index);
  }
  follow(index) {
    if (this.difference && index > this.difference.left) return;
    this.right.seek(partnerOf(this.left.recorded, this.right.recorded, index) + 1);
  }
  toDifference() {
    this.left.seek(this.difference.left + 1);
    this.right.seek(this.difference.right + 1);
    for (const player of [this.left, this.right]) player.sentence.classList.add("differs");
  }
}

async function load(address) {
  const inlined = document.querySelector(`script[data-recording="${CSS.escape(address)}"]`);
  if (inlined) return JSON.parse(inlined.textContent);
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

export async function start(place) {
  const { recording, compare, names = "", name = "" } = place.dataset;
  place.replaceChildren(el("p", { class: "loading" }, "The run is being recorded …"));
  try {
    if (!compare) {
      const player = new Player(place, await load(recording), { title: name });
      offerMine(place);
      return player;
    }
    const both = await Promise.all([load(recording), load(compare)]);
    return new Comparison(place, ...both, names.split("|"));
  } catch (error) {
    place.replaceChildren(el("p", { class: "loading" }, `There is no recording: ${error.message}`));
  }
}

/** Over the text, as wide as the window. */
function inDialog(place) {
  const stage = el("div", {}), dialog = el("dialog", { class: "loop-dialog" },
    el("form", { method: "dialog" }, el("button", { "aria-label": "Back to the text" }, "× Back to the text")), stage);
  Object.assign(stage.dataset, place.dataset);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  start(stage).then(() => dialog.querySelector(".loop-player")?.focus());
}

/** Beside it the same program on what the learner has written, where somebody can run that. */
function offerMine(place) {
  const { recording, name } = place.dataset;
  const live = document.documentElement.dataset.live === "yes";
  if (!live || place.closest("dialog") || !recording.endsWith(".json")) return;
  place.querySelector(".controls").after(el("p", { class: "mine" }, el("button", { type: "button", onclick: () => {
    place.dataset.compare = recording.replace(/\.json$/, ".mine.json");
    place.dataset.names = `${name}, on the reference|${name}, on your layers`;
    start(place);
  } }, "Run it on my layers, and compare")));
}

/** In a text a picture waits until somebody wants it. */
function offer(place) {
  const { spoils, name, names } = place.dataset;
  const what = names ? names.replace("|", " beside ") : name;
  const open = () => (place.closest(".loop-figure") ? inDialog(place) : start(place));
  const button = el("button", { type: "button", class: "offer", onclick: open },
    el("b", {}, "▶ Step through " + what),
    spoils ? el("small", {}, `It shows what ${spoils} asks you to predict: answer that first.`) : null);
  place.replaceChildren(button);
}

for (const place of document.querySelectorAll(".loop[data-recording]")) {
  if (place.closest(".loop-figure") || place.dataset.spoils) offer(place);
  else start(place);
}
