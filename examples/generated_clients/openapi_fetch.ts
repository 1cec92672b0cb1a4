// The use cases of the API's documentation with openapi-fetch and the types that openapi-typescript generates.

import createClient from 'openapi-fetch';

import type { components, paths } from './generated/openapi_typescript';

type Schemas = components['schemas'];

const baseUrl = process.env['AIIMAGE_BASE_URL'] ?? 'http://127.0.0.1:8010/api/v1';
const connect = (token: string) => createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });

const hero = (count = 1): Schemas['DallERequest'] => ({
  image_generator: 'dall-e',
  image_number_of_images: count,
  description: 'A teapot',
  size: '1024x1024',
  quality: 'hd',
});

const crop: Schemas['StableDiffusionRequest'] = {
  image_generator: 'stablediffusion',
  image_number_of_images: 1,
  stable_description: 'A teapot, cropped',
  type: 'text-to-image',
  image_resolution: '512x512',
};

const variation = (source: Blob): Schemas['StableDiffusionFromImage'] => ({
  ...crop,
  stable_description: 'The same in blue',
  type: 'image-to-image',
  image_src: source as unknown as string, // the types of a file and of a text are the same
});

/** Return the body as a form; openapi-fetch calls it in the place of JSON.stringify. */
const toForm = (body: object) => {
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) form.append(name, value instanceof Blob ? value : String(value));
  return form;
};

const made = (reply: { data?: Schemas['Generated'] }): Schemas['Image'] => {
  const image = reply.data?.images[0];
  if (!image) throw new Error('no image');
  return image;
};

const main = async (token: string) => {
  const client = connect(token);
  const available = await client.GET('/aiimage/check-availability');
  console.log('available:', available.data?.message);

  const image = made(await client.POST('/aiimage/generate-image', { body: hero() }));
  console.log('hero:', image.input);
  const source = await (await fetch(`${new URL(baseUrl).origin}/${image.output}`)).blob();

  const upload = { body: variation(source), bodySerializer: toForm };
  console.log('variation:', made(await client.POST('/aiimage/generate-image', upload)).input);
  console.log('crop:', made(await client.POST('/aiimage/generate-image', { body: crop })).input);

  const recent = await client.GET('/aiimage/recent-images');
  console.log('recent:', recent.data?.map((each) => each.input).join('; '));

  const accounts = { invalid: token, busy: 'demo-busy', credits: 'demo-empty', limit: 'demo-limited', stranger: 'demo-invalid' };
  for (const [name, account] of Object.entries(accounts)) {
    const body = hero(name === 'invalid' ? 9999 : 1);
    const { error, response } = await connect(account).POST('/aiimage/generate-image', { body });
    console.log(`${name}:`, response.status, error?.message);
  }
};

void main(process.env['AIIMAGE_TOKEN'] ?? 'demo');
