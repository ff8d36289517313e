import { createHmac } from 'node:crypto'
import { type Bits, networkOf } from '../../http/network-address.ts'

/** Keyed hashes of an address and of its wider networks; an IPv4 address has no wider networks. */
export type AddressHashes = {
  address_key: string
  address_key_56: string | null
  address_key_48: string | null
}

/**
 * Keyed hashes stored instead of addresses: of an IPv4 address, or of an IPv6 address' /64, the least that one
 * household or one rented machine has to itself, and of the /56 and /48 that a provider may assign. With another
 * secret the old hashes match nothing.
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
