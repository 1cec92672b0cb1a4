// One request as a row of the list.

import { el, setText } from "./dom.js";
import { ago, dateOf, fractionOf, outcome, seconds, summarize, timeOf, withTimes } from "./words.js";

/** Return the row of an entry. name: the beginning of its id; scope: the name of the one world of the list, null for all. */
export function row(entry, name, scope) {
  const { kind, text } = outcome(entry);
  const chip = (words, properties = {}) => el("span", { class: "chip", ...properties }, words);
  return el("div", { class: "row", role: "option", id: name + entry.id, "data-id": entry.id, "data-kind": kind },
    el("div", { class: "line" },
      el("time", { datetime: entry.at, title: entry.at }, el("span", { class: "date" }), timeOf(entry.at), el("span", { class: "fraction" }, fractionOf(entry.at))),
      el("span", { class: "result" }, el("span", { class: "status" }, text)),
      el("span", { class: "operation" }, entry.operation ?? `${entry.method} ${entry.path}`),
      scope === null ? chip(entry.token || "no token", { title: "The world of this token" }) : null,
      entry.rule ? chip(entry.rule, { class: "chip rule" }) : null,
      ...entry.faults.map((fault) => chip(fault, { class: "chip fault" })),
      entry.sender === "page" ? chip("page", { title: "Sent by this page: it counts neither in coverage nor in the verdict" }) : null),
    el("div", { class: "line why", title: summarize(entry) }),
    el("div", { class: "times" }, el("span", { class: "took" }), el("span", { class: "ago" })));
}

/** Show the times of a row. now: of the world, in milliseconds, null if it is unknown or the entry is of another world. */
export function showTimes(node, entry, now) {
  const [date, why, took, passed] = [".date", ".why", ".took", ".ago"].map((each) => node.querySelector(each));
  setText(date, dateOf(entry.at, now));
  setText(why, withTimes(summarize(entry), now));
  setText(passed, now === null || entry.in_progress ? "" : ago(entry.at, now));
  if (entry.in_progress) showElapsed(node, entry, now);
  else setText(took, entry.seconds >= 0.001 ? seconds(entry.seconds) : "");
}

/** Show for how long a request has been in progress. */
export function showElapsed(node, entry, now) {
  if (now !== null) setText(node.querySelector(".took"), seconds(Math.max(0, (now - Date.parse(entry.at)) / 1000)));
}

/** Return the texts of an entry that a search reads. */
export function haystack(entry) {
  entry.haystack ??= [entry.method, entry.path, entry.operation, entry.rule, entry.token, summarize(entry), entry.prompt, ...entry.faults]
    .join("\n").toLowerCase();
  return entry.haystack;
}
