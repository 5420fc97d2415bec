// Answers that are asked for before their exercise passes.
import { ask } from "./asking.js";

for (const button of document.querySelectorAll("button.spoil")) {
  button.addEventListener("click", async () => {
    const answer = await ask("solution", null, button.dataset.item);
    const section = button.closest("section");
    const box = document.createElement("div");
    box.innerHTML = answer.html;
    box.tabIndex = -1;
    for (const part of [...section.children].slice(1)) part.remove();
    section.append(box);
    box.focus();
  });
}
