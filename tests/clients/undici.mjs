// undici
import { Agent, FormData, request } from 'undici'
import { asFormData, play } from './steps.mjs'

const dispatcher = new Agent({ connections: 1, keepAliveTimeout: 60_000 })
await play(async (method, url, headers, sent) => {
  const body = sent.content ? asFormData(FormData, sent) : sent.json && JSON.stringify(sent.json)
  if (sent.json) headers['content-type'] = 'application/json'
  const reply = await request(url, { method, headers, body, dispatcher })
  await reply.body.arrayBuffer()
  return reply.statusCode
})
await dispatcher.close()
