// Calls of the control API.

const BASE = new URL(".", document.baseURI).pathname.replace(/\/$/, "");

/** What the mock refused, in its own words. */
export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** Return what a call under /_mock answers; throw a Refusal. Who is not logged in any more is led to the login. */
export async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = body instanceof Blob ? body : JSON.stringify(body);
  }
  const answer = await reached(fetch(BASE + path, options));
  if (answer.status === 401) location.reload();
  const told = await answer.json().catch(() => ({ message: `The mock answered ${answer.status}.` }));
  if (!answer.ok) throw new Refusal(answer.status, told.message);
  return told;
}

async function reached(answering) {
  try {
    return await answering;
  } catch {
    throw new Refusal(0, "The mock does not answer. Is it still running?");
  }
}

/** Return the address of something under /_mock. */
export function address(path) {
  return BASE + path;
}

/** Return what stands for a world in a path or a query: its name, or for one that nobody has opened yet its token. */
export function reference(world) {
  return encodeURIComponent(world.typed ?? `world:${world.name}`);
}
