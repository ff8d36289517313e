import { createHmac } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'

/** Prefix lengths of the IPv6 networks that a ban can close, the narrowest first. */
export type Bits = 64 | 56 | 48

/** Keyed hashes of an address and of its wider networks; an IPv4 address has none of those. */
export type AddressHashes = {
  address_key: string
  address_key_56: string | null
  address_key_48: string | null
}

/**
 * What is kept in an address' place: a keyed hash of it, of an IPv6 address' /64, as that is what one household or
 * one rented machine has to itself at least, and of the /56 and /48 that one may have been given. With another secret
 * the old hashes mean nothing.
 */
export function createAddressHashes(secret: string) {
  const hashOf = (network: string): string =>
    createHmac('sha256', secret).update(`address in the chat: ${network}`).digest('base64url').slice(0, 22)

  return (address: string | null): AddressHashes | null => {
    if (address === null) return null
    const [network, wide, wider] = [64, 56, 48].map((bits) => networkOf(address, bits as Bits)) as Networks
    return {
      address_key: hashOf(network),
      address_key_56: wide === network ? null : hashOf(wide),
      address_key_48: wider === network ? null : hashOf(wider),
    }
  }
}

type Networks = [string, string, string]

export type AddressHashesOf = ReturnType<typeof createAddressHashes>

/** An IPv6 address' network, written in one way; an IPv4 address as it is, also where it comes as `::ffff:`. */
export function networkOf(address: string, bits: Bits = 64): string {
  const ipv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (ipv4) return ipv4
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain)) return address
  // A URL writes each group without leading zeros, and an IPv4 tail as two groups.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const [first, last] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  const [one, two, three, fourth = '0'] = [...first, ...zeros, ...last]
  // The fourth group is the 49th bit to the 64th.
  const rest = bits === 48 ? '0' : bits === 56 ? (parseInt(fourth, 16) & 0xff00).toString(16) : fourth
  return `${[one, two, three, rest].join(':')}::/${bits}`
}

/**
 * What one customer of a network provider has at most: the /48 of an IPv6 address (RFC 6177), the /24 of an IPv4 address,
 * the smallest block that is routed on its own.
 */
export function siteOf(address: string): string {
  const network = networkOf(address)
  if (isIPv4(network)) return `${network.slice(0, network.lastIndexOf('.'))}.0/24`
  return network.replace(/^([^:]+:[^:]+:[^:]+):[^:]+::\/64$/, '$1::/48')
}

const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
