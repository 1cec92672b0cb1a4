// axios, with forms by the package form-data
import axios from 'axios'
import FormData from 'form-data'
import { Agent } from 'node:http'
import { play } from './steps.mjs'

const httpAgent = new Agent({ keepAlive: true, maxSockets: 1 })
await play(async (method, url, headers, sent) => {
  let data = sent.json
  if (sent.content) {
    data = new FormData()
    for (const [name, value] of Object.entries(sent.form)) data.append(name, value)
    data.append('image_src', sent.content, { filename: 'source.png', contentType: 'image/png' })
    Object.assign(headers, data.getHeaders())
  }
  return (await axios({ method, url, headers, data, httpAgent, validateStatus: () => true })).status
})
httpAgent.destroy()
