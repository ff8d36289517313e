import { isIPv4, isIPv6 } from 'node:net'

/** Prefix lengths of IPv6 networks for limits and bans, the narrowest first. */
export type Bits = 64 | 56 | 48

/** Returns an IPv6 address' network in one spelling, or an IPv4 address itself, also for `::ffff:`. */
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
 * Returns the most that one customer of a provider has: the /48 of an IPv6 address (RFC 6177), or the /24 of an IPv4
 * address, the smallest block that is routed on its own.
 */
export function siteOf(address: string): string {
  const network = networkOf(address)
  if (isIPv4(network)) return `${network.slice(0, network.lastIndexOf('.'))}.0/24`
  return network.replace(/^([^:]+:[^:]+:[^:]+):[^:]+::\/64$/, '$1::/48')
}

const groups = (text: string): string[] => (text === '' ? [] : text.split(':'))
