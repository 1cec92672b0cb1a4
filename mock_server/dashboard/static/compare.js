// Two requests side by side: what differs in their fields and replies.

import { el, formatJson } from "./dom.js";
import { dateOf, fractionOf, outcome, timeOf, visible } from "./words.js";

/** Show two entries of the journal in a dialog. */
export function compareRequests(dialog, one, other, details) {
  const close = el("button", { type: "button", click: () => dialog.close() }, "Close");
  const back = el("button", { type: "button", click: () => details.compare("") }, "Only the first");
  dialog.replaceChildren(
    el("header", {}, el("h2", {}, "Two requests"), el("div", { class: "actions" }, back, close)),
    el("div", { class: "body compared" },
      el("div", { class: "sides" }, el("span"), ...[one, other].map(side)),
      rows("Outcome", facts(one), facts(other)),
      rows("Fields", one.fields, other.fields),
      rows("Headers", Object.fromEntries(one.headers), Object.fromEntries(other.headers)),
      rows("Response", parsed(one.reply), parsed(other.reply))));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

/** Return what names a request at the head of its column. */
function side(entry) {
  const { kind, text } = outcome(entry);
  return el("p", { "data-kind": kind }, el("span", { class: "status" }, text), ` ${entry.operation ?? entry.path}`);
}

function facts(entry) {
  return { time: `${dateOf(entry.at, 0)}${timeOf(entry.at)}${fractionOf(entry.at)}`, status: outcome(entry).text, operation: entry.operation, path: entry.path, rule: entry.rule, faults: entry.faults.join(", "), sender: entry.sender };
}

/** Return a reply as names and values: those of an object, else the text as a whole. */
function parsed(reply) {
  try {
    const value = JSON.parse(reply);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Not JSON: shown as it is.
  }
  return reply ? { body: formatJson(reply) } : {};
}

/** Return a table of both; a row that differs is marked, in words too. */
function rows(title, one, other) {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
  if (!names.length) return el("section", {}, el("h3", {}, title), el("p", { class: "empty" }, "None."));
  const body = names.map((name) => {
    const [left, right] = [one, other].map((each) => (each[name] === undefined || each[name] === null || each[name] === "" ? "–" : text(each[name])));
    const differs = left !== right;
    return el("tr", { class: differs ? "differs" : "" }, el("th", { scope: "row" }, name), el("td", {}, left), el("td", {}, right), el("td", {}, differs ? "differs" : ""));
  });
  const head = ["Name", "First", "Second", "Difference"].map((each) => el("th", { scope: "col" }, each));
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body));
  const box = el("div", { class: "scroller", tabindex: "0", role: "region", "aria-label": `Comparison of ${title}` }, table);
  return el("section", {}, el("h3", {}, title), box);
}

function text(value) {
  return visible(typeof value === "string" ? value : JSON.stringify(value, null, 1) ?? "–");
}
