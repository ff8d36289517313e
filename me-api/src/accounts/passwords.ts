import { hash, verify } from '@node-rs/argon2'

/** For argon2id, the library's default, by OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

export const hashPassword = (password: string): Promise<string> => hash(password, parameters)

/** Verified where there is no account, so that the answer takes as long as for a wrong password. */
const nobodys = hashPassword(crypto.randomUUID())

export async function verifyPassword(password: string, passwordHash: string | undefined): Promise<boolean> {
  const right = await verify(passwordHash ?? (await nobodys), password)
  return right && passwordHash !== undefined
}

/** Whether a hash was made when less was asked of one: by another algorithm, in less memory, in fewer passes. */
export function isWeak(passwordHash: string): boolean {
  const [, memory, time] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/.exec(passwordHash) ?? []
  return !(Number(memory) >= parameters.memoryCost && Number(time) >= parameters.timeCost)
}
