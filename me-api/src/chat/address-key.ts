import { createHmac } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'

/**
 * What is kept in an address' place: a keyed hash of it, of an IPv6 address' /64, as that is what one household or
 * one rented machine has to itself. With another secret the old hashes mean nothing.
 */
export function createAddressKey(secret: string) {
  return (address: string | null): string | null =>
    address === null
      ? null
      : createHmac('sha256', secret)
          .update(`address in the chat: ${networkOf(address)}`)
          .digest('base64url')
          .slice(0, 22)
}

export type AddressKey = ReturnType<typeof createAddressKey>

/** The /64 of an IPv6 address, written in one way; an IPv4 address as it is, also where it comes as `::ffff:`. */
export function networkOf(address: string): string {
  const ipv4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (ipv4) return ipv4
  const [plain = ''] = address.split('%')
  if (!isIPv6(plain)) return address
  // A URL writes each group without leading zeros, and an IPv4 tail as two groups.
  const [head = '', tail] = new URL(`http://[${plain}]`).hostname.slice(1, -1).split('::')
  const [first, last] = [groups(head), groups(tail ?? '')]
  const zeros = Array.from({ length: 8 - first.length - last.length }, () => '0')
  return `${[...first, ...zeros, ...last].slice(0, 4).join(':')}::/64`
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
