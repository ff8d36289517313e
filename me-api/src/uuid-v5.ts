import { createHash } from 'node:crypto'

/** A UUID made of a name (RFC 9562 §5.5). `namespace` has 16 bytes. */
export function uuidV5(namespace: Buffer, name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** A namespace made of a secret, so that nobody can take an id before it is used. `use` tells several apart. */
export const namespaceOf = (use: string, secret: string): Buffer =>
  createHash('sha256').update(`${use} ${secret}`).digest().subarray(0, 16)
