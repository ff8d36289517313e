import { createECDH, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { makeLocalCertificate } from '../../../me-api/test/support/local-certificate.ts'
import { type PushSecrets, readPush } from '../../../me-api/test/support/read-push.ts'

type Device = PushSecrets & { deliver: (push: string) => Promise<unknown> }

/**
 * A push service (RFC 8030) on this machine: what the server sends it is checked, decrypted and delivered to the browser
 * that subscribed.
 *
 * @param directory where the server's certificate is put
 * @param now the server's clock, milliseconds since 1970
 */
export async function startPushService(directory: string, now: () => number) {
  const { cert, key } = await makeLocalCertificate()
  const certificate = join(directory, 'push-service.pem')
  writeFileSync(certificate, cert)
  const devices = new Map<string, Device>()
  const faults: unknown[] = []

  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const device = devices.get(req.url ?? '')
    const body = await buffer(req)
    if (!device) return void res.writeHead(404).end()
    const { authorization } = req.headers
    const push = readPush({ authorization, body, audience: origin, now: now() }, device)
    res.writeHead(201).end()
    await device.deliver(push)
  }

  const server = createServer({ cert, key }, (req, res) => {
    receive(req, res).catch((error: unknown) => {
      faults.push(error)
      res.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    /** What has the server of a test send here. */
    settings: { OUTBOUND_PRIVATE: 'on', NODE_EXTRA_CA_CERTS: certificate },
    /** What was wrong with what came, or with its delivery. */
    faults,

    /** A browser's subscription. What comes before there is a way to deliver it is a fault. */
    subscribe() {
      const ecdh = createECDH('prime256v1')
      const p256dh = ecdh.generateKeys('base64url')
      const auth = randomBytes(16)
      const path = `/push/${randomBytes(12).toString('hex')}`
      const subscription = { endpoint: origin + path, keys: { p256dh, auth: auth.toString('base64url') } }
      return {
        subscription,
        deliverTo: (deliver: Device['deliver']) => void devices.set(path, { ecdh, auth, deliver }),
      }
    },

    close: () => (server.closeAllConnections(), server.close()),
  }
}

export type PushService = Awaited<ReturnType<typeof startPushService>>
