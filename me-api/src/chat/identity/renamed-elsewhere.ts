import type { Person } from '../../contract/index.ts'
import { nowOfPostgres as now } from '../../db/postgres-clock.ts'
import type { Database } from '../../db/tables.ts'
import { hashToken } from '../../hash-token.ts'
import { inChunks } from '../../in-chunks.ts'

/**
 * Finds those of the connected people who have another nick in the database than here: they have got it through another
 * node, whose word was lost. Only several nodes need it (PostgreSQL).
 */
export function createRenamedElsewhere(db: Database) {
  /** A visitor's nick counts while they hold it: what is stored may be somebody else's by now. */
  const ofVisitors = async (ids: string[]) => {
    const rows = await db
      .selectFrom('visitors')
      .innerJoin('nick_holds', 'nick_holds.holder', 'visitors.id')
      .select(['visitors.id', 'visitors.nick', 'nick_holds.nick as held'])
      .where('visitors.id', 'in', ids)
      .where('nick_holds.is_former', '=', 0)
      .where('nick_holds.held_until', '>', now)
      .execute()
    return rows.filter(({ nick, held }) => held === hashToken(nick))
  }
  const ofUsers = (ids: string[]) =>
    db.selectFrom('users').select(['id', 'nick']).where('id', 'in', ids).execute()

  async function nicksOf(ids: string[]): Promise<Map<string, string>> {
    const nicks = new Map<string, string>()
    for (const some of inChunks(ids))
      for (const { id, nick } of [...(await ofVisitors(some)), ...(await ofUsers(some))]) nicks.set(id, nick)
    return nicks
  }

  /** `connected` is asked again afterwards: who has just got a nick here has a later one than was read. */
  return async function renamedAmong(connected: () => Person[]): Promise<Person[]> {
    const before = new Set(connected().map(keyOf))
    const nicks = await nicksOf([...new Set(connected().map(({ id }) => id))])
    const renamed = new Map<string, Person>()
    for (const person of connected()) {
      const nick = nicks.get(person.id)
      if (nick !== undefined && nick !== person.nick && before.has(keyOf(person)))
        renamed.set(person.id, { ...person, nick })
    }
    return [...renamed.values()]
  }
}

const keyOf = ({ id, nick }: Person): string => `${id} ${nick}`
