import type { Database } from './tables.ts'

/** This installation's name, and when it was given, in milliseconds since 1970: both were made with its database. */
export type Installation = { name: string; madeAt: number }

export async function readInstallation(db: Database): Promise<Installation> {
  const row = await db.selectFrom('installation').select(['name', 'made_at']).executeTakeFirstOrThrow()
  return { name: row.name, madeAt: row.made_at }
}
