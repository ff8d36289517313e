import type { Clock } from '../../clock.ts'
import {
  type Author,
  MODERATED_MINUTES,
  type Message,
  type Moderation,
  type ModerationOverview,
  type Notice,
  type Person,
} from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'
import type { Eraser } from './erase-author.ts'
import type { ModerationStore } from './moderation.store.ts'
import { type Identified, createOrderedSanctions } from './ordered-sanctions.ts'
import type { Persons } from './persons.ts'
import type { LastAddresses } from './last-addresses.ts'
import type { MessageReports } from './message-reports.ts'
import { type ActiveSanctions, banned, muted, noticeOf } from './active-sanctions.ts'
import { createSerialQueue } from '../serial-queue.ts'
import type { Signals } from '../signals.ts'

/** Milliseconds between two sweeps of what has ended. */
const SWEPT_EVERY = 3_600_000

type Parts = {
  store: ModerationStore
  sanctions: ActiveSanctions
  persons: Pick<Persons, 'identitiesOf'>
  lastAddresses: Pick<LastAddresses, 'of' | 'forgetOld'>
  reported: Pick<MessageReports, 'list' | 'reopen' | 'settle' | 'settleOf' | 'forgetOld'>
  erase: Eraser
  clock: Clock
  signals: Pick<Signals, 'notice' | 'banNotice' | 'personBanned' | 'addressesBanned'>
}

/** What the owner does about people: mutes, bans, forgives, erases, and keeps a log of it. */
export function createModeration(parts: Parts) {
  const { store, sanctions, persons, lastAddresses, reported, erase, clock, signals } = parts
  /** Two orders at once are taken one after the other, so that memory and database agree on the last. */
  const inTurn = createSerialQueue()
  const ordered = createOrderedSanctions({ sanctions, lastAddresses, clock })

  /** @throws {Refusal} FORBIDDEN, NOT_FOUND */
  async function moderate(by: Person | null, order: Moderation): Promise<null> {
    const owner = mayModerate(by)
    const person = await store.person(order.id)
    if (!person) throw new Refusal('NOT_FOUND', 'There is nobody of that id.', { pointer: '/id' })
    if (person.role === 'owner') throw new Refusal('FORBIDDEN', 'The owner is not to be moderated.')
    await inTurn(() => decide(owner, person, order))
    if (order.action === 'erase') {
      await erase(owner, person.id)
      await reported.settleOf(person.id)
    }
    return null
  }

  /** Carries out an order on all identities of a person. */
  async function decide(by: Author, person: Identified, order: Moderation): Promise<void> {
    const { action, reason = null } = order
    const lasting = action === 'mute' || action === 'ban' ? (order.minutes ?? MODERATED_MINUTES) : null
    const identities = await persons.identitiesOf(person)
    const decided = await ordered.of(identities, order, clock.now() + (lasting ?? 0) * 60_000)
    await store.keep({ ...lineOf(by, person), action, minutes: lasting, reason }, decided)
    const wereMuted = identities.filter(({ id }) => sanctions.noticeFor(id) !== null)
    const wasBanned = identities.some(({ id }) => (sanctions.of(id)?.banned_until ?? 0) > clock.now())
    sanctions.apply(decided)
    // Nothing is left of it: whoever waits for its end may write again.
    if (action === 'forgive') for (const { id } of wereMuted) tell(id, noticeOf(muted(0)))
    // The banned have no connection as themselves, so all who only read during a ban are told, and ask again.
    if (wasBanned && (action === 'forgive' || action === 'ban')) signals.banNotice.emit(noticeOf(banned(0)))
    if (lasting === null) return
    const notice = noticeOf((action === 'ban' ? banned : muted)(lasting * 60, reason))
    for (const { id } of identities) tell(id, notice)
    if (action !== 'ban') return
    for (const { id } of identities) signals.personBanned.emit(id)
    signals.addressesBanned.emit()
  }

  const tell = (personId: string, notice: Notice): void => signals.notice.emit({ personId, notice })

  /** Applies the mutes and bans of a person to their new identity. */
  async function carryOver(identity: Identified): Promise<void> {
    const identities = await persons.identitiesOf(identity)
    const sanction = ordered.carried(identity, identities)
    if (!sanction) return
    await store.carry(sanction)
    sanctions.apply([sanction])
  }

  const lineOf = (by: Author, to: Identified) => ({
    at: clock.now(),
    by_id: by.id,
    by_nick: by.nick,
    person_id: to.id,
    nick: to.nick,
  })

  /** Writes into the moderation log what the owner has done to a message. */
  const note = (by: Author, action: 'delete' | 'restore' | 'dismiss', { author }: Message): Promise<void> =>
    store.keep({ ...lineOf(by, author), action, minutes: null }, [])

  /** What has ended is of no more use; with it go the hashes of addresses. */
  async function sweepNowAndThen(): Promise<void> {
    clock.after(SWEPT_EVERY, () => void sweepNowAndThen())
    // What could not be forgotten now is the next time.
    await Promise.allSettled([
      store.forgetEnded(clock.now()),
      lastAddresses.forgetOld(),
      reported.forgetOld(SWEPT_EVERY),
    ])
  }

  return {
    moderate,
    note,
    noticeFor: sanctions.noticeFor,

    /** The owner has deleted a message, which settles what was reported about it, or has brought it back. */
    async noted(by: Author, action: 'delete' | 'restore', message: Message): Promise<void> {
      if (action === 'delete') await reported.settle(message.id)
      else await reported.reopen(message)
      if (message.author.id !== by.id) await note(by, action, message)
    },

    /** Runs after the orders under way, so that none of them misses the new identity. */
    carryOver: (identity: Identified): Promise<void> => inTurn(() => carryOver(identity)),

    /** Who is muted or banned until when, what was reported, and what was done, the latest first. */
    async overview(): Promise<ModerationOverview> {
      const now = clock.now()
      const [people, lines] = [await store.sanctionedAt(now), await store.lastLines()]
      const orNull = (time: number) => (time > now ? new Date(time).toISOString() : null)
      return {
        reports: await reported.list(),
        people: people.map(({ person_id, nick, muted_until, banned_until, mute_reason, ban_reason }) => ({
          id: person_id,
          nick,
          mutedUntil: orNull(muted_until),
          bannedUntil: orNull(banned_until),
          muteReason: muted_until > now ? mute_reason : null,
          banReason: banned_until > now ? ban_reason : null,
        })),
        log: lines.map(({ at, by_id, by_nick, action, person_id, nick, minutes, reason }) => ({
          at: new Date(at).toISOString(),
          by: { id: by_id, nick: by_nick },
          action,
          to: { id: person_id, nick },
          minutes,
          reason,
        })),
      }
    },

    /** What was decided before this start holds on. */
    async start(): Promise<void> {
      sanctions.apply(await store.sanctionedAt(clock.now()))
      await sweepNowAndThen()
    },
  }
}

export type ModerationRules = ReturnType<typeof createModeration>

function mayModerate(by: Person | null): Author {
  if (by?.role === 'owner' && by.nick !== null) return { ...by, nick: by.nick }
  throw new Refusal('FORBIDDEN', 'Only the owner may do that.')
}
