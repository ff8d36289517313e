import { createHmac } from 'node:crypto'

/**
 * What the log has in an address' place: the same for the same address, so that one can follow somebody through the
 * log, and of no use to who has not the secret, as there are too few addresses for a hash alone to hide one.
 */
export function createAddressMask(secret: string) {
  return (address: string | null): string | undefined =>
    address === null
      ? undefined
      : createHmac('sha256', secret).update(`address in a log: ${address}`).digest('base64url').slice(0, 12)
}

export type AddressMask = ReturnType<typeof createAddressMask>
