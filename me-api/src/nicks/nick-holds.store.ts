import { type RawBuilder, sql } from 'kysely'
import { inChunks } from '../in-chunks.ts'
import { nowOfPostgres as now } from '../db/postgres-clock.ts'
import type { Database } from '../db/tables.ts'
import { hashToken } from '../hash-token.ts'
import { HELD_AFTER_USE, keysOf } from './nick-holds.ts'
import type { Nick } from './nick.ts'

/** Milliseconds after which the claim of a node that has ended counts no longer; a password is hashed meanwhile. */
const CLAIMED_FOR = 60_000
/** Milliseconds for which rows without effect stay: their visitor, if still connected, gets the nick back. */
const SWEPT_AFTER = 600_000

export type Holding = { id: string; nick: Nick; tab: string | null }

const isHeld = sql<boolean>`(nick_holds.held_until > ${now} or nick_holds.claimed_until > ${now})`
const heldFromNow = sql`${now} + ${sql.lit(HELD_AFTER_USE)}`
const isSame = sql`nick_holds.holder = excluded.holder`
const ifSame = (column: string, otherwise: RawBuilder<unknown>) =>
  sql`case when ${isSame} then ${sql.ref(`nick_holds.${column}`)} else ${otherwise} end`

/** Every statement locks rows in the order of their keys, or skips locked ones, so that no two wait for each other. */
const hashesOf = (nick: Nick): string[] => keysOf(nick).map(hashToken).toSorted()

/**
 * The SQL of nicks that visitors hold where there are several nodes (PostgreSQL). What two of them ask for at the same
 * moment is decided by the primary key; times are the database's.
 */
