// The details of one request: request, response, reason for a refusal, and the command that repeats it.

import { address, reference } from "./api.js";
import { curl } from "./curl.js";
import { el, formatJson } from "./dom.js";
import { count, fractionOf, outcome, seconds, summarize, timeOf } from "./words.js";

/** Show an entry of the journal in a dialog. world: the world of the pane. */
export function showExchange(dialog, entry, world) {
  const { kind, text } = outcome(entry);
  const close = el("button", { type: "button", click: () => dialog.close() }, "Close");
  dialog.replaceChildren(
    el("header", { "data-kind": kind },
      el("h2", {}, el("span", { class: "status" }, text), ` ${entry.method} ${entry.path}`), close),
    el("div", { class: "body" },
      summary(entry),
      entry.why ? reason(entry.why) : null,
      entry.faults.length ? section("Applied faults", el("p", {}, entry.faults.join(", "))) : null,
      section("Request", fields(entry), headers(entry)),
      section("Response", responseBody(entry)),
      entry.made.length ? section("Images", pictures(entry, world)) : null,
      section("Repeat this request", command(entry, world))));
  dialog.showModal();
  dialog.scrollTop = 0;
}

function section(title, ...children) {
  return el("section", {}, el("h3", {}, title), ...children);
}

function summary(entry) {
  const facts = [
    ["Time", `${entry.at.slice(0, 10)} ${timeOf(entry.at)}${fractionOf(entry.at)}, took ${seconds(entry.seconds)}`],
    ["Operation", entry.operation ?? "none"],
    ["Summary", entry.why ? null : summarize(entry)],
    ["Token", entry.token || "none"],
    ["Id", entry.id],
  ];
  return list(facts.filter(([, value]) => value !== null));
}

function list(pairs) {
  return el("dl", {}, ...pairs.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, text(value))]));
}

function text(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
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
    found.request && Object.keys(found.request).length ? el("pre", {}, JSON.stringify(found.request, null, 2)) : null,
  ];
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
  return el("pre", {}, JSON.stringify(entry.fields, null, 2));
}

function responseBody(entry) {
  if (entry.status === null) return el("p", { class: "empty" }, "The connection closed without a response.");
  if (entry.picture && entry.status === 200) return el("p", { class: "empty" }, `Picture ${entry.picture}`);
  return entry.reply ? el("pre", {}, formatJson(entry.reply)) : el("p", { class: "empty" }, "Empty body.");
}

function pictures(entry, world) {
  const sources = entry.made.map((title) => address(`/worlds/${reference(world)}/images/${encodeURIComponent(title)}`));
  return el("div", { class: "made" }, ...sources.map((src, place) => el("img", { src, alt: entry.made[place], loading: "lazy" })));
}

function command(entry, world) {
  const known = world.token !== null && world.name === entry.world;
  const line = curl(entry, location.origin, known ? world.token : null);
  const note = el("span", { class: "note", role: "status" });
  const button = el("button", { type: "button", click: () => copy(line, note) }, "Copy");
  return el("div", {}, el("pre", { class: "curl" }, line), el("div", { class: "actions" }, button, note));
}

async function copy(line, note) {
  try {
    await navigator.clipboard.writeText(line);
    note.textContent = "Copied.";
  } catch {
    note.textContent = "This browser blocks copying here. Select the text instead.";
  }
}
