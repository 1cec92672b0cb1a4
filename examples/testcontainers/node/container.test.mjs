// Tests of a client with the mock in a container.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { control, mockContainer, originOf } from './container.mjs';

let container;
let origin;

before(async () => {
  container = await mockContainer().start();
  origin = originOf(container);
});
after(() => container?.stop());

/** Order an image; this stands for your client. */
function order(token) {
  const fox = { image_generator: 'flux-pro', description_flux_pro: 'A fox', image_number_of_images: 1 };
  return fetch(`${origin}/api/v1/aiimage/generate-image`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(fox),
  });
}

test('a picture is fetched from the container', async () => {
  const { images } = await (await order('alice')).json();
  const picture = await fetch(`${origin}/${images[0].output}`);
  assert.equal(picture.headers.get('content-type'), 'image/png');
});

test('the state of an account is set from outside', async () => {
  await control(origin, 'PUT', '/worlds/bob', { credits: 0 });
  assert.equal((await order('bob')).status, 419);
  const { requests } = await control(origin, 'GET', '/requests?token=bob');
  assert.equal(requests[0].why.rule, 'CREDIT-419');
});
