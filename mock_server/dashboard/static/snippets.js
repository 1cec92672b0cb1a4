// A request as code: a command of curl, Python, JavaScript, or a test with pytest.

import { curl } from "./curl.js";
import { escaped } from "./words.js";

// What a library sends by itself, or what is unknown: masked values.
const OWN = new Set(["host", "content-length", "content-type", "connection", "accept", "accept-encoding", "accept-language", "authorization", "transfer-encoding", "cookie", "origin", "referer", "user-agent", "cache-control", "pragma", "dnt"]);
const FILE = "FILE.png";

/** The languages by name: functions of (request, origin, token). token: null if it is unknown. */
export const languages = { curl, Python: python, JavaScript: javascript, pytest };

function python(request, origin, token) {
  const call = pythonCall(request, escaped(address(request, origin)), token === null ? 'f"Bearer {os.environ[\'AIIMAGE_TOKEN\']}"' : escaped(`Bearer ${token}`));
  const imports = token === null && isAuthorized(request) ? "import os\n\nimport httpx" : "import httpx";
  return `${imports}\n\nresponse = ${call}\nprint(response.status_code, response.text)`;
}

function pythonCall(request, url, bearer, indent = "") {
  const headers = [...(isAuthorized(request) && bearer ? [["Authorization", bearer]] : []), ...others(request).map(([name, value]) => [name, escaped(value)])];
  const parts = [`"${request.method}"`, url];
  if (bearer === null) parts.push("headers=aiimage_mock.headers");
  else if (headers.length) parts.push(`headers={${headers.map(([name, value]) => `${escaped(name)}: ${value}`).join(", ")}}`);
  parts.push(...pythonBody(request));
  return `httpx.request(\n${parts.map((each) => `${indent}    ${each},`).join("\n")}\n${indent})`;
}

function pythonBody(request) {
  const fields = Object.entries(request.fields);
  if (!fields.length) return [];
  const files = fields.filter(([, value]) => isFile(value)), plain = Object.fromEntries(fields.filter(([, value]) => !isFile(value)));
  if (!isForm(request) && !files.length) return [`json=${literal(request.fields)}`];
  return [`data=${literal(plain)}`, ...(files.length ? [`files={${files.map(([name]) => `${escaped(name)}: open("${FILE}", "rb")`).join(", ")}}`] : [])];
}

/** Return JSON as a literal of Python. */
function literal(value) {
  if (value === null) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([name, each]) => `${escaped(name)}: ${literal(each)}`).join(", ")}}`;
  return escaped(value);
}

function javascript(request, origin, token) {
  const headers = Object.fromEntries(others(request));
  const fields = Object.entries(request.fields);
  const form = isForm(request) || fields.some(([, value]) => isFile(value));
  if (fields.length && !form) headers["Content-Type"] = "application/json";
  const lines = Object.entries(headers).map(([name, value]) => `${escaped(name)}: ${escaped(value)}`);
  if (isAuthorized(request)) lines.unshift(token === null ? "Authorization: `Bearer ${process.env.AIIMAGE_TOKEN}`" : `Authorization: ${escaped(`Bearer ${token}`)}`);
  const body = !fields.length ? [] : form ? ["  body,"] : [`  body: JSON.stringify(${escaped(request.fields)}),`];
  return [
    ...(form && fields.length ? ["const body = new FormData();", ...fields.map(([name, value]) => `body.append(${escaped(name)}, ${isFile(value) ? `file /* of ${FILE} */` : escaped(String(value))});`)] : []),
    `const response = await fetch(${escaped(address(request, origin))}, {`,
    `  method: ${escaped(request.method)},`,
    ...(lines.length ? [`  headers: { ${lines.join(", ")} },`] : []),
    ...body,
    "});",
    "console.log(response.status, await response.text());",
  ].join("\n");
}

/** Return a test that gets the same answer: it first brings its world into the state that the refusal names. */
function pytest(request) {
  const path = address(request, "").replace("/api/v1", "");
  const call = pythonCall(request, `aiimage_mock.base_url + ${escaped(path)}`, null, "    ");
  const name = (request.operation ?? "request").replace(/[A-Z]/g, (each) => `_${each.toLowerCase()}`);
  const state = changes(request.why?.state ?? {});
  return [
    "import httpx", "", "",
    `def test_${name}_${request.status ? `gets_${request.status}` : "is_lost"}(aiimage_mock):`,
    ...(state ? [`    aiimage_mock.change(${state})`] : []),
    `    response = ${call}`,
    ...(request.status ? [`    assert response.status_code == ${request.status}`] : []),
  ].join("\n");
}

function changes(state) {
  const known = ["credits", "daily_limit", "used_today"].filter((name) => name in state).map((name) => `${name}=${state[name]}`);
  return [...known, ...(state.lock ? ['lock="forever"'] : [])].join(", ");
}

function address(request, origin) {
  return origin + request.path + (request.query ? `?${request.query}` : "");
}

function isAuthorized(request) {
  return request.headers.some(([name]) => name === "authorization");
}

function others(request) {
  return request.headers.filter(([name, value]) => !OWN.has(name) && !name.startsWith("sec-") && value !== "***");
}

function isForm(request) {
  const type = request.headers.find(([name]) => name === "content-type")?.[1] ?? "";
  return type.startsWith("multipart/") || type.includes("urlencoded");
}

function isFile(value) {
  return typeof value === "object" && value !== null && "file" in value;
}
