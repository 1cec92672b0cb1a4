// Calls of the control API.

const BASE = new URL(".", document.baseURI).pathname.replace(/\/$/, "");

/** An error response of the control API. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Return the JSON response of a call under /_mock; throw an ApiError. On a 401 the page reloads and shows the login. */
export async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = body instanceof Blob ? body : JSON.stringify(body);
  }
  const response = await sent(path, options);
  const data = await response.json().catch(() => ({ message: `The mock answered ${response.status}.` }));
  if (!response.ok) throw new ApiError(response.status, data.message);
  return data;
}

/** Return the response of a GET under /_mock as a file; throw an ApiError. */
export async function download(path) {
  const response = await sent(path, {});
  if (!response.ok) throw new ApiError(response.status, `The mock answered ${response.status}.`);
  return response.blob();
}

async function sent(path, options) {
  try {
    const response = await fetch(BASE + path, options);
    if (response.status === 401) location.reload();
    return response;
  } catch {
    throw new ApiError(0, "The mock does not answer. Is it still running?");
  }
}

/** Return the URL of a path under /_mock. */
export function address(path) {
  return BASE + path;
}

/** Return the reference to a world for a path or a query: the typed token, since a world without a call has no name yet, else the name. */
export function reference(world) {
  return encodeURIComponent(world.typed ?? `world:${world.name}`);
}
