import { readAddress, isLoopback } from '../http/address-ranges.ts'

/** A mail server that takes mails for delivery, as `SMTP_URL` names it. */
export type MailServer = {
  host: string
  port: number
  /** Whether the connection begins with TLS (smtps). */
  isSecure: boolean
  /** Whether the server is on this machine or in its container network, where certificates are seldom valid. */
  isNear: boolean
  auth: { user: string; pass: string } | null
}

/** Whom mails are from; without a name it is the site's. */
export type Sender = { name: string; address: string }

const PORTS = { 'smtp:': 587, 'smtps:': 465 } as const

/** Reads `smtp://USER:PASSWORD@HOST:PORT`. Returns null where it is none. */
export function readMailServer(text: string): MailServer | null {
  const url = URL.parse(text)
  if (!url || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')) return null
  const { protocol, hostname, port, username, password, pathname, search, hash } = url
  if (!hostname || port === '0' || !['', '/'].includes(pathname) || search || hash) return null
  if ((username === '') !== (password === '')) return null
  try {
    const host = decodeURIComponent(hostname.replace(/^\[(.*)\]$/, '$1'))
    if (/[^\w.:-]/.test(host)) return null
    return {
      host,
      port: Number(port) || PORTS[protocol],
      isSecure: protocol === 'smtps:',
      isNear: isNear(host),
      auth: username ? { user: decodeURIComponent(username), pass: decodeURIComponent(password) } : null,
    }
  } catch {
    return null
  }
}

/** Loopback, or a name without a dot, such as that of a container beside this one. */
function isNear(host: string): boolean {
  const address = readAddress(host)
  return address ? isLoopback(address) : !host.includes('.')
}

/** Reads `ADDRESS` or `NAME <ADDRESS>`. Returns null where it is neither. */
export function readSender(text: string): Sender | null {
  if (/\p{Cc}/u.test(text)) return null
  const [, name = '', inBrackets, bare] = /^(?:([^<>]*)<([^<>]+)>|([^<>]+))$/.exec(text.trim()) ?? []
  const address = inBrackets ?? bare ?? ''
  if (address.length > 254 || !/^[^\s@<>(),;:"\\]+@[^\s@<>(),;:"\\]+$/.test(address)) return null
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address }
}
