// The filtered requests as a file: HAR 1.2, as browsers write it, or JSON as the control API shows them.

import { call } from "./api.js";

const AT_ONCE = 10;

/** Save the requests of a list as a file. kind: "har" or "json". */
export async function save(listed, kind) {
  const entries = [];
  for (let place = 0; place < listed.length; place += AT_ONCE) {
    const some = listed.slice(place, place + AT_ONCE).map(({ id }) => call("GET", `/requests/${encodeURIComponent(id)}`).catch(() => null));
    entries.push(...(await Promise.all(some)).filter((entry) => entry && !entry.in_progress));
  }
  const content = kind === "har" ? har(entries) : { requests: entries };
  const url = URL.createObjectURL(new Blob([JSON.stringify(content, null, 2)], { type: "application/json" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: `aiimage-mock-requests.${kind}` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 0);
}

function har(entries) {
  const { version } = document.getElementById("worlds").dataset;
  const oldestFirst = [...entries].reverse();
  return { log: { version: "1.2", creator: { name: "aiimage-mock", version }, entries: oldestFirst.map(harEntry) } };
}

function harEntry(entry) {
  const milliseconds = entry.seconds * 1000;
  return {
    startedDateTime: entry.at,
    time: milliseconds,
    request: {
      method: entry.method,
      url: location.origin + entry.path + (entry.query ? `?${entry.query}` : ""),
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: entry.headers.map(([name, value]) => ({ name, value })),
      queryString: [...new URLSearchParams(entry.query)].map(([name, value]) => ({ name, value })),
      ...posted(entry),
      headersSize: -1,
      bodySize: -1,
    },
    response: {
      status: entry.status ?? 0, // as browsers write a request without a response
      statusText: "",
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: [],
      content: { size: entry.reply.length, mimeType: entry.picture ? "image/png" : "application/json", text: entry.reply },
      redirectURL: "",
      headersSize: -1,
      bodySize: -1,
    },
    cache: {},
    timings: { send: 0, wait: milliseconds, receive: 0 },
    comment: [entry.why?.message, ...entry.faults.map((fault) => `fault: ${fault}`)].filter(Boolean).join(" "),
    _id: entry.id,
    _rule: entry.rule,
  };
}

function posted(entry) {
  if (!Object.keys(entry.fields).length) return {};
  const mimeType = entry.headers.find(([name]) => name === "content-type")?.[1] ?? "application/json";
  return { postData: { mimeType, text: JSON.stringify(entry.fields) } };
}
