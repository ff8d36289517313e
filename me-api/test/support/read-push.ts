import assert from 'node:assert/strict'
import { type ECDH, createDecipheriv, createPublicKey, hkdfSync, verify } from 'node:crypto'

/** What a browser that subscribed keeps to itself. */
export type PushSecrets = { ecdh: ECDH; auth: Buffer }

type Received = {
  authorization: string | undefined
  body: Buffer
  /** The origin of the push service. */
  audience: string
  /** Milliseconds since 1970, by the sender's clock. */
  now: number
}

/**
 * Reads what came to a push service as the browser would, and checks the signature as the service does.
 *
 * @throws {AssertionError} if the signature (RFC 8292) or the encryption (RFC 8291) is not as it has to be
 */
export function readPush({ authorization, body, audience, now }: Received, secrets: PushSecrets): string {
  checkSigned(authorization ?? '', audience, now)
  return decrypt(body, secrets)
}

/** Decrypts one record of aes128gcm (RFC 8188 §2) with the key of RFC 8291 §3.4. */
function decrypt(body: Buffer, { ecdh, auth }: PushSecrets): string {
  const salt = body.subarray(0, 16)
  const recordSize = body.readUInt32BE(16)
  const keyLength = body.readUInt8(20)
  const sender = body.subarray(21, 21 + keyLength)
  const record = body.subarray(21 + keyLength)
  assert(record.length <= recordSize)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender])
  const secret = hkdf(ecdh.computeSecret(sender), auth, info, 32)
  const key = hkdf(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const nonce = hkdf(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const decipher = createDecipheriv('aes-128-gcm', key, nonce)
  decipher.setAuthTag(record.subarray(-16))
  const padded = Buffer.concat([decipher.update(record.subarray(0, -16)), decipher.final()])
  const end = padded.lastIndexOf(2)
  assert(padded.subarray(end + 1).every((byte) => byte === 0))
  return padded.subarray(0, end).toString()
}

const hkdf = (key: Buffer, salt: Buffer, info: Buffer, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', key, salt, info, length))

/** `vapid t=JWT, k=KEY` (RFC 8292 §3), signed by that key for this push service. */
function checkSigned(authorization: string, audience: string, now: number): void {
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
  assert(isValid, 'the signature is not of the key')
  const { aud, sub, exp } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>
  assert.equal(aud, audience)
  assert.match(String(sub), /^(mailto:|https:)/)
  assert(Number(exp) > now / 1_000 && Number(exp) <= now / 1_000 + 86_400, 'it expires within a day')
}
