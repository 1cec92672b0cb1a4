// got
import got from 'got'
import { Agent } from 'node:http'
import { asFormData, play } from './steps.mjs'

const agent = { http: new Agent({ keepAlive: true, maxSockets: 1 }) }
await play(async (method, url, headers, sent) => {
  const body = sent.content ? { body: asFormData(FormData, sent) } : sent.json ? { json: sent.json } : {}
  return (await got(url, { method, headers, agent, throwHttpErrors: false, retry: { limit: 0 }, ...body })).statusCode
})
agent.http.destroy()
