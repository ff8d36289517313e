import type { Database } from '../../db/tables.ts'

/** The SQL of persons and their identities. */
export function createPersonsStore(db: Database) {
  return {
    /**
     * Returns the person of an identity; null if there is no such identity, and for the owner, who is never
     * sanctioned.
     */
    async personOf(id: string): Promise<string | null> {
      const user = await db
        .selectFrom('users')
        .select(['role', 'person'])
        .where('id', '=', id)
        .executeTakeFirst()
      if (user) return user.role === 'owner' ? null : (user.person ?? id)
      const visitor = await db.selectFrom('visitors').select('person').where('id', '=', id).executeTakeFirst()
      return visitor ? (visitor.person ?? id) : null
    },

    async visitorInTab(tab: string): Promise<string | null> {
      const visitor = await db.selectFrom('visitors').select('id').where('tab', '=', tab).executeTakeFirst()
      return visitor?.id ?? null
    },

    async identitiesOf(person: string): Promise<{ id: string; nick: string }[]> {
      const [users, visitors] = await Promise.all([
        db
          .selectFrom('users')
          .select(['id', 'nick'])
          .where((where) => where.or([where('id', '=', person), where('person', '=', person)]))
          .where('role', '!=', 'owner')
          .execute(),
        db
          .selectFrom('visitors')
          .select(['id', 'nick'])
          .where((where) => where.or([where('id', '=', person), where('person', '=', person)]))
          .execute(),
      ])
      return [...users, ...visitors]
    },
  }
}

export type PersonsStore = ReturnType<typeof createPersonsStore>
