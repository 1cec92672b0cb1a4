// fetch, as Node has it
import { asFormData, play } from './steps.mjs'

await play(async (method, url, headers, sent) => {
  const body = sent.content ? asFormData(FormData, sent) : sent.json && JSON.stringify(sent.json)
  if (sent.json) headers['content-type'] = 'application/json'
  const reply = await fetch(url, { method, headers, body })
  await reply.arrayBuffer()
  return reply.status
})
