// The curl command that repeats a request.

import { escaped } from "./words.js";

// Headers that curl sends by itself or that depend on the body. Masked headers are left out as well: their values are unknown.
const OWN = new Set(["host", "content-length", "content-type", "connection", "accept-encoding", "authorization", "transfer-encoding", "cookie", "origin", "referer"]);
const FILE = "FILE.png";

/** Return a curl command for an entry of the journal. token: null if it is unknown; the command then has $TOKEN. */
export function curl(entry, origin, token) {
  const query = entry.query ? `?${entry.query}` : "";
  const parts = [`curl ${entry.method === "GET" ? "" : `-X ${quoted(entry.method)} `}${quoted(origin + entry.path + query)}`];
  if (entry.headers.some(([name]) => name === "authorization")) {
    parts.push(token === null ? '-H "Authorization: Bearer $TOKEN"' : `-H ${quoted(`Authorization: Bearer ${token}`)}`);
  }
  for (const [name, value] of entry.headers) {
    if (!OWN.has(name) && !name.startsWith("sec-") && value !== "***") parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  parts.push(...body(entry));
  return parts.join(" \\\n  ");
}

function body(entry) {
  const fields = Object.entries(entry.fields);
  if (!fields.length) return [];
  const type = entry.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  const upload = fields.some(([, value]) => isFile(value));
  if (upload || type.startsWith("multipart/")) {
    return fields.map(([name, value]) => (isFile(value) ? `-F ${quoted(`${name}=@${FILE}`)}` : `--form-string ${quoted(`${name}=${value}`)}`));
  }
  if (type.includes("urlencoded")) return fields.map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`);
  return [`-H ${quoted("Content-Type: application/json")}`, `-d ${quoted(escaped(entry.fields))}`];
}

function isFile(value) {
  return typeof value === "object" && value !== null && "file" in value;
}

/** Return a text as one word of a shell. */
function quoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
