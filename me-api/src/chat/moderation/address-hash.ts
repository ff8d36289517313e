import { createHmac } from 'node:crypto'
import { type Bits, networkOf } from '../../http/network-address.ts'

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
