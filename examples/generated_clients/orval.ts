// The use cases of the API's documentation with two clients that orval generates: one for JSON, one for forms.

import * as form from './generated/orval_form';
import * as api from './generated/orval_json';

const origin = new URL(process.env['AIIMAGE_BASE_URL'] ?? 'http://127.0.0.1:8010').origin;
const options = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });

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

const variation = (source: Blob): form.GenerateForm => ({
  ...crop,
  stable_description: 'The same in blue',
  type: 'image-to-image',
  image_src: source,
});

const made = (reply: { status: number; data: unknown }): api.Image => {
  const image = (reply.data as api.Generated).images[0];
  if (!image) throw new Error('no image');
  return image;
};

const main = async (token: string) => {
  const available = await api.checkAvailability(options(token));
  console.log('available:', available.data.message);

  const image = made(await api.generateImage(hero(), options(token)));
  console.log('hero:', image.input);
  const source = await (await fetch(`${origin}/${image.output}`)).blob();

  console.log('variation:', made(await form.generateImage(variation(source), options(token))).input);
  console.log('crop:', made(await api.generateImage(crop, options(token))).input);

  const recent = await api.getRecentImages(options(token));
  if (recent.status === 200) console.log('recent:', recent.data.map((each) => each.input).join('; '));

  const accounts = { invalid: token, busy: 'demo-busy', credits: 'demo-empty', limit: 'demo-limited', stranger: 'demo-invalid' };
  for (const [name, account] of Object.entries(accounts)) {
    const reply = await api.generateImage(hero(name === 'invalid' ? 9999 : 1), options(account));
    if (reply.status !== 200) console.log(`${name}:`, reply.status, reply.data.message);
  }
};

void main(process.env['AIIMAGE_TOKEN'] ?? 'demo');
