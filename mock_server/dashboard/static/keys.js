// The keys for the whole page.

import { el } from "./dom.js";

const KEYS = [
  ["j, k", "the request below, above"],
  ["Enter", "the details of the request"],
  ["Escape", "close the details"],
  ["/", "search the requests"],
  ["?", "this list"],
];

/** Listen for the keys. dialog: shows the list of them. */
export function addKeys(page, dialog) {
  dialog.querySelector("dl").append(...KEYS.flatMap(([key, meaning]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, meaning)]));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (act(page, dialog, event.key)) event.preventDefault();
  });
}

function isTyping(node) {
  return node.closest("input:not([type=checkbox]), textarea, select") !== null;
}

function act(page, dialog, key) {
  const { details, pane } = page;
  if (details.dialog.open) {
    if (key === "j" || key === "k") details.step(key === "j" ? 1 : -1);
    return key === "j" || key === "k";
  }
  if (document.querySelector("dialog[open]")) return false;
  if (key === "j" || key === "k") pane.requests.step(key === "j" ? 1 : -1);
  else if (key === "/") pane.filters.search();
  else if (key === "?") dialog.showModal();
  else return false;
  return true;
}
