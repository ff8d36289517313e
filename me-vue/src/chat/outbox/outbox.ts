import type { Ack, ErrorCode, Failure, Message, Person } from 'me-api/contract'
import { ref, shallowRef } from 'vue'
import type { Clock } from '../../platform/clock.ts'
import { createOutboxSender } from './outbox-sender.ts'
import {
  authorOf,
  isHeld,
  isOwn,
  isPermanent,
  keyOf,
  outgoing,
  type Done,
  type OutboxEntry,
  type Outgoing,
} from './outbox-entry.ts'
import { createOutboxEntries, type OutboxStorage } from './outbox-entries.ts'
import type { LeaderLock } from './leader-lock.ts'
import type { News, TabChannel } from './tab-channel.ts'
import type { Limit } from './send-rate.ts'
import { uuid } from './uuid.ts'

type Parts = {
  storage: OutboxStorage
  tabs: TabChannel
  leaderLock: LeaderLock
  /** Undefined where no answer came. */
  ask: (entry: OutboxEntry) => Promise<Ack<Message> | undefined>
  self: () => Person | null | undefined
  limit: () => Limit
  /** Puts a newer state of a message into the log. */
  learn: (message: Message) => void
  /** The newest seq of a room's log, where that is known. */
  newest: (room: string) => number | undefined
  /** Whether the room's log has come as far as this seq. */
  reached: (room: string, seq: number) => boolean
  /** Something was refused that leaves no trace of its own in the log. */
  refuse: (why: ErrorCode) => void
  clock: Clock
}

/** Milliseconds in which the storage has to answer. */
const STORAGE_PATIENCE = 1_000

