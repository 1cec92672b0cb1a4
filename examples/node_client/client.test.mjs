// The careful client, with a service that works and one that fails. The clock is the mock's, so no test waits.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';

import {
  BusyError,
  Client,
  DELAYS,
  DailyLimitError,
  EngineError,
  InvalidRequestError,
  LostReplyError,
  OutOfCreditsError,
  UnauthenticatedError,
} from './client.mjs';

const BASE_URL = process.env.AIIMAGE_BASE_URL ?? 'http://127.0.0.1:8010/api/v1';
const ORIGIN = process.env.AIIMAGE_MOCK ?? new URL(BASE_URL).origin;

/** One account of the mock, its clock frozen at noon, and its client. */
class World {
  constructor() {
    this.token = `node-${randomUUID()}`;
    this.client = new Client(`${ORIGIN}/api/v1`, this.token, (seconds) => this.clock({ advance: seconds }));
  }

  async control(method, path, body) {
    const reply = await fetch(`${ORIGIN}/_mock${path}`, { method, body: body && JSON.stringify(body) });
    assert.ok(reply.ok, `${method} ${path}: ${reply.status}`);
    return reply.json();
  }

  begin() {
    return this.control('PUT', `/worlds/${this.token}`, { generation_time: 0 }).then(() =>
      this.clock({ freeze: true, set: '2026-02-26T12:00:00Z' }));
  }

  state() {
    return this.control('GET', `/worlds/${this.token}`);
  }

  change(state) {
    return this.control('PATCH', `/worlds/${this.token}`, state);
  }

  clock(change) {
    return this.control('POST', `/worlds/${this.token}/clock`, change);
  }

  fault(fault, parameters = {}) {
    return this.control('POST', `/worlds/${this.token}/faults`, [{ fault, times: 1, ...parameters }]);
  }

  /** Return the status of every call of an operation, oldest first. */
  async met(operation) {
    const listed = await this.control('GET', `/requests?token=${this.token}&operation=${operation}&order=oldest`);
    return listed.requests.map((request) => request.status);
  }

  async wellBehaved() {
    const { verdict, rules } = await this.control('GET', `/verdict?token=${this.token}`);
    assert.equal(verdict, 'well-behaved', JSON.stringify(rules.filter((rule) => rule.verdict === 'violated')));
  }

  /** Generate images and return how many pictures they have. */
  async fetch(prompt = 'A fox', count = 1) {
    const pictures = await Promise.all((await this.client.generate(prompt, count)).map((i) => this.client.picture(i)));
    for (const picture of pictures) assert.equal(picture.subarray(1, 4).toString(), 'PNG');
    return pictures.length;
  }
}

const inWorld = (name, run) =>
  test(name, async () => {
    const world = new World();
    await world.begin();
    await run(world);
  });

inWorld('images are generated and fetched, without the token', async (world) => {
  assert.equal(await world.fetch('A fox', 2), 2);
  assert.equal((await world.state()).credits, 98);
  await world.wellBehaved();
});

inWorld('it waits for a lock with growing pauses', async (world) => {
  await world.change({ lock: { until: '2026-02-26T12:00:05Z' } });
  assert.equal(await world.fetch(), 1);
  assert.deepEqual(await world.met('check-availability'), [409, 409, 200]);
  assert.deepEqual(await world.met('generate-image'), [409, 200]);
  await world.wellBehaved();
});

inWorld('it gives up if the lock stays', async (world) => {
  await world.change({ lock: { until: null } });
  await assert.rejects(world.client.generate('A fox'), BusyError);
  assert.deepEqual(await world.met('generate-image'), [409]);
  assert.equal((await world.met('check-availability')).length, DELAYS.length);
  await world.wellBehaved();
});

for (const [name, state, prompt, status, error] of [
  ['without credits', { credits: 0 }, 'A fox', 419, OutOfCreditsError],
  ['beyond the daily limit', { daily_limit: 0 }, 'A fox', 429, DailyLimitError],
  ['with an invalid parameter', {}, '  ', 422, InvalidRequestError],
]) {
  inWorld(`it does not retry ${name}`, async (world) => {
    await world.change(state);
    await assert.rejects(world.client.generate(prompt), error);
    assert.deepEqual(await world.met('generate-image'), [status]);
    await world.wellBehaved();
  });
}

test('an invalid token is reported at once', async () => {
  const stranger = new Client(`${ORIGIN}/api/v1`, 'demo-invalid', () => assert.fail('nothing to wait for'));
  await assert.rejects(stranger.generate('A fox'), UnauthenticatedError);
});

for (const [at, sent] of [
  ['before-lock', 2],
  ['locked', 1],
  ['charged', 1],
  ['recorded', 1],
  ['headers-sent', 1],
  ['half-body', 1],
]) {
  inWorld(`a reply lost at ${at} is not paid for twice`, async (world) => {
    await world.fault('lost-response', { at });
    assert.equal(await world.fetch('A fox', 2), 2);
    assert.equal((await world.met('generate-image')).length, sent);
    assert.equal((await world.state()).credits, 98);
    await world.wellBehaved();
  });
}

inWorld('an older image of the same prompt is not taken for the lost one', async (world) => {
  const [first] = await world.client.generate('A fox');
  await world.fault('drop', { operation: 'generate-image' });
  const [second] = await world.client.generate('A fox');
  assert.notEqual(second.id, first.id);
  assert.equal((await world.state()).credits, 98);
});

inWorld('a token revoked during a call is reported', async (world) => {
  await world.fault('status', { code: 401, operation: 'generate-image' });
  await assert.rejects(world.client.generate('A fox'), UnauthenticatedError);
  assert.deepEqual(await world.met('generate-image'), [401]);
});

for (const fault of ['proxy-error', 'malformed-json', 'truncated-body', 'reset']) {
  for (const operation of ['generate-image', 'check-availability', 'recent-images']) {
    inWorld(`it survives ${fault} at ${operation}`, async (world) => {
      await world.change({ lock: { until: '2026-02-26T12:00:01Z' } });
      await world.fault(fault, { operation });
      assert.equal(await world.fetch(), 1);
      assert.equal((await world.state()).credits, 99);
      await world.wellBehaved();
    });
  }
}

inWorld('it gives up if the service never answers', async (world) => {
  await world.fault('drop', { operation: 'generate-image', times: 10 });
  await assert.rejects(world.client.generate('A fox'), LostReplyError);
  assert.equal((await world.met('generate-image')).length, 3);
  await world.wellBehaved();
});

inWorld('a success without an image is a failure', async (world) => {
  await world.fault('upstream-failure');
  await assert.rejects(world.client.generate('A fox'), EngineError);
});

inWorld('a picture is fetched until it is whole', async (world) => {
  await world.fault('picture-truncated');
  await world.fault('picture-missing');
  assert.equal(await world.fetch(), 1);
  await world.wellBehaved();
});
