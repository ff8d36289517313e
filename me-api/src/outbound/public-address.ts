import { BlockList } from 'node:net'
import { readAddress } from '../http/address-ranges.ts'

type Network = [network: string, prefix: number]

/** IANA's registry of special-purpose IPv4 addresses, multicast (224.0.0.0/4) and what is reserved (240.0.0.0/4). */
const specialIPv4: Network[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]
/** The only IPv6 addresses that are given to hosts on the internet (IANA's registry of the address space). */
const globalIPv6: Network = ['2000::', 3]
/** What of those is special: protocols and Teredo (2001::/23), documentation, and 6to4, which reaches IPv4 addresses. */
const specialIPv6: Network[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
]

const special = new BlockList()
for (const [network, prefix] of specialIPv4) special.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of specialIPv6) special.addSubnet(network, prefix, 'ipv6')
const global = new BlockList()
global.addSubnet(...globalIPv6, 'ipv6')
/** The prefix under which IPv4 addresses are reached from a network without IPv4 (RFC 6052). */
const translated = new BlockList()
translated.addSubnet('64:ff9b::', 96, 'ipv6')

/**
 * Whether an address is a host's on the internet: neither private, loopback, link-local, multicast nor otherwise
 * special, also where an IPv6 address stands for an IPv4 address.
 */
export function isPublicAddress(text: string): boolean {
  // A zone names an interface of this machine.
  const address = text.includes('%') ? null : readAddress(text)
  if (address === null) return false
  if (!address.includes(':')) return !special.check(address, 'ipv4')
  if (translated.check(address, 'ipv6')) return isPublicAddress(lastFourBytes(address))
  return global.check(address, 'ipv6') && !special.check(address, 'ipv6') && !isIsatap(address)
}

/** Returns the last 32 bits of an IPv6 address as an IPv4 address. */
function lastFourBytes(address: string): string {
  const [high, low] = groupsOf(address).slice(-2)
  return [high! >> 8, high! & 0xff, low! >> 8, low! & 0xff].join('.')
}

/** Whether the interface is that of a tunnel to the IPv4 address in its last 32 bits (RFC 5214 §6.1). */
function isIsatap(address: string): boolean {
  const [first, second] = groupsOf(address).slice(4)
  return (first! & 0xfdff) === 0 && second === 0x5efe && !isPublicAddress(lastFourBytes(address))
}

/** Returns the eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  // A URL writes an IPv4 tail as two groups.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const [first, last] = [head, tail ?? ''].map((part) => (part === '' ? [] : part.split(':')))
  const zeros = Array.from({ length: 8 - first!.length - last!.length }, () => '0')
  return [...first!, ...zeros, ...last!].map((group) => parseInt(group, 16))
}
