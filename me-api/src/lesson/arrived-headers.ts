import type { IncomingMessage } from 'node:http'

type Header = { name: string; value: string }

/**
 * Names of headers whose value is shown to nobody. A reader shows the page to others, and a proxy adds what its client must
 * not see, such as the secret by which a content delivery network proves that a request comes through it (`X-Azure-FDID` is
 * one by its use).
 */
const mayBeSecret =
  /auth|token|secret|key|cookie|session|pass|pwd|credential|signature|verify|jwt|assertion|fdid/i
/** The random number of a WebSocket's handshake, which is no secret (RFC 6455 §4.1). */
const NONCE = 'sec-websocket-key'

/** Returns a request's headers as they arrived, without what may be a secret. */
export const arrivedHeaders = (req: IncomingMessage): Header[] =>
  pairsOf(req).map(({ name, value }) => ({ name, value: shown(name.toLowerCase(), value) }))

/** Counts the bytes of a request's line and header lines. Node reads the bytes one by one as characters (latin1). */
export function headBytes(req: IncomingMessage, target: string): number {
  const lines = [
    `${req.method} ${target} HTTP/${req.httpVersion}`,
    ...pairsOf(req).map(({ name, value }) => `${name}: ${value}`),
  ]
  return lines.reduce((bytes, line) => bytes + line.length + '\r\n'.length, 0)
}

function pairsOf({ rawHeaders }: IncomingMessage): Header[] {
  const pairs: Header[] = []
  for (let at = 0; at < rawHeaders.length; at += 2)
    pairs.push({ name: rawHeaders[at] ?? '', value: rawHeaders[at + 1] ?? '' })
  return pairs
}

function shown(name: string, value: string): string {
  if (name === NONCE || !mayBeSecret.test(name)) return value
  return name === 'cookie' ? cookieNames(value) : '…'
}

/** `me_session=abc; x=1` → `me_session=…; x=…`; a cookie without a name is all value. */
const cookieNames = (cookies: string): string =>
  cookies
    .split(';')
    .map((cookie) => cookie.trim())
    .filter(Boolean)
    .map((cookie) => (cookie.includes('=') ? `${cookie.slice(0, cookie.indexOf('=')).trim()}=…` : '…'))
    .join('; ')
