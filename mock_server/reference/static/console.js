// The console of an operation. The mock sends the request: it does not count as the client's, and a lost reply shows.

import { address, call } from "../static/api.js";
import { el, formatJson } from "../static/dom.js";
import { encoded } from "../static/encoding.js";
import { outcome, visible } from "../static/words.js";

const JSON_TYPE = "application/json";

/** Make a form send its request. */
export function addConsole(form) {
  form.hidden = false;
  form.elements.form?.addEventListener("change", ({ target }) => choose(form, target.selectedIndex));
  form.elements.bearer?.addEventListener("input", ({ target }) => shareToken(target));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form);
  });
}

/** Show the fields of one kind of body. */
function choose(form, place) {
  [...form.querySelectorAll("fieldset")].forEach((fieldset, number) => {
    fieldset.hidden = fieldset.disabled = number !== place;
  });
}

/** All consoles have the same token. */
function shareToken({ value }) {
  for (const input of document.querySelectorAll(".console input[name=bearer]")) input.value = value;
}

async function send(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  show(form, el("p", {}, "Sent, waiting …"));
  const since = performance.now();
  try {
    const reply = await call("POST", "/requests", await request(form));
    show(form, ...(await answer(reply, performance.now() - since)));
  } catch (error) {
    show(form, el("p", { class: "problem" }, error.message));
  } finally {
    button.disabled = false;
  }
}

/** Return the request of a form, for the mock to send. */
async function request(form) {
  const fieldset = form.querySelector("fieldset:not([hidden])");
  const inputs = [...fieldset.querySelectorAll("input, select")];
  const of = (place) => inputs.filter((input) => input.dataset.place === place).flatMap(values);
  const path = of("path").reduce((whole, [name, value]) => whole.replace(`{${name}}`, encodeURIComponent(value)), form.dataset.path);
  const query = new URLSearchParams(of("query")).toString();
  const encodings = fieldset.dataset.encodings.split(" ").filter(Boolean);
  const body = encodings.length ? await encoded(of("body"), encodings.includes(JSON_TYPE)) : { headers: {} };
  const { bearer, forced } = form.elements;
  const headers = { ...body.headers, ...(forced.value ? { prefer: `code=${forced.value}` } : {}) };
  return { ...body, method: form.dataset.method, path: path + (query ? `?${query}` : ""), headers, ...(bearer?.value ? { token: bearer.value } : {}) };
}

/** Return the name and the value of a filled field; an empty one is not sent. */
function values(input) {
  if (input.type === "file") return input.files.length ? [[input.name, input.files[0]]] : [];
  if (input.value === "") return [];
  return [[input.name, "literal" in input.dataset ? literal(input.value) : input.value]];
}

/** Return a JSON value; a text that is none stays a text, so that the mock says what is wrong with it. */
function literal(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function answer({ id, status, complete, headers, body }, took) {
  const { kind, text } = outcome({ status, complete });
  const rows = headers.map(([name, value]) => `${name}: ${value}`).join("\n");
  return [
    el("p", { "data-kind": kind }, el("span", { class: "status" }, text), ` after ${Math.round(took)} ms `, id ? el("a", { href: await place(id) }, "Show in the journal") : ""),
    complete ? "" : el("p", { class: "problem" }, "The connection closed before the end of the response. The mock may have done what was asked, and charged for it."),
    body ? el("pre", { class: "json", tabindex: "0", "aria-label": "Response body" }, visible(formatJson(body))) : "",
    rows ? el("details", {}, el("summary", {}, `${headers.length} headers`), el("pre", { tabindex: "0", "aria-label": "Response headers" }, visible(rows))) : "",
  ];
}

/** Return the address of a request on the page. */
async function place(id) {
  const entry = await call("GET", `/requests/${encodeURIComponent(id)}`).catch(() => ({}));
  const world = entry.world ? { world: entry.world } : { scope: "all" };
  return `${address("/")}#${new URLSearchParams({ ...world, request: id })}`;
}

function show(form, ...children) {
  const box = form.querySelector(".answer");
  box.hidden = false;
  box.replaceChildren(...children);
}
