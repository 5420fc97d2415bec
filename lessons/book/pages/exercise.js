// The page of an exercise: hears of each check, and asks for hints.
import { ask, item, live } from "./asking.js";

const places = {
  verdict: document.getElementById("verdict"),
  states: document.getElementById("states"),
  sentence: document.getElementById("sentence"),
  said: document.getElementById("said"),
};

if (live) {
  follow();
  offerHints();
  offerFile();
  takePrediction();
}
showSection();

function follow() {
  const events = new EventSource(`${document.documentElement.dataset.root}api/events?item=${item}`);
  events.addEventListener("standing", (event) => show(JSON.parse(event.data)));
  events.addEventListener("error", () => {
    places.sentence.textContent = "";
    if (events.readyState !== EventSource.OPEN) places.verdict.dataset.cut = "yes";
  });
  events.addEventListener("open", () => delete places.verdict.dataset.cut);
}

function show(standing) {
  places.verdict.innerHTML = standing.verdict;
  places.states.innerHTML = standing.states;
  if (standing.item !== item) {
    const note = document.createElement("p");
    note.className = "state failing";
    note.textContent = `${standing.item}, which had passed, fails now.`;
    places.verdict.prepend(note);
  }
  document.body.dataset.standing = standing.state;
  if (standing.sentence !== places.sentence.textContent) places.sentence.textContent = standing.sentence;
}

function offerHints() {
  const button = document.getElementById("hint");
  const list = document.getElementById("hints");
  if (!button) return;
  const label = () => {
    const open = list.children.length;
    button.hidden = open >= Number(button.dataset.all);
    button.textContent = open === 0 ? "Show a hint" : `Show hint ${open + 1} of ${button.dataset.all}`;
  };
  label();
  button.addEventListener("click", async () => {
    const answer = await ask("hint");
    list.innerHTML = answer.html;
    label();
    const last = list.lastElementChild;
    last.tabIndex = -1;
    last.focus();
  });
}

function offerFile() {
  const open = document.getElementById("open");
  open.hidden = false;
  open.addEventListener("click", async () => {
    const answer = await ask("open");
    places.said.textContent = answer.opened ? "It is open." : `Open it yourself: ${answer.where}`;
  });
  const reset = document.getElementById("reset");
  reset.hidden = false;
  reset.addEventListener("click", async () => {
    if (!confirm("Bring the starter back? Your file is kept beside it, as .bak.")) return;
    const answer = await ask("reset");
    places.said.textContent = answer.said.join(" ");
  });
}

function takePrediction() {
  const form = document.getElementById("prediction");
  if (!form) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const lines = form.elements.lines;
    const answers = lines
      ? lines.value.split("\n").filter((line) => line.trim() !== "")
      : [...form.querySelectorAll("input")].map((input) => input.value);
    await ask("predict", { answers });
  });
}

// The text beside begins where it is about this exercise.
function showSection() {
  const beside = document.querySelector(".beside");
  if (!beside || location.hash) return;
  const heading = [...beside.querySelectorAll("h2, h3")].find((one) =>
    one.textContent.startsWith(`${beside.dataset.item} `));
  const room = beside.closest(".aside");
  if (heading && room.scrollHeight > room.clientHeight) room.scrollTop = heading.offsetTop - 8;
}