export function createNickHoldsStore(db: Database) {
  /** Runs a statement that returns the keys it got. Returns false, and changes nothing, if it did not get both. */
  async function both(statement: RawBuilder<unknown>, after?: RawBuilder<unknown>): Promise<boolean> {
    const isLost = new Error('somebody else has the nick')
    try {
      await db.transaction().execute(async (tx) => {
        if ((await statement.execute(tx)).rows.length < 2) throw isLost
        await after?.execute(tx)
      })
      return true
    } catch (error) {
      if (error === isLost) return false
      throw error
    }
  }

  return {
    /** Whether somebody other than this visitor holds or claims the nick. */
    async isHeld(nick: Nick, visitorId: string | null): Promise<boolean> {
      const row = await db
        .selectFrom('nick_holds')
        .select('key')
        .where('key', 'in', hashesOf(nick))
        .where('holder', 'is distinct from', visitorId)
        .where(isHeld)
        .executeTakeFirst()
      return row !== undefined
    },

    /** Claims the nick; `tab` is the tab of a visitor who is about to take it. Returns false if another has it. */
    claim(by: string, nick: Nick, tab: string | null): Promise<boolean> {
      const written = tab && hashToken(nick.nick)
      const rows = hashesOf(nick).map(
        (key) => sql`(${key}, ${by}, ${written}, ${tab}, 1, ${now} + ${sql.lit(CLAIMED_FOR)})`,
      )
      return both(sql`
        insert into nick_holds (key, holder, nick, tab, claims, claimed_until) values ${sql.join(rows)}
        on conflict (key) do update set
          holder = excluded.holder,
          nick = ${ifSame('nick', sql`excluded.nick`)},
          tab = ${ifSame('tab', sql`excluded.tab`)},
          is_former = ${ifSame('is_former', sql`0`)},
          held_until = ${ifSame('held_until', sql`0`)},
          claims = case when ${isSame} and nick_holds.claimed_until > ${now} then nick_holds.claims + 1 else 1 end,
          claimed_until = excluded.claimed_until
        where ${isSame} or not ${isHeld}
        returning key
      `)
    },

    /** Ends one claim. */
    async letGo(by: string, nick: Nick): Promise<void> {
      await sql`
        update nick_holds
        set claims = claims - 1, claimed_until = case when claims > 1 then claimed_until else 0 end
        where key in (
          select key from nick_holds where key in (${sql.join(hashesOf(nick))}) and holder = ${by} and claims > 0
          order by key for update
        )
      `.execute(db)
    },

    /** Gives the nick to the visitor, and makes the one they had a former one. Returns false if another has it. */
    take(id: string, nick: Nick, tab: string | null): Promise<boolean> {
      const hashes = hashesOf(nick)
      const tabBefore = sql`(select tab from nick_holds where holder = ${id} and is_former = 0 and tab is not null limit 1)`
      const rows = hashes.map(
        (key) =>
          sql`(${key}, ${id}, ${hashToken(nick.nick)}, coalesce(${tab}, ${tabBefore}), ${heldFromNow})`,
      )
      return both(
        sql`
          insert into nick_holds (key, holder, nick, tab, held_until) values ${sql.join(rows)}
          on conflict (key) do update set
            holder = excluded.holder,
            nick = excluded.nick,
            tab = excluded.tab,
            is_former = 0,
            held_until = excluded.held_until,
            claims = ${ifSame('claims', sql`0`)},
            claimed_until = ${ifSame('claimed_until', sql`0`)}
          where ${isSame} or not ${isHeld}
          returning key
        `,
        sql`
          update nick_holds set is_former = 1, held_until = ${heldFromNow}
          where key in (
            select key from nick_holds
            where holder = ${id} and is_former = 0 and key not in (${sql.join(hashes)}) and held_until > 0
            order by key for update
          )
        `,
      )
    },

    /** Gives these visitors their nicks, except where somebody else has one. */
    async takeAll(holdings: Holding[]): Promise<void> {
      const rows = holdings
        .flatMap(({ id, nick, tab }) =>
          hashesOf(nick).map((key) => ({ key, id, nick: hashToken(nick.nick), tab })),
        )
        .toSorted((one, other) => (one.key < other.key ? -1 : 1))
      const ofKeys = [...new Map(rows.map((row) => [row.key, row])).values()]
      for (const some of inChunks(ofKeys)) {
        const values = some.map(
          ({ key, id, nick, tab }) => sql`(${key}, ${id}, ${nick}, ${tab}, ${heldFromNow})`,
        )
        await sql`
          insert into nick_holds (key, holder, nick, tab, held_until) values ${sql.join(values)}
          on conflict (key) do update set
            holder = excluded.holder, nick = excluded.nick, tab = excluded.tab, is_former = 0,
            held_until = excluded.held_until
          where not ${isHeld}
        `.execute(db)
      }
    },

    /** Returns who took, or is about to take, exactly this nick in this tab. */
    async inTab(nick: Nick, tab: string): Promise<string | null> {
      const row = await db
        .selectFrom('nick_holds')
        .select('holder')
        .where('key', 'in', hashesOf(nick))
        .where('nick', '=', hashToken(nick.nick))
        .where('tab', '=', tab)
        .where(isHeld)
        .executeTakeFirst()
      return row?.holder ?? null
    },

    /** These visitors hold the nicks that they have now for another minute. Returns those who still have one. */
    async renew(ids: string[]): Promise<Set<string>> {
      const holders = new Set<string>()
      for (const some of inChunks(ids)) {
        const theirs = sql`
          holder in (${sql.join(some)}) and is_former = 0 and held_until > 0
        `
        await sql`
          update nick_holds set held_until = ${heldFromNow}
          where key in (select key from nick_holds where ${theirs} for no key update skip locked)
        `.execute(db)
        // Another person's nick may count as the same although only one of the keys is.
        const { rows } = await sql<{ holder: string }>`
          select holder from nick_holds where ${theirs} group by holder having count(*) >= 2
        `.execute(db)
        for (const { holder } of rows) holders.add(holder)
      }
      return holders
    },

    /** Counts as a use of the nick that the visitor holds now; one that is free already stays free. */
    async prolong(id: string): Promise<void> {
      await sql`
        update nick_holds set held_until = ${heldFromNow}
        where key in (
          select key from nick_holds where holder = ${id} and is_former = 0 and held_until > ${now}
          for no key update skip locked
        )
      `.execute(db)
    },

    /** Frees all nicks of a visitor. */
    async free(id: string): Promise<void> {
      await sql`
        update nick_holds set held_until = 0
        where key in (select key from nick_holds where holder = ${id} order by key for update)
      `.execute(db)
    },

    /** Removes what has had no effect for long. */
    async sweep(): Promise<void> {
      const before = sql`${now} - ${sql.lit(SWEPT_AFTER)}`
      await sql`
        delete from nick_holds where key in (
          select key from nick_holds where held_until < ${before} and claimed_until < ${before}
          for update skip locked
        )
      `.execute(db)
    },
  }
}

export type NickHoldsStore = ReturnType<typeof createNickHoldsStore>
