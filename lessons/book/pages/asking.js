// Asks the running book about the exercise of this page.
export const item = document.querySelector(".work")?.dataset.item;
export const live = document.documentElement.dataset.live === "yes";

export async function ask(what, sent, about = item) {
  const address = `${document.documentElement.dataset.root}api/${what}?item=${encodeURIComponent(about)}`;
  const response = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: sent ? JSON.stringify(sent) : "",
  });
  if (!response.ok) throw new Error(`${what}: ${response.status}`);
  return response.json();
}
