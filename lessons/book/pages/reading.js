// What one reads with: buttons that copy, and tabs for twins in two languages.
for (const button of document.querySelectorAll("button.copy")) {
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

async function copy(button) {
  const code = button.closest("figure").querySelector("code");
  await navigator.clipboard.writeText(typed(code));
  button.textContent = "Copied";
  setTimeout(() => (button.textContent = "Copy"), 2000);
}

// In the running book, the program whose output is shown can be run.
for (const button of document.querySelectorAll("button.run")) {
  button.hidden = document.documentElement.dataset.live !== "yes";
  button.setAttribute("aria-label", `Run ${button.dataset.program}`);
  button.addEventListener("click", () => run(button));
}

async function run(button) {
  const { lesson, program } = button.dataset;
  button.disabled = true;
  button.textContent = "Running …";
  const address = `${document.documentElement.dataset.root}api/demo?lesson=${lesson}&program=${program}`;
  const response = await fetch(address, { method: "POST" });
  const figure = button.closest("figure");
  const output = figure.querySelector(".output") ?? document.createElement("pre");
  output.className = "output";
  output.tabIndex = 0;
  output.setAttribute("role", "status");
  output.textContent = response.ok ? (await response.json()).output : "It could not be run.";
  figure.append(output);
  button.disabled = false;
  button.textContent = "Run again";
}

// Of a console, what one types.
function typed(code) {
  const lines = [...code.querySelectorAll(".k-typed")].map((line) => line.textContent.slice(2));
  return lines.length > 0 ? lines.join("\n") + "\n" : code.textContent;
}

// The table of contents is open where there is room beside the text, and shows where one is.
const contents = document.querySelector(".toc details");
if (contents) {
  const wide = matchMedia("(min-width: 68rem)");
  const fold = () => (contents.open = wide.matches);
  wide.addEventListener("change", fold);
  fold();
  const links = new Map([...contents.querySelectorAll("a")].map((link) => [link.hash.slice(1), link]));
  const headings = [...document.querySelectorAll("main :is(h2, h3)[id]")];
  const follow = () => {
    const read = headings.filter((one) => one.getBoundingClientRect().top < 120).pop();
    for (const [id, link] of links) id === read?.id ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
  };
  let waiting = false;
  document.addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; follow(); });
  }, { passive: true });
  follow();
}

let twins = 0;

for (const box of document.querySelectorAll(".twins")) makeTabs(box);

function makeTabs(box) {
  const panels = [...box.children];
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", "Language");
  const tabs = panels.map((panel) => makeTab(panel, `twin-${++twins}`));
  list.append(...tabs);
  box.prepend(list);
  box.dataset.tabs = "yes";
  select(box, localStorage.getItem("language") ?? box.dataset.first);
  list.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    const other = tabs.find((tab) => tab.getAttribute("aria-selected") === "false");
    choose(other);
    other.focus();
  });
}

function makeTab(panel, id) {
  const tab = document.createElement("button");
  tab.type = "button";
  tab.textContent = panel.dataset.language;
  tab.setAttribute("role", "tab");
  tab.id = `${id}-tab`;
  tab.setAttribute("aria-controls", id);
  panel.id = id;
  panel.setAttribute("role", "tabpanel");
  panel.setAttribute("aria-labelledby", tab.id);
  tab.addEventListener("click", () => choose(tab));
  return tab;
}

// All of a page change together, and the page stays where it is.
function choose(tab) {
  const before = tab.getBoundingClientRect().top;
  localStorage.setItem("language", tab.textContent);
  for (const box of document.querySelectorAll(".twins")) select(box, tab.textContent);
  scrollBy(0, tab.getBoundingClientRect().top - before);
}

function select(box, language) {
  for (const tab of box.querySelectorAll("[role=tab]")) {
    const selected = tab.textContent === language;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
    document.getElementById(tab.getAttribute("aria-controls")).hidden = !selected;
  }
}
