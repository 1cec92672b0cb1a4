// One request in full: what was sent, what came back, why, and how to send it again.

import { address, reference } from "./api.js";
import { curl } from "./curl.js";
import { el, readable } from "./dom.js";
import { count, fractionOf, reply, seconds, timeOf, told } from "./words.js";

/** Show an entry of the journal in a dialog. world: whose it is. */
export function showExchange(dialog, entry, world) {
  const { kind, text } = reply(entry);
  const close = el("button", { type: "button", click: () => dialog.close() }, "Close");
  dialog.replaceChildren(
    el("header", { "data-kind": kind },
      el("h2", {}, el("span", { class: "status" }, text), ` ${entry.method} ${entry.path}`), close),
    el("div", { class: "body" },
      summary(entry),
      entry.why ? reason(entry.why) : null,
      entry.faults.length ? section("Faults that struck", el("p", {}, entry.faults.join(", "))) : null,
      section("Request", fields(entry), headers(entry)),
      section("Reply", replyBody(entry)),
      entry.made.length ? section("Made", pictures(entry, world)) : null,
      section("Send it again", command(entry, world))));
  dialog.showModal();
  dialog.scrollTop = 0;
}

function section(title, ...children) {
  return el("section", {}, el("h3", {}, title), ...children);
}

function summary(entry) {
  const facts = [
    ["When", `${entry.at.slice(0, 10)} ${timeOf(entry.at)}${fractionOf(entry.at)}, took ${seconds(entry.seconds)}`],
    ["What", entry.operation ?? "no operation of the API"],
    ["About", entry.why ? null : told(entry)],
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
  return section("Why",
    el("p", { class: "message" }, why.message),
    why.rule ? el("p", {}, el("span", { class: "chip rule" }, why.rule), " ", el("span", { class: "chip" }, why.source), ` ${why.statement ?? ""}`) : null,
    facts.length ? list(facts) : null,
    ...nearest(why.nearest));
}

function nearest(found) {
  const changes = [...changed("method", found.method), ...changed("path", found.path), ...(found.fields ?? []), ...(found.headers ?? [])];
  const rows = changes.map((each) => [each.field, shown(each.sent), shown(each.nearest), each.problem ?? ""]);
  return [
    el("h4", {}, "The nearest request that passes"),
    el("p", {}, `When: ${found.when}`),
    rows.length ? table(rows, "What", "Sent", "Instead", "Problem") : null,
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

function replyBody(entry) {
  if (entry.status === null) return el("p", { class: "empty" }, "The connection closed without a reply.");
  if (entry.picture && entry.status === 200) return el("p", { class: "empty" }, `The picture ${entry.picture}.`);
  return entry.reply ? el("pre", {}, readable(entry.reply)) : el("p", { class: "empty" }, "An empty body.");
}

function pictures(entry, world) {
  const sources = entry.made.map((title) => address(`/worlds/${reference(world)}/images/${encodeURIComponent(title)}`));
  return el("div", { class: "made" }, ...sources.map((src, place) => el("img", { src, alt: entry.made[place], loading: "lazy" })));
}

function command(entry, world) {
  const known = world.token !== null && world.name === entry.world;
  const line = curl(entry, location.origin, known ? world.token : null);
  const done = el("span", { class: "note", role: "status" });
  const copy = el("button", { type: "button", click: () => copied(line, done) }, "Copy");
  return el("div", {}, el("pre", { class: "curl" }, line), el("div", { class: "actions" }, copy, done));
}

async function copied(line, done) {
  try {
    await navigator.clipboard.writeText(line);
    done.textContent = "Copied.";
  } catch {
    done.textContent = "This browser lets no page copy here: select the text.";
  }
}
