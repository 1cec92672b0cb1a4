// The use cases of the API's documentation. AIIMAGE_BASE_URL and AIIMAGE_TOKEN are the address and the token.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as api from './generated';
import { createClient, createConfig } from './generated/client';
import { generateFromUpload } from './upload';

const baseUrl = process.env['AIIMAGE_BASE_URL'] ?? 'http://127.0.0.1:8010/api/v1';
const connect = (token: string) => createClient(createConfig({ baseUrl, auth: token }));
const client = connect(process.env['AIIMAGE_TOKEN'] ?? 'demo');

const product = (description: string, size: api.DallERequest['size']): api.DallERequest => ({
  image_generator: 'dall-e',
  image_number_of_images: 1,
  description,
  size,
  quality: 'hd',
});

const crop = (resolution: string): api.StableDiffusionRequest => ({
  image_generator: 'stablediffusion',
  image_number_of_images: 1,
  stable_description: 'A teapot, cropped',
  type: 'text-to-image',
  image_resolution: resolution,
});

const variation = (
  source: Blob,
  type: api.StableDiffusionFromImage['type'],
  resolution: string,
): api.StableDiffusionFromImage => ({
  image_generator: 'stablediffusion',
  image_number_of_images: 1,
  stable_description: 'The same in blue',
  type,
  image_resolution: resolution,
  image_src: source,
});

/** The URL of the picture of the one image. Another host may serve it: fetch it without the token. */
const made = (reply: { data?: api.Generated; error?: unknown }): URL => {
  const image = reply.data?.images[0];
  assert.ok(image, JSON.stringify(reply.error));
  return new URL(image.output, `${new URL(baseUrl).origin}/`);
};

const fetched = async (picture: URL): Promise<Blob> => {
  const reply = await fetch(picture);
  assert.equal(reply.status, 200);
  return reply.blob();
};

const size = async (picture: Blob): Promise<string> => {
  const header = new DataView(await picture.arrayBuffer()); // of a PNG
  return `${header.getUint32(16)}x${header.getUint32(20)}`;
};

test('product imagery', async () => {
  const available = await api.checkAvailability({ client });
  assert.equal(available.data?.message, 'Image generation is available.');
  const teapot = await api.generateImage({ client, body: product('A teapot', '1024x1024') });
  assert.equal(teapot.data?.images[0]?.input, 'A teapot');
  assert.equal(await size(await fetched(made(teapot))), '1024x1024');
});

test('a batch over engines', async () => {
  const hero = await fetched(made(await api.generateImage({ client, body: product('A hero', '1792x1024') })));
  const blue = await fetched(made(await generateFromUpload(client, variation(hero, 'image-to-image', '512x512'))));
  assert.equal(await size(blue), '512x512');
  for (const resolution of ['512x512', '576x1024', '1200x628']) {
    const picture = await fetched(made(await api.generateImage({ client, body: crop(resolution) })));
    assert.equal(await size(picture), resolution);
  }
  const recent = await api.getRecentImages({ client });
  const crops = Array<string>(3).fill('A teapot, cropped');
  assert.deepEqual(recent.data?.slice(0, 5).map((image) => image.input), [...crops, 'The same in blue', 'A hero']);
});

test('enhancement', async () => {
  const lamp = await fetched(made(await api.generateImage({ client, body: product('A lamp', '256x256') })));
  const warmer = await generateFromUpload(client, variation(lamp, 'image-to-image', '768x768'));
  const larger = await generateFromUpload(client, variation(lamp, 'upscale', '1024x1024'));
  assert.equal(await size(await fetched(made(warmer))), '768x768');
  assert.equal(await size(await fetched(made(larger))), '512x512');
});

test('the engines are known by their versions', async () => {
  const { data } = await api.getVersions({ client });
  assert.ok(data && 'dall-e' in data);
});

test('errors are returned by field', async () => {
  const { error, response } = await api.generateImage({ client, body: product(' ', '256x256') });
  assert.equal(response?.status, 422);
  assert.ok(error && 'errors' in error);
  assert.deepEqual(Object.keys(error.errors), ['description']);
});

test('a wrong token is refused', async () => {
  const { error, response } = await api.getVersions({ client: connect('demo-invalid') });
  assert.deepEqual([response?.status, error?.message], [401, 'Unauthenticated.']);
});

for (const [token, status] of [['demo-busy', 409], ['demo-empty', 419], ['demo-limited', 429]] as const) {
  test(`a refusal is distinguished: ${status}`, async () => {
    const { data, error, response } = await api.generateImage({ client: connect(token), body: crop('64x64') });
    assert.equal(data, undefined);
    assert.equal(response?.status, status);
    assert.equal(typeof error?.message, 'string');
  });
}
