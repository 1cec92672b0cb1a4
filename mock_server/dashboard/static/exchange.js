// The details of one request: request, response, reason for a refusal, and the command that repeats it.

import { address } from "./api.js";
import { copy } from "./copying.js";
import { el, formatJson } from "./dom.js";
import { languages } from "./snippets.js";
import { ago, count, fractionOf, grouped, outcome, seconds, timeOf, visible } from "./words.js";

/** Show an entry of the journal in a dialog. world: the world of the pane; details: where its buttons lead; now: the time
 * of the entry's world in milliseconds, null if it is unknown.
 */
export function showExchange(dialog, entry, world, details, now) {
  const { kind, text } = outcome(entry);
  const close = el("button", { type: "button", autofocus: true, click: () => dialog.close() }, "Close");
  dialog.replaceChildren(
    el("header", { "data-kind": kind },
      el("h2", {}, el("span", { class: "status" }, text), visible(` ${entry.operation ?? `${entry.method} ${entry.path}`}`)), actions(entry, details, close)),
    el("div", { class: "body" },
      summary(entry, now),
      entry.why ? reason(entry.why) : null,
      entry.faults.length ? section("Applied faults", el("p", {}, entry.faults.join(", "))) : null,
      section("Request", fields(entry), headers(entry)),
      section("Response", responseBody(entry)),
      entry.made.length ? section("Images", pictures(entry)) : null,
      section("Repeat this request", command(entry, world))));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

function actions(entry, details, close) {
  const step = (name, by, sign) => el("button", { type: "button", "aria-label": name, title: name, disabled: !details.hasAdjacent(by), click: () => details.step(by) }, sign);
  const choices = details.others.map((each) => el("option", { value: each.id }, `${timeOf(each.at)} ${outcome(each).text} ${each.operation ?? each.path}`));
  const compare = el("select", { "aria-label": "Compare with", change: (event) => details.compare(event.target.value) }, el("option", { value: "" }, "Compare with…"), ...choices);
  const edit = Object.keys(entry.fields).length && !isCut(entry) ? el("button", { type: "button", click: () => details.edit(entry) }, "Edit and resend") : null;
  return el("div", { class: "actions" }, edit, compare, step("Previous request", -1, "↑"), step("Next request", 1, "↓"), close);
}

function section(title, ...children) {
  return el("section", {}, el("h3", {}, title), ...children);
}

function summary(entry, now) {
  const facts = [
    ["Time", `${entry.at.slice(0, 10)} ${timeOf(entry.at)}${fractionOf(entry.at)}${now === null ? "" : `, ${ago(entry.at, now)}`}${entry.in_progress ? ", in progress" : `, took ${seconds(entry.seconds)}`}`],
    ["Request", `${entry.method} ${entry.path}${entry.query ? `?${entry.query}` : ""}`],
    ["Operation", entry.operation ?? "none"],
    ["Token", entry.token || "none"],
    ["Sender", entry.sender === "page" ? "this page: it counts neither in coverage nor in the verdict" : null],
    ["Id", entry.id],
  ];
  return list(facts.filter(([, value]) => value !== null));
}

function list(pairs) {
  return el("dl", {}, ...pairs.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, text(value))]));
}

function text(value) {
  return visible(typeof value === "string" ? value : JSON.stringify(value));
}

function reason(why) {
  const facts = Object.entries(why.state);
  if (why.ends_at) facts.push(["ends at", why.ends_at]);
  return section("Reason",
    el("p", { class: "message" }, why.message),
    why.rule ? el("p", {}, el("span", { class: "chip rule" }, why.rule), " ", el("span", { class: "chip" }, why.source), ` ${why.statement ?? ""}`) : null,
    facts.length ? list(facts) : null,
    ...nearest(why.nearest));
}

