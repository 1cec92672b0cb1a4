// The coverage of the client: a grid of operations and statuses, with the rules that lead there.

import { el, part, setText } from "./dom.js";

/** Show the coverage. choose: called with the operation and the status of a cell that was met and clicked. */
export function showCoverage(root, coverage, choose) {
  for (const name of ["met", "met-chip"]) setText(part(root, name), `${coverage.met} of ${coverage.possible} met`);
  const statuses = [...new Set(coverage.operations.flatMap((row) => row.statuses.map((each) => each.status)))].sort((a, b) => a - b);
  const scroller = part(root, "coverage");
  const { scrollLeft } = scroller;
  scroller.replaceChildren(
    el("table", { class: "grid" },
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Operation"), ...statuses.map((each) => el("th", { scope: "col" }, String(each))))),
      el("tbody", {}, ...coverage.operations.map((row) => line(row, statuses, choose)))));
  scroller.scrollLeft = scrollLeft;
}

function line(row, statuses, choose) {
  const byStatus = new Map(row.statuses.map((each) => [each.status, each]));
  return el("tr", {},
    el("th", { scope: "row", title: row.path ?? "" }, row.operation ?? "other paths"),
    ...statuses.map((status) => cell(byStatus.get(status), () => choose(row.operation ?? "none", String(status)))));
}

function cell(found, choose) {
  if (!found) return el("td", { class: "none" }, el("span", { class: "hidden" }, "not documented"));
  const rules = found.rules.map((rule) => el("span", { class: rule.met ? "rule met" : "rule" }, `${rule.id}${rule.met ? ` ${rule.met}×` : ""}`));
  return el("td", { class: found.met ? "met" : "never" },
    found.met ? el("button", { type: "button", class: "link", title: "Show these requests", click: choose }, `${found.met}×`) : el("strong", {}, "never"), ...rules);
}
