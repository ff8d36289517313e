import { createECDH, randomBytes } from 'node:crypto'
import { type Server, createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { expect } from '@jest/globals'
import type { PushPayload } from '../../src/contract/index.ts'
import { makeLocalCertificate } from './local-certificate.ts'
import { type PushSecrets, readPush } from './read-push.ts'
import { closeAfterTest } from './start-app.ts'
import { eventually } from './visitors.ts'

type Push = { payload: PushPayload; bytes: number; topic: string; urgency: string; ttl: string; at: number }
type Answer = { status: number; headers?: Record<string, string> } | 'nothing'

/** Made once in each file of tests. */
let certificate: Promise<{ cert: string; key: string }> | null = null

/** A certificate for this machine, which this process trusts. */
export const ownCertificate = () => (certificate ??= makeCertificate())

/** Makes a certificate that this process trusts from then on. */
async function makeCertificate() {
  const certificate = await makeLocalCertificate()
  setDefaultCACertificates([...getCACertificates('default'), certificate.cert])
  return certificate
}

/** A server over https on this machine. */
export async function startHttps(handler: (req: IncomingMessage, res: ServerResponse) => void) {
  const { cert, key } = await ownCertificate()
  const server: Server = createServer({ cert, key }, handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closeAfterTest(async () => {
    server.closeAllConnections()
    server.close()
  })
  return { cert, port: (server.address() as AddressInfo).port }
}

/**
 * A push service (RFC 8030) that decrypts what it gets as the browser would, and answers what a test wants. It checks every
 * signature (RFC 8292).
 */
export async function startPushService() {
  const browsers = new Map<string, Browser>()
  const { port, cert } = await startHttps((req, res) => void receive(req, res))
  const origin = `https://127.0.0.1:${port}`

  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const browser = browsers.get(req.url ?? '')
    const body = await buffer(req)
    if (!browser) return void res.writeHead(404).end()
    browser.asked.push(Date.now())
    const answer = browser.answers.shift() ?? browser.answer
    if (answer === 'nothing') return
    if (answer.status < 300) {
      expect(req.headers).toMatchObject({ 'content-encoding': 'aes128gcm' })
      const { authorization } = req.headers
      const received = { authorization, body, audience: origin, now: Date.now() }
      browser.pushes.push({
        payload: JSON.parse(readPush(received, browser)) as PushPayload,
        bytes: body.length,
        topic: String(req.headers['topic']),
        urgency: String(req.headers['urgency']),
        ttl: String(req.headers['ttl']),
        at: Date.now(),
      })
    }
    res.writeHead(answer.status, answer.headers).end()
  }

  return {
    origin,
    cert,

    /** A browser that subscribes here. */
    browser() {
      const ecdh = createECDH('prime256v1')
      const path = `/push/${randomBytes(12).toString('hex')}`
      const browser = {
        ecdh,
        auth: randomBytes(16),
        pushes: [] as Push[],
        /** When each request came, whatever was answered. */
        asked: [] as number[],
        answer: { status: 201 } as Answer,
        /** Answers that are given before, each once. */
        answers: [] as Answer[],
      }
      ecdh.generateKeys()
      browsers.set(path, browser)
      const subscription = {
        endpoint: origin + path,
        expirationTime: null,
        keys: { p256dh: ecdh.getPublicKey('base64url'), auth: browser.auth.toString('base64url') },
      }
      return Object.assign(browser, {
        subscription,
        notifications: () => browser.pushes.map(({ payload }) => payload.notification),
        /** Resolves once that many pushes came, with the last. */
        told: (count = 1) =>
          eventually(() => {
            expect(browser.pushes.length).toBeGreaterThanOrEqual(count)
            return browser.pushes.at(-1)!
          }, 30_000),
        askedTimes: (count: number) =>
          eventually(() => expect(browser.asked.length).toBeGreaterThanOrEqual(count), 30_000),
      })
    },
  }
}

export type PushService = Awaited<ReturnType<typeof startPushService>>
export type PushBrowser = ReturnType<PushService['browser']>
type Browser = PushSecrets & {
  pushes: Push[]
  asked: number[]
  answer: Answer
  answers: Answer[]
}
