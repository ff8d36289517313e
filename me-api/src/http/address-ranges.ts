import { BlockList, SocketAddress, isIPv4, isIPv6 } from 'node:net'

/**
 * Normalises an address: without the port or zone of `192.0.2.1:80`, `[2001:db8::1]:80` and `fe80::1%eth0`, and with
 * `::ffff:192.0.2.1` as IPv4. Returns null if the text is no address.
 */
export function readAddress(text: string): string | null {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text
  const [address = ''] = bare.split('%')
  if (isIPv4(address)) return address
  if (!isIPv6(address)) return null
  const spelled = new SocketAddress({ family: 'ipv6', address }).address
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(spelled)?.[1] ?? spelled
}

type Subnet = [network: string, prefix: number, family: 'ipv4' | 'ipv6']

const loopback: Subnet[] = [
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
]
/** Networks unreachable from the internet (IANA's registries of special-purpose addresses). */
const local: Subnet[] = [
  ...loopback,
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
]

/** Whether an address, as normalised by `readAddress`, is loopback. */
export const isLoopback = within(loopback)

/** Whether an address is loopback, private, shared by a carrier (100.64.0.0/10) or link-local. */
export const isLocal = within(local)

function within(subnets: Subnet[]): (address: string) => boolean {
  const list = new BlockList()
  for (const subnet of subnets) list.addSubnet(...subnet)
  return (address) => list.check(address, address.includes(':') ? 'ipv6' : 'ipv4')
}

/** Whether a host, with its port, is loopback. */
export function isLoopbackHost(host: string): boolean {
  const name = host.replace(/:\d+$/, '')
  const address = readAddress(name)
  return name === 'localhost' || (address !== null && isLoopback(address))
}
