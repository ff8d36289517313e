import type { Database } from './tables.ts'

/** The name of this installation, which was made with its database. */
export async function readInstallation(db: Database): Promise<string> {
  const { name } = await db.selectFrom('installation').select('name').executeTakeFirstOrThrow()
  return name
}
