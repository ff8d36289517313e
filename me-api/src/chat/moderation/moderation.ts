import type { AccountLog } from '../../accounts/account-log.ts'
import type { Clock } from '../../clock.ts'
import {
  type Author,
  BAN_UNPROVEN_MINUTES,
  MODERATED_MINUTES,
  type Message,
  type Moderation,
  type ModerationOverview,
  type Notice,
  type Person,
} from '../../contract/index.ts'
import type { SanctionRow } from '../../db/tables.ts'
import { inChunks } from '../../in-chunks.ts'
import { Refusal } from '../../errors.ts'
import { type Session, requireFreshProof } from '../../http/caller.ts'
import type { OneAfterAnother, OneAtATime } from '../../db/one-at-a-time.ts'
import type { Interchange } from '../../nodes/interchange.ts'
import type { Eraser } from './erase-author.ts'
import type { ModerationStore } from './moderation.store.ts'
import { type Identified, createOrderedSanctions } from './ordered-sanctions.ts'
import type { Persons } from './persons.ts'
import type { LastAddresses } from './last-addresses.ts'
import type { MessageReports } from './message-reports.ts'
import { type ActiveSanctions, banned, muted, noticeOf } from './active-sanctions.ts'
import { createSerialQueue } from '../serial-queue.ts'
import type { OnlyHere } from '../share-signals.ts'
import { tellSanctions } from './tell-sanctions.ts'
import type { Signals } from '../signals.ts'

/** Milliseconds between two sweeps of ended sanctions and old hashes and reports. */
const SWEPT_EVERY = 3_600_000
/** Sanctions, of up to a kilobyte, in one message to the other nodes: a person may have many identities. */
const TOLD_AT_ONCE = 200

type Parts = {
  store: ModerationStore
  sanctions: ActiveSanctions
  persons: Pick<Persons, 'identitiesOf'>
  lastAddresses: Pick<LastAddresses, 'of' | 'forgetOld'>
  reported: Pick<MessageReports, 'list' | 'reopen' | 'settle' | 'settleOf' | 'forgetOld'>
  erase: Eraser
  accountLog: Pick<AccountLog, 'list'>
  sessionOf: (id: string) => Promise<Session | null>
  clock: Clock
  interchange: Interchange
  oneAtATime: OneAtATime
  oneAfterAnother: OneAfterAnother
  signals: Pick<Signals, 'notice' | 'banNotice' | 'personBanned' | 'addressesBanned'>
  onlyHere: OnlyHere
}

