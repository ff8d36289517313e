import { randomBytes, randomUUID } from 'node:crypto'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createAccountsStore } from '../../accounts/accounts.store.ts'
import { createOwner } from '../../accounts/owner.ts'
import { createWeakPasswords } from '../../accounts/weak-passwords.ts'
import type { Write } from '../../chat/log/apply-write.ts'
import { createMessageStore } from '../../chat/log/message.store.ts'
import { usualReadRule } from '../../chat/rooms/read-rule.ts'
import { createRoomsStore } from '../../chat/rooms/rooms.store.ts'
import { type Clock, systemClock } from '../../clock.ts'
import {
  type Author,
  MessageText,
  NewReport,
  NewRoom,
  OwnerAccount,
  PresentationInput,
  Reaction,
} from '../../contract/index.ts'
import type { Database, Tx } from '../../db/tables.ts'
import { Refusal, Stop, parse } from '../../errors.ts'
import { readNick } from '../../nicks/nick.ts'
import { createPresentation } from '../../presentation/presentation.ts'
import { createPresentationStore } from '../../presentation/presentation.store.ts'
import { createReports } from '../../reports/reports.ts'
import { createReportsStore } from '../../reports/reports.store.ts'
import { presentation } from './presentation.ts'
import { contentOf } from './site-content.ts'
import { type Line, OWNER, rooms, talk } from './talk.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
/** Milliseconds after a message at which it gets its reactions, is edited, and is deleted. */
const [REACTED, EDITED, DELETED] = [MINUTE, 2 * MINUTE, 3 * MINUTE]

/** `password` is null where there was an owner already, who keeps theirs. */
type Seeded = {
  owner: { email: string; password: string | null }
  reports: number
  messages: number
  rooms: number
}

/**
 * Fills an empty site by the product's own rules and stores, in one transaction. Somebody may be its owner already.
 * @throws {Stop} where the site has content
 */
export function seed(database: Database, email: string): Promise<Seeded> {
  return database.transaction().execute(async (tx) => {
    const db = within(tx)
    const content = await contentOf(db)
    if (content)
      throw new Stop(`The site has ${content} already. Only an empty site is filled; nothing was changed.`)
    const now = Date.now()
    const owner = await ownerOf(db, email)
    const pages = createPresentation({
      ...at(now - DAY),
      store: createPresentationStore(db),
      language: 'en',
    })
    await pages.save(parse(PresentationInput, presentation))
    const reports = await writeReports(db, now)
    const store = createRoomsStore(db)
    for (const room of rooms) await store.add(parse(NewRoom, room))
    const messages = await writeTalk(db, now, owner.author)
    return { owner: owner.signIn, reports, messages, rooms: rooms.length + 1 }
  })
}

/** The database for stores that begin transactions of their own: those become part of this one. */
function within(tx: Tx): Database {
  return new Proxy(tx, {
    get(target, name) {
      if (name === 'transaction')
        return () => ({ execute: (work: (tx: Database) => unknown) => work(within(tx)) })
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

/** What the pages' rules need to write at that time. */
const at = (time: number): { clock: Clock; onChanged: () => void } => ({
  clock: { ...systemClock, now: () => time },
  onChanged: () => {},
})

/** The owner, who is made where there is none. */
async function ownerOf(db: Database, email: string): Promise<{ author: Author; signIn: Seeded['owner'] }> {
  const store = createAccountsStore(db)
  const found = await store.owner()
  const password = found ? null : randomBytes(12).toString('base64url')
  if (password) {
    const weakPasswords = createWeakPasswords({ siteName: () => Promise.resolve(null) })
    await createOwner({ store, weakPasswords, clock: systemClock }).set(
      parse(OwnerAccount, { email, password }),
      readNick('Robin'),
    )
  }
  const owner = found ?? (await store.owner())
  if (!owner) throw new Error('The owner was not stored.')
  const { id, nick } = owner
  return { author: { id, nick, role: 'owner' }, signIn: { email: owner.email, password } }
}

/** The reports, one a week, the last of them two days ago. */
async function writeReports(db: Database, now: number): Promise<number> {
  const folder = join(import.meta.dirname, 'reports')
  const files = readdirSync(folder).toSorted()
  for (const [index, file] of files.entries()) {
    const [, title, text] = /^# (.+)\n([^]+)$/.exec(readFileSync(join(folder, file), 'utf8')) ?? []
    const report = parse(NewReport, { week: index + 1, title, text })
    const written = now - 2 * DAY - 7 * DAY * (files.length - 1 - index)
    await createReports({ ...at(written), store: createReportsStore(db) }).add(report)
  }
  return files.length
}

/** The talk of all rooms, in the order of time. Answers how many messages it has. */
async function writeTalk(db: Database, now: number, owner: Author): Promise<number> {
  const store = createMessageStore(db, usualReadRule)
  const people = new Map<string, Author>([[OWNER, owner]])
  const ids = new Map<string, string>()

  function personOf(name: string): Author {
    const known = people.get(name)
    if (known) return known
    const person: Author = { id: randomUUID(), nick: readNick(name).nick, role: 'visitor' }
    people.set(name, person)
    return person
  }

  function writesOf(room: string, line: Line): { time: number; write: Write }[] {
    const id = randomUUID()
    if (line.as) ids.set(line.as, id)
    const replyTo = line.to && ids.get(line.to)
    const time = timeOf(line.when, now)
    const author = personOf(line.by)
    const content = (text: string) => ({ text: parse(MessageText, text.replaceAll(OWNER, owner.nick)) })
    const free = { charge: () => {} }
    return [
      {
        time,
        write: { kind: 'send', id, room, author, content: content(line.text), ...(replyTo && { replyTo }) },
      },
      ...Object.entries(line.reactions ?? {}).flatMap(([emoji, names]) =>
        names.map((name) => {
          const reaction = parse(Reaction, { id, emoji, on: true })
          return {
            time: time + REACTED,
            write: { kind: 'react', ...reaction, author: personOf(name), ...free } as const,
          }
        }),
      ),
      ...(line.edited
        ? [
            {
              time: time + EDITED,
              write: { kind: 'edit', id, author, content: content(line.edited), ...free } as const,
            },
          ]
        : []),
      ...(line.isDeleted ? [{ time: time + DELETED, write: { kind: 'delete', id, author } as const }] : []),
    ]
  }

  const lines = Object.entries(talk).flatMap(([room, lines]) => lines.map((line) => ({ room, line })))
  const writes = lines.flatMap(({ room, line }) => writesOf(room, line)).toSorted((a, b) => a.time - b.time)
  for (const { time, write } of writes) {
    const { outcomes } = await store.commit([write], time)
    if (outcomes[0] instanceof Refusal) throw outcomes[0]
  }
  return lines.length
}

/** Milliseconds since 1970 of `6d 18:02`, six days ago at that time in UTC, or of `25m`, so many minutes ago. */
function timeOf(when: string, now: number): number {
  const [, minutes, days, hour, minute] = /^(?:(\d+)m|(\d+)d (\d\d):(\d\d))$/.exec(when) ?? []
  if (minutes) return now - Number(minutes) * MINUTE
  return new Date(now - Number(days) * DAY).setUTCHours(Number(hour), Number(minute), 0, 0)
}
