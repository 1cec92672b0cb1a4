import type { GenerateImageErrors, GenerateImageResponses, StableDiffusionFromImage } from './generated';
import { formDataBodySerializer, type Client } from './generated/client';

/**
 * Generate an image from an uploaded one.
 *
 * The generator supports one kind of body per operation, JSON for this one, so the generated client's `post` sends the
 * form.
 */
export const generateFromUpload = (client: Client, body: StableDiffusionFromImage) =>
  client.post<GenerateImageResponses, GenerateImageErrors>({
    ...formDataBodySerializer,
    security: [{ scheme: 'bearer', type: 'http' }],
    url: '/aiimage/generate-image',
    headers: { 'Content-Type': null }, // the runtime sets it, with the boundary
    body,
  });
