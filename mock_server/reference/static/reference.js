// The reference: consoles, buttons that copy, contents that follow, and the way back.

import { copy } from "../static/copying.js";
import { el } from "../static/dom.js";
import { addConsole } from "./console.js";
import { followSections, search } from "./contents.js";

const SHOWN_MS = 2000;
const PLACE_KEY = "aiimage-mock-place"; // where the page keeps its address

for (const form of document.querySelectorAll(".console")) addConsole(form);
for (const block of document.querySelectorAll("pre")) addCopying(block, (button) => {
  const box = el("div", { class: "copied" });
  block.replaceWith(box);
  box.append(block, button);
});
for (const text of document.querySelectorAll("[data-copy]")) addCopying(text, (button) => text.after(" ", button));
search(document.querySelector("nav form"));
followSections(document.querySelector("nav"));
document.getElementById("back").hash = sessionStorage.getItem(PLACE_KEY) ?? "";

function addCopying(node, place) {
  const button = el("button", { type: "button", class: "copy", click: async () => {
    await copy(node.textContent, button);
    setTimeout(() => (button.textContent = "Copy"), SHOWN_MS);
  } }, "Copy");
  place(button);
}
