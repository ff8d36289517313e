import type { Clock } from '../clock.ts'
import {
  type Author,
  MODERATED_MINUTES,
  type Message,
  type Moderation,
  type ModerationOverview,
  type Notice,
  type Person,
} from '../contract/index.ts'
import type { SanctionRow } from '../db/tables.ts'
import { Refusal } from '../errors.ts'
import type { Eraser } from './erase.ts'
import type { ModerationStore } from './moderation.store.ts'
import type { Places } from './places.ts'
import type { ReportedMessages } from './reported.ts'
import { type Sanctions, banned, muted, noticeOf } from './sanctions.ts'
import { takeTurns } from './take-turns.ts'

/** Milliseconds between two sweeps of what has ended. */
const SWEPT_EVERY = 3_600_000

type Parts = {
  store: ModerationStore
  sanctions: Sanctions
  places: Pick<Places, 'of' | 'forgetOld'>
  reported: Pick<ReportedMessages, 'list'>
  erase: Eraser
  clock: Clock
  /** Tells all connections of somebody. */
  tell: (personId: string, notice: Notice) => void
  /** Tells whoever waits for the end of a ban. */
  tellBarred: (notice: Notice) => void
  /** Ends all connections of somebody. */
  end: (personId: string) => void
}

/** The owner's hand: mutes, bans, forgives, erases, and keeps a log of it. */
export function createModeration({
  store,
  sanctions,
  places,
  reported,
  erase,
  clock,
  tell,
  tellBarred,
  end,
}: Parts) {
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
    const sanction =
      action === 'erase' ? null : await sanctionOf(person, action, now + (lasting ?? 0) * 60_000)
    await store.keep({ ...lineOf(by, person), action, minutes: lasting }, sanction)
    const wasBanned = (sanctions.of(person.id)?.banned_until ?? 0) > now
    const wasMuted = sanctions.noticeFor(person.id) !== null
    if (sanction) sanctions.apply(sanction)
    // Nothing is left of it: whoever waits for its end may write again.
    if (action === 'forgive' && wasMuted) tell(person.id, noticeOf(muted(0)))
    // A ban has no connection to tell of its end; those it keeps out only know their own, and ask again.
    if (wasBanned && (action === 'forgive' || action === 'ban')) tellBarred(noticeOf(banned(0)))
    if (lasting === null) return
    tell(person.id, noticeOf(action === 'ban' ? banned(lasting * 60) : muted(lasting * 60)))
    if (action === 'ban') end(person.id)
  }

  async function sanctionOf(
    { id, nick }: { id: string; nick: string },
    action: 'mute' | 'ban' | 'forgive',
    until: number,
  ): Promise<SanctionRow> {
    const none = { person_id: id, muted_until: 0, banned_until: 0, address_key: null }
    if (action === 'forgive') return { ...none, nick }
    const former = sanctions.of(id) ?? none
    if (action === 'mute') return { ...former, nick, muted_until: until }
    const place = await places.of(id)
    return { ...former, nick, banned_until: until, address_key: place ?? former.address_key }
  }

  const lineOf = (by: Author, to: { id: string; nick: string }) => ({
    at: clock.now(),
    by_id: by.id,
    by_nick: by.nick,
    person_id: to.id,
    nick: to.nick,
  })

  /** What has ended is of no more use; with it go the hashes of addresses. */
  async function sweepNowAndThen(): Promise<void> {
    clock.after(SWEPT_EVERY, () => void sweepNowAndThen())
    // What could not be forgotten now is the next time.
    await Promise.allSettled([store.forgetEnded(clock.now()), places.forgetOld()])
  }

  return {
    moderate,
    noticeFor: sanctions.noticeFor,

    /** Beside the orders, what the owner has done to what somebody wrote. */
    note: (
      by: Author,
      action: 'delete' | 'restore' | 'dismiss',
      { author }: Pick<Message, 'author'>,
    ): Promise<void> => store.keep({ ...lineOf(by, author), action, minutes: null }, null),

    /** Who is muted or banned until when, what was reported, and what was done, the latest first. */
    async overview(): Promise<ModerationOverview> {
      const now = clock.now()
      const [people, lines] = [await store.sanctionedAt(now), await store.lastLines()]
      const orNull = (time: number) => (time > now ? new Date(time).toISOString() : null)
      return {
        reports: await reported.list(),
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
      await sweepNowAndThen()
    },
  }
}

export type ModerationRules = ReturnType<typeof createModeration>

function mayModerate(by: Person | null): Author {
  if (by?.role === 'owner' && by.nick !== null) return { ...by, nick: by.nick }
  throw new Refusal('FORBIDDEN', 'Only the owner may do that.')
}
