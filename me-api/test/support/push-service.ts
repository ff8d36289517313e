import {
  type ECDH,
  createDecipheriv,
  createECDH,
  createPublicKey,
  hkdfSync,
  randomBytes,
  randomUUID,
  verify,
} from 'node:crypto'
import { type Server, createServer } from 'node:https'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { expect } from '@jest/globals'
import { generate } from 'selfsigned'
import type { PushPayload } from '../../src/contract/index.ts'
import { closeAfterTest } from './start-app.ts'
import { eventually } from './visitors.ts'

type Push = { payload: PushPayload; bytes: number; topic: string; urgency: string; ttl: string; at: number }
type Answer = { status: number; headers?: Record<string, string> } | 'nothing'

/** Made once in each file of tests. */
let certificate: Promise<{ cert: string; key: string }> | null = null

/** A certificate for this machine, which this process trusts. */
export const ownCertificate = () => (certificate ??= makeCertificate())

/**
 * Makes a certificate for this machine, which this process trusts from then on. Of several with one name, as other files of
 * tests in the same process have made, OpenSSL would try only the first.
 */
async function makeCertificate() {
  const { cert, private: key } = await generate(
    [{ name: 'commonName', value: `push service ${randomUUID()}` }],
    {
      keyType: 'ec',
      extensions: [
        { name: 'basicConstraints', cA: true },
        {
          name: 'subjectAltName',
          altNames: [
            { type: 7, ip: '127.0.0.1' },
            { type: 2, value: 'push.test' },
          ],
        },
      ],
    },
  )
  setDefaultCACertificates([...getCACertificates('default'), cert])
  return { cert, key }
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
      expectSigned(req.headers.authorization ?? '', origin)
      expect(req.headers).toMatchObject({ 'content-encoding': 'aes128gcm' })
      browser.pushes.push({
        payload: JSON.parse(decrypt(body, browser)) as PushPayload,
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
type Browser = {
  ecdh: ECDH
  auth: Buffer
  pushes: Push[]
  asked: number[]
  answer: Answer
  answers: Answer[]
}

/** Decrypts one record of aes128gcm (RFC 8188 §2) with the key of RFC 8291 §3.4. */
function decrypt(body: Buffer, { ecdh, auth }: Browser): string {
  const salt = body.subarray(0, 16)
  const recordSize = body.readUInt32BE(16)
  const keyLength = body.readUInt8(20)
  const sender = body.subarray(21, 21 + keyLength)
  const record = body.subarray(21 + keyLength)
  expect(record.length).toBeLessThanOrEqual(recordSize)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender])
  const secret = hkdf(ecdh.computeSecret(sender), auth, info, 32)
  const key = hkdf(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = hkdf(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const decipher = createDecipheriv('aes-128-gcm', key, nonce)
  decipher.setAuthTag(record.subarray(-16))
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
  const end = padded.lastIndexOf(2)
  expect(padded.subarray(end + 1).every((byte) => byte === 0)).toBe(true)
  return padded.subarray(0, end).toString()
}

const hkdf = (key: Buffer, salt: Buffer, info: Buffer, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, info, length))

/** `vapid t=JWT, k=KEY` (RFC 8292 §3), signed by that key for this push service. */
function expectSigned(authorization: string, audience: string): void {
  const [, token = '', publicKey = ''] = /^vapid t=([^,]+), k=(\S+)$/.exec(authorization) ?? []
  const [header = '', claims = '', signature = ''] = token.split('.')
  const point = Buffer.from(publicKey, 'base64url')
  const key = createPublicKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  })
  const signed = Buffer.from(`${header}.${claims}`)
  const isValid = verify(
    'sha256',
    signed,
    { key, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  expect(isValid).toBe(true)
  const { aud, sub, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
  expect({ aud, sub }).toEqual({ aud: audience, sub: expect.stringMatching(/^(mailto:|https:)/) })
  expect(Number(exp)).toBeLessThanOrEqual(Date.now() / 1_000 + 86_400)
}
