// The use cases of the API's documentation with a client that @hey-api/openapi-ts generates.

import * as api from './generated/hey_api';
import { createClient, createConfig, formDataBodySerializer } from './generated/hey_api/client';

const baseUrl = process.env['AIIMAGE_BASE_URL'] ?? 'http://127.0.0.1:8010/api/v1';
const connect = (auth: string) => createClient(createConfig({ baseUrl, auth }));

const hero = (count = 1): api.DallERequest => ({
  image_generator: 'dall-e',
  image_number_of_images: count,
  description: 'A teapot',
  size: '1024x1024',
  quality: 'hd',
});

const crop: api.StableDiffusionRequest = {
  image_generator: 'stablediffusion',
  image_number_of_images: 1,
  stable_description: 'A teapot, cropped',
  type: 'text-to-image',
  image_resolution: '512x512',
};

const variation = (source: Blob): api.StableDiffusionFromImage => ({
  ...crop,
  stable_description: 'The same in blue',
  type: 'image-to-image',
  image_src: source,
});

/** Send a form: the generator makes a function for JSON alone. */
const upload = (token: string, body: api.GenerateForm) =>
  connect(token).post<api.GenerateImageResponses, api.GenerateImageErrors>({
    ...formDataBodySerializer,
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/aiimage/generate-image',
    headers: { 'Content-Type': null }, // the runtime sets it, with the boundary
    body,
  });

const made = (reply: { data?: api.Generated }): api.Image => {
  const image = reply.data?.images[0];
  if (!image) throw new Error('no image');
  return image;
};

const main = async (token: string) => {
  const client = connect(token);
  const available = await api.checkAvailability({ client });
  console.log('available:', available.data?.message);

  const image = made(await api.generateImage({ client, body: hero() }));
  console.log('hero:', image.input);
  const source = await (await fetch(`${new URL(baseUrl).origin}/${image.output}`)).blob();

  console.log('variation:', made(await upload(token, variation(source))).input);
  console.log('crop:', made(await api.generateImage({ client, body: crop })).input);

  const recent = await api.getRecentImages({ client });
  console.log('recent:', recent.data?.map((each) => each.input).join('; '));

  const accounts = { invalid: token, busy: 'demo-busy', credits: 'demo-empty', limit: 'demo-limited', stranger: 'demo-invalid' };
  for (const [name, account] of Object.entries(accounts)) {
    const body = hero(name === 'invalid' ? 9999 : 1);
    const { error, response } = await api.generateImage({ client: connect(account), body });
    console.log(`${name}:`, response?.status, error?.message);
  }
};

void main(process.env['AIIMAGE_TOKEN'] ?? 'demo');
