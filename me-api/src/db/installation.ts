import type { Database } from './tables.ts'

/** The installation's name, and when it was created, in milliseconds since 1970; both come from its database. */
export type Installation = { name: string; madeAt: number }

export async function readInstallation(db: Database): Promise<Installation> {
  const row = await db.selectFrom('installation').select(['name', 'made_at']).executeTakeFirstOrThrow()
  return { name: row.name, madeAt: row.made_at }
}