function nearest(found) {
  const changes = [...changed("method", found.method), ...changed("path", found.path), ...(found.fields ?? []), ...(found.headers ?? [])];
  const rows = changes.map((each) => [each.field, shown(each.sent), shown(each.nearest), each.problem ?? ""]);
  return [
    el("h4", {}, "Nearest valid request"),
    el("p", {}, `When: ${found.when}`),
    rows.length ? table(rows, "Field", "Sent", "Nearest", "Problem") : null,
    found.request && Object.keys(found.request).length ? nearestBody(found.request) : null,
  ];
}

function nearestBody(request) {
  const text = JSON.stringify(request, null, 2);
  const note = el("span", { class: "note", role: "status" });
  const button = el("button", { type: "button", click: () => copy(text, note) }, "Copy the nearest request");
  return el("div", {}, el("pre", {}, visible(text)), el("div", { class: "actions" }, button, note));
}

function changed(field, word) {
  return typeof word === "object" && word.sent !== word.nearest ? [{ field, ...word }] : [];
}

function shown(value) {
  return value === null || value === undefined ? "–" : text(value);
}

function table(rows, ...heads) {
  if (!rows.length) return el("p", { class: "empty" }, "None.");
  return el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": heads.join(", ") },
    el("table", {},
      el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
      el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((cell) => el("td", {}, cell)))))));
}

function headers(entry) {
  return el("details", {}, el("summary", {}, count(entry.headers.length, "header")), table(entry.headers, "Header", "Value"));
}

function fields(entry) {
  if (!Object.keys(entry.fields).length) return el("p", { class: "empty" }, "No parameters.");
  const notes = Object.entries(entry.cut).filter(([name]) => name !== "reply").map(([name, length]) => cutNote(name.replace("fields/", ""), length));
  return el("div", {}, el("pre", {}, visible(JSON.stringify(entry.fields, null, 2))), ...notes);
}

function cutNote(name, length) {
  return el("p", { class: "note cut" }, `The journal has cut ${name}${length ? `, which has ${grouped(length)} characters or items` : ""}.`);
}

function responseBody(entry) {
  if (entry.in_progress) return el("p", { class: "empty" }, "The request is in progress.");
  if (entry.status === null) return el("p", { class: "empty" }, "The connection closed without a response.");
  if (entry.picture && entry.status === 200) return el("p", { class: "empty" }, `Picture ${entry.picture}`);
  if (!entry.reply) return el("p", { class: "empty" }, "Empty body.");
  const note = entry.cut.reply ? cutNote("the response", entry.cut.reply) : "";
  return el("div", {}, el("pre", {}, visible(formatJson(entry.reply))), note);
}

function pictures(entry) {
  // Of the world that made it, which is not always the one that is shown.
  const sources = entry.made.map((title) => address(`/worlds/world:${entry.world}/images/${encodeURIComponent(title)}?width=512`));
  return el("div", { class: "made" }, ...sources.map((src, place) => el("img", { src, alt: entry.made[place], loading: "lazy" })));
}

/** Tell whether the journal has cut the request itself. */
function isCut(entry) {
  return Object.keys(entry.cut).some((name) => name !== "reply");
}

function command(entry, world) {
  const known = world.token !== null && world.name === entry.world;
  if (isCut(entry)) {
    return el("p", { class: "note cut" }, "The journal has cut this request, so no command can repeat it.");
  }
  const code = el("pre", { class: "curl", tabindex: "0", "aria-label": "Code" });
  const note = el("span", { class: "note", role: "status" });
  const tabs = Object.entries(languages).map(([name, write]) => el("button", { type: "button", click: (event) => choose(event.target, write) }, name));
  const choose = (tab, write) => {
    code.textContent = write(entry, location.origin, known ? world.token : null);
    note.textContent = "";
    for (const each of tabs) each.setAttribute("aria-pressed", String(each === tab));
  };
  choose(tabs[0], languages.curl);
  const button = el("button", { type: "button", class: "primary", click: () => copy(code.textContent, note) }, "Copy");
  return el("div", {}, el("div", { class: "actions tabs", role: "group", "aria-label": "Language" }, ...tabs), code, el("div", { class: "actions" }, button, note));
}
