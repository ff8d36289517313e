import type { Clock } from '../clock.ts'
import {
  type Author,
  MODERATED_MINUTES,
  type Moderation,
  type ModerationOverview,
  type Notice,
  type Person,
} from '../contract/index.ts'
import type { SanctionRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { ModerationStore } from './moderation.store.ts'
import type { RoomLog } from './room-log.ts'
import { type Sanctions, banned, muted } from './sanctions.ts'
import { takeTurns } from './take-turns.ts'

/** Messages erased at once, so that others' writes find their place between. */
const ERASED_AT_ONCE = 200

type Parts = {
  store: ModerationStore
  sanctions: Sanctions
  log: Pick<RoomLog, 'write'>
  clock: Clock
  /** Tells all connections of somebody. */
  tell: (personId: string, notice: Notice) => void
  /** Ends all connections of somebody. */
  end: (personId: string) => void
}

/** The owner's hand: mutes, bans, forgives, erases, and keeps a log of it. */
export function createModeration({ store, sanctions, log, clock, tell, end }: Parts) {
  /** Two orders at once are taken one after the other, so that memory and database agree on the last. */
  const inTurn = takeTurns()

  /** @throws {Refusal} FORBIDDEN, NOT_FOUND */
  async function moderate(by: Person | null, order: Moderation): Promise<null> {
    const owner = mayModerate(by)
    const person = await store.person(order.id)
    if (!person) throw new Refusal('NOT_FOUND', 'There is nobody of that id.', { pointer: '/id' })
    if (person.role === 'owner') throw new Refusal('FORBIDDEN', 'The owner is not to be moderated.')
    await inTurn(() => decide(owner, person, order))
    if (order.action === 'erase') await erase(owner, person.id)
    return null
  }

  async function decide(
    by: Author,
    person: { id: string; nick: string },
    { action, minutes }: Moderation,
  ): Promise<void> {
    const now = clock.now()
    const lasting = action === 'mute' || action === 'ban' ? (minutes ?? MODERATED_MINUTES) : null
    const sanction = action === 'erase' ? null : sanctionOf(person, action, now + (lasting ?? 0) * 60_000)
    const line = { at: now, by_id: by.id, by_nick: by.nick, action, person_id: person.id, nick: person.nick }
    await store.keep({ ...line, minutes: lasting }, sanction)
    if (sanction) sanctions.apply(sanction)
    if (lasting === null) return
    tell(person.id, noticeOf(action === 'ban' ? banned(lasting * 60) : muted(lasting * 60)))
    if (action === 'ban') end(person.id)
  }

  function sanctionOf(
    { id, nick }: { id: string; nick: string },
    action: 'mute' | 'ban' | 'forgive',
    until: number,
  ): SanctionRow {
    const none = { person_id: id, muted_until: 0, banned_until: 0, address_key: null }
    if (action === 'forgive') return { ...none, nick }
    const former = sanctions.of(id) ?? none
    if (action === 'mute') return { ...former, nick, muted_until: until }
    return { ...former, nick, banned_until: until, address_key: sanctions.placeOf(id) ?? former.address_key }
  }

  /** Deletes all that somebody wrote, through the rooms' logs, so that every reader gets it as a Change. */
  async function erase(by: Author, authorId: string): Promise<void> {
    for (let after = 0; ;) {
      const some = await store.writtenBy(authorId, after, ERASED_AT_ONCE)
      const last = some.at(-1)
      if (!last) return
      after = last.key
      await Promise.all(some.map(({ id }) => log.write({ kind: 'delete', id, author: by }).catch(unlessGone)))
    }
  }

  return {
    moderate,

    /** Who is muted or banned until when, and what was done, the latest first. */
    async overview(): Promise<ModerationOverview> {
      const now = clock.now()
      const [people, lines] = [await store.sanctionedAt(now), await store.lastLines()]
      const orNull = (time: number) => (time > now ? new Date(time).toISOString() : null)
      return {
        people: people.map(({ person_id, nick, muted_until, banned_until }) => ({
          id: person_id,
          nick,
          mutedUntil: orNull(muted_until),
          bannedUntil: orNull(banned_until),
        })),
        log: lines.map(({ at, by_id, by_nick, action, person_id, nick, minutes }) => ({
          at: new Date(at).toISOString(),
          by: { id: by_id, nick: by_nick },
          action,
          to: { id: person_id, nick },
          minutes,
        })),
      }
    },

    /** What was decided before this start holds on. */
    async start(): Promise<void> {
      for (const sanction of await store.sanctionedAt(clock.now())) sanctions.apply(sanction)
    },
  }
}

export type ModerationRules = ReturnType<typeof createModeration>

function mayModerate(by: Person | null): Author {
  if (by?.role === 'owner' && by.nick !== null) return { ...by, nick: by.nick }
  throw new Refusal('FORBIDDEN', 'Only the owner may do that.')
}

/** Deleted by somebody else meanwhile is as good. */
function unlessGone(error: unknown): void {
  if (!(error instanceof Refusal) || error.code !== 'NOT_FOUND') throw error
}

const noticeOf = (refusal: Refusal): Notice => refusal.toFailure() as Notice
