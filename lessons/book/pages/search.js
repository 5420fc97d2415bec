// Searches all texts, here in the browser: every word must be there, at least as a beginning.
const root = document.documentElement.dataset.root;
const field = document.getElementById("q");
const list = document.getElementById("found");
const count = document.getElementById("count");
const most = 40;

const pages = await (await fetch(`${root}search.json`)).json();
const sections = pages.flatMap((page) =>
  page.sections.map(([slug, title, text]) => ({
    address: `${page.address}#${slug}`, page: page.title, title, text,
    inTitle: title.toLowerCase(), inText: text.toLowerCase(),
  })),
);

field.value = new URLSearchParams(location.search).get("q") ?? "";
field.addEventListener("input", search);
document.getElementById("search-form").addEventListener("submit", (event) => event.preventDefault());
field.focus();
search();

function search() {
  const words = field.value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  history.replaceState(null, "", words.length ? `?q=${encodeURIComponent(field.value)}` : location.pathname);
  if (words.length === 0) return show([], "");
  const found = sections
    .map((section) => ({ section, score: score(section, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score);
  const number = found.length === 1 ? "1 section" : `${found.length} sections`;
  show(found.slice(0, most).map(({ section }) => entry(section, words)),
    found.length === 0 ? "Nothing has all these words." : found.length > most ? `${number}; the best ${most}:` : `${number}:`);
}

// 0: a word is missing. In a heading a word counts more, and a whole word more than a beginning.
function score(section, words) {
  let sum = 0;
  for (const word of words) {
    const value = 8 * matches(section.inTitle, word) + matches(section.inText, word);
    if (value === 0) return 0;
    sum += value;
  }
  return sum;
}

function matches(text, word) {
  let sum = 0;
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) {
    if (at > 0 && isLetter(text[at - 1])) continue;
    sum += isLetter(text[at + word.length] ?? " ") ? 1 : 2;
  }
  return Math.min(sum, 10);
}

function isLetter(c) {
  return /[\p{L}\p{N}_]/u.test(c);
}

function show(entries, words) {
  list.replaceChildren(...entries);
  count.textContent = words;
}

function entry(section, words) {
  const link = document.createElement("a");
  link.href = root + section.address;
  link.append(...marked(section.title, words));
  const where = document.createElement("small");
  where.textContent = section.page === section.title ? "" : section.page;
  const text = document.createElement("p");
  text.append(...marked(excerpt(section, words), words));
  const item = document.createElement("li");
  item.append(link, " ", where, text);
  return item;
}

// Some words around the first match.
function excerpt({ text, inText }, words) {
  const first = Math.min(...words.map((word) => inText.indexOf(word)).filter((at) => at >= 0), text.length);
  const from = first === text.length ? 0 : Math.max(0, text.lastIndexOf(" ", Math.max(0, first - 60)));
  const end = text.indexOf(" ", from + 200);
  return (from > 0 ? "… " : "") + text.slice(from, end === -1 ? undefined : end) + (end === -1 ? "" : " …");
}

function marked(text, words) {
  const parts = [];
  const pattern = new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"), "gi");
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const mark = document.createElement("mark");
    mark.textContent = match[0];
    parts.push(text.slice(from, match.index), mark);
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}
