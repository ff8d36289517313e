// Prints what a webhook of the format `standard` tells, once, if it comes from the site.
// WEBHOOK_SECRET=whsec_… PORT=8080 node webhook-receiver.mjs
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'

const key = Buffer.from(process.env.WEBHOOK_SECRET.replace('whsec_', ''), 'base64')
const seen = new Set()

const server = createServer(async (req, res) => {
  const body = await text(req)
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': given = '' } = req.headers
  const wanted = Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`)
  const isRecent = Math.abs(Date.now() / 1_000 - at) < 300
  const isSigned = given.length === wanted.length && timingSafeEqual(Buffer.from(given), wanted)
  if (!isRecent || !isSigned) return res.writeHead(401).end()
  // A delivery may come twice.
  if (!seen.has(id)) console.log(body)
  seen.add(id)
  res.writeHead(204).end()
})
server.listen(process.env.PORT ?? 8080, () => console.error(`listening on ${server.address().port}`))
