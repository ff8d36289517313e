import { Resolver, lookup as systemLookup } from 'node:dns/promises'
import { request as requestPlain } from 'node:http'
import { request } from 'node:https'
import { type LookupFunction, isIP } from 'node:net'
import type { Clock } from '../clock.ts'
import { isPublicAddress } from './public-address.ts'

/** Milliseconds from the look-up of the name to the end of the answer. */
const TIME_MAX = 15_000
/** Milliseconds that a name server has to answer, twice. */
const NAME_SERVER_MAX = 3_000
/** Bytes of an answer that are read; nobody needs more of one. */
const ANSWER_MAX = 16 * 1024

/** An answer; `retryAfter` is in milliseconds, null where the header is missing or unreadable. */
export type OutboundAnswer = { status: number; body: string; retryAfter: number | null }

export type OutboundPost = { headers: Record<string, string | number>; body: Buffer | string }

/** Why a request was not made, or what became of it. The message names the host alone, as the path may be a secret. */
export class OutboundError extends Error {}

type Parts = {
  /** Whether private addresses may be reached too (`OUTBOUND_PRIVATE`). */
  mayReachPrivate: boolean
  /** Whether requests may go over http too. */
  mayBePlain?: boolean
  /** Addresses with ports of name servers to ask instead of the system's. */
  nameServers?: string[]
  clock: Clock
}

/**
 * Sends requests to addresses that others have given: over https, only to hosts on the internet, without following
 * redirects.
 */
export function createOutbound({ mayReachPrivate, mayBePlain = false, nameServers, clock }: Parts) {
  const resolver = new Resolver({ timeout: NAME_SERVER_MAX, tries: 2 })
  if (nameServers) resolver.setServers(nameServers)

  /** Returns why requests to this URL are never made, or null. A name's addresses are looked up for each request. */
  function refusalOf(text: string): string | null {
    const url = URL.parse(text)
    if (url?.protocol !== 'https:' && !(mayBePlain && url?.protocol === 'http:'))
      return mayBePlain ? 'must begin with https:// or http://' : 'must begin with https://'
    if (url.username || url.password) return 'must not have a user or a password'
    const host = bareHost(url)
    if (mayReachPrivate) return null
    const isHidden = isIP(host) ? !isPublicAddress(host) : /(^|\.)localhost\.?$/.test(host)
    return isHidden ? 'must not be a private address' : null
  }

  /** Returns all addresses of a name. */
  async function addressesOf(host: string): Promise<string[]> {
    // The system's look-up reads the hosts file too, but occupies a thread until the name servers have answered.
    if (mayReachPrivate) return (await systemLookup(host, { all: true })).map(({ address }) => address)
    const found = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    return found.flatMap((family) => (family.status === 'fulfilled' ? family.value : []))
  }

  /** @throws {OutboundError} if one of the host's addresses is none on the internet, or there is none */
  async function permittedAddresses(host: string): Promise<string[]> {
    const addresses = isIP(host) ? [host] : await addressesOf(host).catch(() => [])
    if (addresses.length === 0) throw new OutboundError(`${host} has no address`)
    if (!mayReachPrivate && !addresses.every(isPublicAddress))
      throw new OutboundError(`${host} has a private address`)
    return addresses
  }

  /** @throws {OutboundError} */
  async function post(text: string, { headers, body }: OutboundPost): Promise<OutboundAnswer> {
    const refusal = refusalOf(text)
    if (refusal) throw new OutboundError(`the address ${refusal}`)
    const url = new URL(text)
    const ended = new AbortController()
    const cancel = clock.after(TIME_MAX, () => ended.abort())
    const inTime = new Promise<never>((_, reject) => {
      ended.signal.addEventListener('abort', () =>
        reject(new OutboundError(`${url.host} did not answer in time`)),
      )
    })
    inTime.catch(() => {})
    try {
      const addresses = await Promise.race([permittedAddresses(bareHost(url)), inTime])
      return await Promise.race([exchange(url, addresses, { headers, body }, ended.signal), inTime])
    } finally {
      cancel()
      // Closes what is still open.
      ended.abort()
    }
  }

  return { refusalOf, post }
}

export type Outbound = ReturnType<typeof createOutbound>

/** Makes one request, to one of these addresses whatever the name means meanwhile. */
function exchange(
  url: URL,
  addresses: string[],
  { headers, body }: OutboundPost,
  signal: AbortSignal,
): Promise<OutboundAnswer> {
  return new Promise((resolve, reject) => {
    const fail = ({ code, message }: NodeJS.ErrnoException) =>
      reject(new OutboundError(`${url.host}: ${code ?? message}`))
    const send = url.protocol === 'http:' ? requestPlain : request
    const req = send(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
      lookup: pinnedTo(addresses),
      agent: false,
      signal,
    })
    // After the answer was cut, too.
    req.on('error', fail)
    req.once('response', (res) => {
      const chunks: Buffer[] = []
      let size = 0
      const end = () => resolve(answerOf(res.statusCode ?? 0, chunks, res.headers['retry-after']))
      res.on('data', (chunk: Buffer) => {
        chunks.push(chunk.subarray(0, Math.max(0, ANSWER_MAX - size)))
        size += chunk.length
        if (size >= ANSWER_MAX) end()
      })
      res.once('end', end)
      res.on('error', fail)
    })
    req.end(body)
  })
}

const answerOf = (status: number, chunks: Buffer[], retryAfter: string | undefined): OutboundAnswer => ({
  status,
  body: Buffer.concat(chunks).toString(),
  retryAfter: millisecondsOf(retryAfter),
})

/** Node asks for all addresses, or for one, and never looks up what is an address already. */
const pinnedTo =
  (addresses: string[]): LookupFunction =>
  (_host, { all }, callback) => {
    const found = addresses.map((address) => ({ address, family: isIP(address) }))
    if (all) callback(null, found)
    else callback(null, found[0]!.address, found[0]!.family)
  }

/** The host without the brackets of an IPv6 address. */
const bareHost = ({ hostname }: URL): string => hostname.replace(/^\[(.*)\]$/, '$1')

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110 §10.2.3). */
function millisecondsOf(retryAfter: string | undefined): number | null {
  if (retryAfter === undefined) return null
  const wait = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - Date.now()
  return Number.isNaN(wait) ? null : Math.max(0, wait)
}
