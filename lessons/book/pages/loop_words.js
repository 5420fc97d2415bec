// What happens at a step, as a sentence: for the line below the picture and for the log.
import { titleOf } from "./loop_events.js";

/** "1.5 s", "250 ms", "12 µs". */
export function timeText(ns) {
  const units = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]];
  for (const [size, name] of units) {
    if (Math.abs(ns) >= size) return `${Number((ns / size).toPrecision(3))} ${name}`;
  }
  return ns === 0 ? "0 s" : `${Math.round(ns)} ns`;
}

const sides = { 1: "for reading", 2: "for writing", 3: "for reading and writing", 4: "for a stream or server" };

/** The names of functions keep their first letter. */
const capital = (text) => (/^(the|a|it) /.test(text) ? text[0].toUpperCase() + text.slice(1) : text);

export function sentenceOf(step, cast) {
  return capital(told(step, cast));
}

function told(step, cast) {
  const name = (id) => titleOf(cast.get(id), cast);
  const by = (id) => (id ? name(id) : null);
  switch (step.kind) {
    case "loop":
      return `A loop is made. Its clock is ${step.clock}.`;
    case "cut":
      return "The program went on; the recording ends here.";
    case "closed":
      return "The loop is closed.";
    case "line":
      return `${step.file.replace(/.*\//, "")}, line ${step.line}.`;
    case "output":
      return `Printed: ${step.text.trimEnd().replaceAll("\n", " ⏎ ")}`;
    case "polls":
      return "The loop asks the kernel what is ready, and sleeps if nothing is.";
    case "polled":
      return step.took > 0 || step.events > 0
        ? `The kernel answers after ${timeText(step.took)}: ${step.events || "no"} event${step.events === 1 ? "" : "s"}.`
        : "The kernel answers at once: no events.";
    case "seen":
      return `Descriptor ${step.fd} is ready ${sides[step.side] ?? ""}.`;
    case "begins":
      return `Iteration ${step.iteration} runs what is ready now: ${step.ready}.`;
    case "made":
      return `${by(step.by) ?? "The program"} makes ${name(step.who)}` +
        (step.queued ? ", which joins the ready queue." : ".");
    case "queued":
      return queuedSentence(step, cast, name, by);
    case "starts":
      return `${name(step.who)} runs.`;
    case "ran":
      return cast.get(step.who)?.kind === "task"
        ? `${name(step.who)} gives way, and is in the ready queue again.`
        : `${name(step.who)} has run.`;
    case "waits":
      return `${name(step.who)} parks: it waits for ${step.task ? name(step.task) : step.what}` +
        (step.fd !== null ? ` (descriptor ${step.fd}).` : ".");
    case "ended":
      return `${name(step.who)} has ended${step.how ? `: ${step.how}` : ""}.`;
    case "set":
      return `A timer is set, for ${timeText(step.due)} on the loop's clock.`;
    case "unset":
      return "A timer is cancelled.";
    case "watches":
      return `Descriptor ${step.fd} is watched ${sides[step.side] ?? ""}.`;
    case "forgets":
      return `Descriptor ${step.fd} is watched no more.`;
    default:
      return "";
  }
}

function queuedSentence(step, cast, name, by) {
  const who = cast.get(step.who);
  const what = capital(name(step.who));
  if (step.why === "its time") return `${what} is due, and joins the ready queue.`;
  if (step.why === "before") return `${what} was queued before the loop ran.`;
  if (step.why === "the kernel") return `${what} joins the ready queue: the kernel has news for it.`;
  if (step.by === step.who) return `${what} joins the back of the ready queue.`;
  const waker = step.by && cast.get(step.by)?.wakes === step.who ? "Its timer" : capital(by(step.by) ?? "The program");
  return `${waker} puts ${name(step.who)} into the ready queue.`;
}
