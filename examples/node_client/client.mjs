// A careful client of the AI Image API with Node's own fetch: Node 18 or newer, no packages. See README.md.

import { realpathSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** In seconds, together longer than the 10 seconds of a lock. */
export const DELAYS = [1, 2, 4, 8];
const ATTEMPTS = 3;
const TIMEOUT = 60_000;

/** A generation has no images. */
export class AiImageError extends Error {}
/** Another generation held the lock the whole time. */
export class BusyError extends AiImageError {}
/** The token is missing or invalid. */
export class UnauthenticatedError extends AiImageError {}
/** There are not enough credits. A retry is useless before there are more. */
export class OutOfCreditsError extends AiImageError {}
/** The daily limit is reached. A retry is useless today. */
export class DailyLimitError extends AiImageError {}
/** A parameter is missing or invalid. The message names it. */
export class InvalidRequestError extends AiImageError {}
/** The engine behind the API failed. Nothing is charged. */
export class EngineError extends AiImageError {}
/** The outcome of a request is unknown: there may be images, and they may be paid for. */
export class LostReplyError extends AiImageError {}

const REFUSALS = {
  401: UnauthenticatedError,
  409: BusyError,
  419: OutOfCreditsError,
  422: InvalidRequestError,
  429: DailyLimitError,
};

/** Generates images and fetches their pictures. wait: waits for seconds; tests replace it. */
export class Client {
  #api;
  #token;
  #wait;

  constructor(baseUrl, token, wait = (seconds) => sleep(seconds * 1000)) {
    this.#api = `${baseUrl}/aiimage`;
    this.#token = token;
    this.#wait = wait;
  }

  /** Return new images, paid for once, as `{id, prompt, url}`; throw AiImageError. */
  async generate(prompt, count = 1) {
    const newest = Math.max(0, ...(await this.#recent()).map((image) => image.id));
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return await this.#order(prompt, count);
      } catch (error) {
        if (!(error instanceof BusyError || error instanceof LostReplyError)) throw error;
        await this.#waitForTheLock();
        if (error instanceof LostReplyError) {
          const made = (await this.#recent()).filter((image) => image.id > newest && image.prompt === prompt);
          if (made.length) return made;
        }
      }
    }
    throw new LostReplyError(`no images after ${ATTEMPTS} attempts`);
  }

  /** Return the bytes of an image's picture. Another host may serve it, so it is fetched without the token. */
  async picture(image) {
    return this.#persistently(async () => {
      const reply = await fetch(image.url, { signal: AbortSignal.timeout(TIMEOUT) });
      if (!reply.ok) throw new Error(`${image.url}: status ${reply.status}`);
      return Buffer.from(await reply.arrayBuffer());
    });
  }

  /** Send the one request that costs credits, once. */
  async #order(prompt, count) {
    const body = { image_generator: 'flux-pro', description_flux_pro: prompt, image_number_of_images: count };
    const { status, answer } = await this.#call('generate-image', body).catch((error) => {
      throw new LostReplyError(error.message, { cause: error });
    });
    if (status in REFUSALS) throw new REFUSALS[status](answer.message);
    if (status !== 200) throw new LostReplyError(`status ${status}`);
    if (answer.status !== 'success') throw new EngineError(answer.message);
    return answer.images.map((each) => this.#image(each));
  }

  async #waitForTheLock() {
    for (const delay of DELAYS) {
      await this.#wait(delay);
      const { status } = await this.#call('check-availability').catch(() => ({}));
      if (status === 200) return;
    }
    throw new BusyError(`the lock was not free within ${DELAYS.reduce((sum, delay) => sum + delay)} seconds`);
  }

  async #recent() {
    const answer = await this.#persistently(async () => {
      const { status, answer } = await this.#call('recent-images');
      if (status === 401) throw new UnauthenticatedError(answer.message);
      if (status !== 200) throw new Error(`recent-images: status ${status}`);
      return answer;
    });
    return answer.map((each) => this.#image(each));
  }

  #image({ id, input, output }) {
    return { id, prompt: input, url: new URL(output, `${new URL(this.#api).origin}/`).href };
  }

  /** Return the status and the JSON of a response; throw if it is incomplete. */
  async #call(operation, body) {
    const reply = await fetch(`${this.#api}/${operation}`, {
      method: body ? 'POST' : 'GET',
      headers: { Authorization: `Bearer ${this.#token}`, ...(body && { 'Content-Type': 'application/json' }) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    return { status: reply.status, answer: await reply.json() };
  }

  /** Return the result of a call that may be repeated. */
  async #persistently(get) {
    for (const delay of DELAYS) {
      try {
        return await get();
      } catch (error) {
        if (error instanceof AiImageError) throw error;
        await this.#wait(delay);
      }
    }
    return get();
  }
}

async function main([prompt, file]) {
  const { AIIMAGE_TOKEN: token, AIIMAGE_BASE_URL: baseUrl = 'http://127.0.0.1:8010/api/v1' } = process.env;
  if (!token || !prompt || !file) throw new AiImageError('usage: AIIMAGE_TOKEN=... node client.mjs PROMPT FILE');
  const client = new Client(baseUrl, token);
  const [image] = await client.generate(prompt);
  await writeFile(file, await client.picture(image));
  console.log(`${file}: ${image.url}`);
}

// Node resolves links in the address of a module, but not in its arguments.
if (process.argv[1] && import.meta.url === pathToFileURL(realpathSync(process.argv[1])).href) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error instanceof AiImageError ? `${error.constructor.name}: ${error.message}` : error);
    process.exitCode = 1;
  });
}