/** The owner's moderation of people: mute, ban, forgive and erase, with a log. */
export function createModeration(parts: Parts) {
  const { store, sanctions, persons, reported, erase, accountLog, sessionOf } = parts
  const { clock, interchange, oneAtATime, oneAfterAnother, signals, onlyHere } = parts
  /** Orders run one after the other, here and on all nodes, so that memory and database agree on the last. */
  const inTurn = createSerialQueue()
  const inTurnOfAll = (task: () => Promise<void>) => inTurn(() => oneAfterAnother('orders', task))
  const ordered = createOrderedSanctions(parts)

  /**
   * `sessionId` is the session in which the owner gives the order.
   * @throws {Refusal} FORBIDDEN, NOT_FOUND, PASSWORD_REQUIRED
   */
  async function moderate(by: Person | null, order: Moderation, sessionId: string | null): Promise<null> {
    const [owner, person] = [mayModerate(by), await store.person(order.id)]
    if (!person) throw new Refusal('NOT_FOUND', 'There is no person with that id.', { pointer: '/id' })
    if (person.role === 'owner') throw new Refusal('FORBIDDEN', 'The owner cannot be moderated.')
    if (isGrave(order)) requireFreshProof(sessionId === null ? null : await sessionOf(sessionId))
    await inTurnOfAll(() => decide(owner, person, order))
    if (order.action === 'erase') {
      await erase(owner, person.id)
      await reported.settleOf(person.id)
    }
    return null
  }

  /** Applies an order to all identities of a person. */
  async function decide(by: Author, person: Identified, order: Moderation): Promise<void> {
    const { action, reason = null } = order
    const lasting = action === 'mute' || action === 'ban' ? (order.minutes ?? MODERATED_MINUTES) : null
    const identities = await persons.identitiesOf(person)
    await refresh(identities.map(({ id }) => id))
    const decided = await ordered.of(identities, order, clock.now() + (lasting ?? 0) * 60_000)
    await store.keep({ ...lineOf(by, person), action, minutes: lasting, reason }, decided)
    const wereMuted = identities.filter(({ id }) => sanctions.noticeFor(id) !== null)
    const wasBanned = identities.some(({ id }) => (sanctions.of(id)?.banned_until ?? 0) > clock.now())
    putIntoForce(decided)
    // Tells people whose mute has ended early that they may write again.
    if (action === 'forgive') for (const { id } of wereMuted) tell(id, noticeOf(muted(0)))
    // A banned person has no connection under their identity. All connections that only read during a ban are told,
    // so that they ask again.
    if (wasBanned && (action === 'forgive' || action === 'ban')) signals.banNotice.emit(noticeOf(banned(0)))
    if (lasting === null) return
    const notice = noticeOf((action === 'ban' ? banned : muted)(lasting * 60, reason))
    for (const { id } of identities) tell(id, notice)
    if (action !== 'ban') return
    for (const { id } of identities) signals.personBanned.emit(id)
    signals.addressesBanned.emit()
  }

  function putIntoForce(rows: SanctionRow[]): void {
    sanctions.apply(rows)
    for (const some of inChunks(rows, TOLD_AT_ONCE)) interchange.send('sanctions', some)
  }
  /** What other nodes put into force while the stored sanctions are being read, which may lack it. */
  let heard: SanctionRow[] | null = null
  /** Whether bans were heard of since connections were last looked at: the word that tells to do so may be lost. */
  let hasHeardBans = false
  interchange.on('sanctions', (rows) => {
    heard?.push(...rows)
    hasHeardBans ||= rows.some(({ banned_until }) => banned_until > 0)
    sanctions.apply(rows)
    // A word may be late, and what was decided here since is stored.
    void inTurn(() => refresh(rows.map(({ person_id }) => person_id))).catch(() => {})
  })

  /** Puts into force what is stored of these identities, by whichever node. */
  async function refresh(ids: string[]): Promise<void> {
    if (interchange.isShared) sanctions.apply(await store.sanctionsOf(ids))
  }

  /** Loads the sanctions that are stored, by whichever node. */
  async function load(): Promise<void> {
    heard = []
    try {
      const stored = await store.sanctionedAt(clock.now())
      sanctions.replace([...stored, ...heard])
    } finally {
      heard = null
    }
  }

  /**
   * Loads what other nodes have decided, where their word got lost, and tells those of the people here whom it concerns.
   * `here` returns the ids of whoever is connected to this node.
   */
  async function catchUp(here: () => string[]): Promise<void> {
    const before = sanctions.rows()
    await load()
    const told = { before, after: sanctions.rows(), here: here(), now: clock.now(), signals }
    onlyHere(() => {
      if (tellSanctions(told) || hasHeardBans) signals.addressesBanned.emit()
    })
    hasHeardBans = false
  }

  const tell = (personId: string, notice: Notice): void => signals.notice.emit({ personId, notice })

  /** Applies a person's mutes and bans to their new identity. */
  async function carryOver(identity: Identified): Promise<void> {
    const identities = await persons.identitiesOf(identity)
    await refresh(identities.map(({ id }) => id))
    const sanction = ordered.carried(identity, identities)
    if (!sanction) return
    await store.carry(sanction)
    putIntoForce([sanction])
  }

  const lineOf = (by: Author, to: Identified) => ({
    at: clock.now(),
    by_id: by.id,
    by_nick: by.nick,
    person_id: to.id,
    nick: to.nick,
  })

  /** Adds what the owner did to a message to the moderation log. */
  const note = (by: Author, action: 'delete' | 'restore' | 'dismiss', { author }: Message): Promise<void> =>
    store.keep({ ...lineOf(by, author), action, minutes: null }, [])

  /** Deletes ended sanctions, old address hashes and old reported content, again and again. */
  async function sweepRegularly(): Promise<void> {
    clock.after(SWEPT_EVERY, sweepRegularly)
    // What fails now is tried again by the next sweep.
    const sweep = () =>
      Promise.allSettled([
        store.forgetEnded(clock.now()),
        parts.lastAddresses.forgetOld(),
        reported.forgetOld(SWEPT_EVERY),
      ])
    await oneAtATime('moderation sweep', sweep).catch(() => false)
  }

  return {
    moderate,
    note,
    noticeFor: sanctions.noticeFor,

    /** Called after the owner deleted or restored a message: settles or reopens its reports, and logs the action. */
    async noted(by: Author, action: 'delete' | 'restore', message: Message): Promise<void> {
      if (action === 'delete') await reported.settle(message.id)
      else await reported.reopen(message)
      if (message.author.id !== by.id) await note(by, action, message)
    },

    /** Runs after the pending orders, so that none of them misses the new identity. */
    carryOver: (identity: Identified): Promise<void> => inTurnOfAll(() => carryOver(identity)),

    /** Returns the mutes and bans with their ends, the open reports and the logs, the latest first. */
    async overview(): Promise<ModerationOverview> {
      const now = clock.now()
      const [stored, lines] = [await store.sanctionedAt(now), await store.lastLines()]
      const people = stored
        .flatMap(({ person_id }) => sanctions.of(person_id) ?? [])
        .filter(({ muted_until, banned_until }) => Math.max(muted_until, banned_until) > now)
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
        account: await accountLog.list(),
      }
    },

    catchUp: (here: () => string[]): Promise<void> => inTurn(() => catchUp(here)),

    async start(): Promise<void> {
      await load()
      await sweepRegularly()
    },
  }
}

export type ModerationRules = ReturnType<typeof createModeration>

/** Whether an order does so much that an open session is not enough to give it. */
const isGrave = ({ action, minutes = MODERATED_MINUTES }: Moderation): boolean =>
  action === 'erase' || (action === 'ban' && minutes > BAN_UNPROVEN_MINUTES)

function mayModerate(by: Person | null): Author {
  if (by?.role === 'owner' && by.nick !== null) return { ...by, nick: by.nick }
  throw new Refusal('FORBIDDEN', 'Only the owner may do that.')
}
