// The steps of the clients in JavaScript: each sends the same calls and prints a name and a status for each.
import { readFileSync } from 'node:fs'

const { BASE, TOKEN, PICTURE, LARGE } = process.env
const prompt = { image_generator: 'flux-pro', description_flux_pro: 'Café in fog', image_number_of_images: 1 }
const form = {
  image_generator: 'stablediffusion',
  stable_description: 'Café in fog',
  type: 'upscale',
  image_resolution: '32x24',
  image_number_of_images: '1',
}
const steps = [
  ['json', 'POST', 'generate-image', TOKEN, { json: prompt }],
  ['upload', 'POST', 'generate-image', TOKEN, { form, file: PICTURE }],
  ['refused', 'POST', 'generate-image', 'demo-invalid', { form, file: LARGE }],
  ['after', 'GET', 'versions', TOKEN, {}],
  ['invalid', 'POST', 'generate-image', TOKEN, { json: { ...prompt, image_number_of_images: 0 } }],
  ['again', 'POST', 'generate-image', TOKEN, { json: prompt }],
]

export async function play(call) {
  for (const [name, method, path, token, sent] of steps) {
    const content = sent.file && readFileSync(sent.file)
    const headers = { authorization: `Bearer ${token}` }
    console.log(name, await call(method, `${BASE}/aiimage/${path}`, headers, { ...sent, content }))
  }
}

// A form as browsers make it.
export function asFormData(FormData, { form, content }) {
  const data = new FormData()
  for (const [name, value] of Object.entries(form)) data.append(name, value)
  data.append('image_src', new Blob([content], { type: 'image/png' }), 'source.png')
  return data
}
