// The use cases of the API's documentation with a client that openapi-generator makes with -g typescript-fetch.

import { AvailabilityApi, Configuration, ImagesApi, ResponseError } from './generated/typescript_fetch';
import type { GenerateImageRequest, Generated, Image, Refused } from './generated/typescript_fetch';

const basePath = process.env['AIIMAGE_BASE_URL'] ?? 'http://127.0.0.1:8010/api/v1';
const connect = (accessToken: string) => new Configuration({ basePath, accessToken });

const hero = (count = 1): GenerateImageRequest => ({
  imageGenerator: 'dall-e',
  imageNumberOfImages: count,
  description: 'A teapot',
  size: '1024x1024',
  quality: 'hd',
});

const crop: GenerateImageRequest = {
  imageGenerator: 'stablediffusion',
  imageNumberOfImages: 1,
  stableDescription: 'A teapot, cropped',
  type: 'text-to-image',
  imageResolution: '512x512',
};

const variation = (source: Blob): GenerateImageRequest => ({
  ...crop,
  stableDescription: 'The same in blue',
  type: 'image-to-image',
  imageSrc: source,
});

const made = (reply: Generated): Image => {
  const image = reply.images[0];
  if (!image) throw new Error('no image');
  return image;
};

const main = async (token: string) => {
  const images = new ImagesApi(connect(token));
  const available = await new AvailabilityApi(connect(token)).checkAvailability();
  console.log('available:', available.message);

  const image = made(await images.generateImage(hero()));
  console.log('hero:', image.input);
  const source = await (await fetch(`${new URL(basePath).origin}/${image.output}`)).blob();

  console.log('variation:', made(await images.generateImage(variation(source))).input);
  console.log('crop:', made(await images.generateImage(crop)).input);

  const recent = await images.getRecentImages();
  console.log('recent:', recent.map((each) => each.input).join('; '));

  const accounts = { invalid: token, busy: 'demo-busy', credits: 'demo-empty', limit: 'demo-limited', stranger: 'demo-invalid' };
  for (const [name, account] of Object.entries(accounts)) {
    try {
      await new ImagesApi(connect(account)).generateImage(hero(name === 'invalid' ? 9999 : 1));
    } catch (error) {
      if (!(error instanceof ResponseError)) throw error;
      const { message } = (await error.response.json()) as Refused;
      console.log(`${name}:`, error.response.status, message);
    }
  }
};

void main(process.env['AIIMAGE_TOKEN'] ?? 'demo');