/** Keeps every entry, in order, until the server has stored it or refused it finally. One tab sends for all. */
export function createOutbox(parts: Parts) {
  const { storage, tabs, leaderLock, ask, self, limit, learn, newest, reached, refuse, clock } = parts
  const entries = createOutboxEntries({ storage, onKept: () => tabs.tell({ is: 'changed' }), onChanged })
  const list = () => entries.list.value
  const sender = createOutboxSender({
    entries: list,
    isReady,
    ask,
    onAnswer,
    onMoved: tellHeld,
    limit,
    clock,
  })
  /** Stored, and not in the log yet. */
  const sent = shallowRef<readonly Outgoing[]>([])
  /** Where another tab sends: what holds it up there. */
  const heldElsewhere = shallowRef<ReadonlyMap<string, number>>(new Map())
  const flowing = ref(false)
  /** Whether this tab sends, and has read what the others have left. */
  const isLeader = ref(false)
  /** When the list was last looked at, in milliseconds since 1970. */
  const now = ref(clock.now())
  let holds = false
  let stopAlarm = () => {}

  tabs.hear(hear)
  void entries.read()

  /** Starts and stops sending, as the connection opens and closes. */
  function flow(on: boolean): void {
    if (on === flowing.value) return
    flowing.value = on
    sender.flow(on)
    if (on) return leaderLock.want(gain, lose)
    holds = isLeader.value = false
    leaderLock.letGo()
  }

  async function gain(): Promise<void> {
    holds = true
    // What another tab left is sent first; but a storage that does not answer must not hold up this tab's entries.
    await Promise.race([entries.read(), new Promise<void>((done) => clock.after(STORAGE_PATIENCE, done))])
    isLeader.value = holds
    sender.pump()
  }

  function lose(): void {
    holds = isLeader.value = false
    leaderLock.want(gain, lose)
  }

  function add(
    entry: Pick<OutboxEntry, 'does' | 'id' | 'room' | 'text' | 'replyTo' | 'about' | 'notBefore'>,
  ): void {
    const at = Math.max(clock.now(), (list().at(-1)?.at ?? 0) + 1)
    void entries.add({ ...entry, key: keyOf(entry.does, entry.id), at, author: authorOf(self()) })
    takeOver()
  }

  function change(key: string, more: Partial<OutboxEntry>): void {
    const entry = entries.find(key)
    if (entry) void entries.change({ ...entry, ...more })
    takeOver()
  }

  /** Sends a refused entry, or one written under another identity, as the current identity. */
  const tryAgain = (key: string) =>
    change(key, { error: undefined, after: undefined, author: authorOf(self()) })

  /** The tab that is written in takes the lock: others may be suspended, as on phones, or slowed down. */
  function takeOver(): void {
    if (flowing.value && !holds) leaderLock.steal(gain, lose)
  }

  function hear(news: News): void {
    if (news.is === 'done') finish(news)
    else if (news.is === 'changed') void entries.read().then(tellHeld)
    else heldElsewhere.value = news.held
  }

  function tellHeld(): void {
    if (isLeader.value) tabs.tell({ is: 'held', held: sender.held.value })
  }

  /** Runs again when the next deletion can no longer be undone. */
  function onChanged(): void {
    now.value = clock.now()
    const due = list().map(({ notBefore = 0 }) => notBefore)
    const next = Math.min(...due.filter((at) => at > now.value))
    stopAlarm()
    if (next < Infinity) stopAlarm = clock.after(next - now.value, onChanged)
    sender.pump()
  }

  function isReady(entry: OutboxEntry): boolean {
    const by = self()
    // No other tab can see, and so send, what could not be stored.
    const isHere = isLeader.value || entries.loose.value.has(entry.key)
    const isWanted = !entry.error || isHeld(entry)
    return isHere && isWanted && (entry.notBefore ?? 0) <= clock.now() && !!by && isOwn(entry, by)
  }

  function onAnswer(entry: OutboxEntry, answer: Ack<Message>): void {
    if (answer.ok) return finish({ errand: entry, message: answer.data }, true)
    const { key, does } = entry
    const { code } = answer.error
    // It was stored already under the former identity, or another person deleted it first.
    const isDone = (does === 'send' && code === 'CONFLICT') || (does === 'delete' && code === 'NOT_FOUND')
    if (isDone || does === 'delete') void entries.drop(key)
    else if (entries.find(key)?.at !== entry.at) return
    else if (does === 'edit' && isPermanent(answer.error)) moveOut(entry, answer.error)
    else void entries.change({ ...entry, ...refused(entry, answer.error) })
    if (does === 'delete' && !isDone) refuse(code)
  }

  function refused({ room }: OutboxEntry, error: Failure): Partial<OutboxEntry> {
    if (error.code !== 'LINKS_NOT_YET' || !error.retryAfter) return { error, after: newest(room) }
    return { error, notBefore: clock.now() + error.retryAfter * 1_000 }
  }

  /** The new words of a message that does not take them, as it was deleted: they stand by themselves from now on. */
  function moveOut({ key, ...edit }: OutboxEntry, error: Failure): void {
    const id = uuid()
    void entries.add({ ...edit, does: 'send', id, key: keyOf('send', id), error })
    void entries.drop(key)
  }

  /** An entry is done: by this tab, which tells the others, or by another one. */
  function finish({ errand: entry, message }: Done, here = false): void {
    const { key, at, does } = entry
    const held = entries.find(key)
    if (does !== 'send') learn(message)
    else if (held) sent.value = [...sent.value, outgoing(entry, 'sent', { seq: message.seq })]
    if (here) tabs.tell({ is: 'done', errand: entry, message })
    // Not where it was changed meanwhile: then that is still to be done.
    if (held?.at === at && here) void entries.drop(key)
    else if (held?.at === at) entries.forget(key)
    settle([])
  }

  /** Drops what the log shows by now: what just arrived in it, and what it has passed. */
  function settle(arrived: readonly Message[]): void {
    const ids = new Set(arrived.map(({ id }) => id))
    for (const { does, id, key } of list()) if (does === 'send' && ids.has(id)) void entries.drop(key)
    const left = sent.value.filter(({ id, room, seq = 0 }) => !ids.has(id) && !reached(room, seq))
    if (left.length < sent.value.length) sent.value = left
  }

  const { underWay } = sender
  const held = () => (isLeader.value ? sender.held.value : heldElsewhere.value)
  const { drop, loose } = entries
  return {
    list,
    loose,
    sent,
    underWay,
    flowing,
    isLeader,
    now,
    held,
    flow,
    add,
    change,
    tryAgain,
    drop,
    settle,
  }
}

export type Outbox = ReturnType<typeof createOutbox>
