import type { HistoryPage, Message, Person, Room as RoomFacts, Welcome } from 'me-api/contract'
import { LOBBY } from 'me-api/contract/limits'
import { computed, shallowRef } from 'vue'
import type { ChatSocket } from '../../api/socket.ts'
import { createSelf } from './self.ts'
import type { Clock } from '../../platform/clock.ts'
import { createConnection } from './connection.ts'
import type { createCredentials } from './credentials.ts'
import { newestSeq } from './message-log.ts'
import { applyPresence } from './presence-list.ts'
import { createRoomReader, type Entry } from './room-reader.ts'
import { createTyping } from './typing-indicator.ts'
import { createLazyWriteActions } from '../outbox/lazy-write-actions.ts'
import type { Link, WriteActions } from '../outbox/write-actions.ts'

type Parts = {
  socket: ChatSocket
  /** Calls once when the attempt that has just begun is closed. */
  onceClosed: (call: () => void) => void
  clock: Clock
  random: () => number
  networkUp: () => boolean
  identity: ReturnType<typeof createCredentials>
  loadWriting: (link: Link) => Promise<WriteActions>
  solveChallenge: (signal?: AbortSignal) => Promise<string>
  fetchHistory: (room: string, before: number) => Promise<HistoryPage>
  /** Undefined where there is no such message (any more). */
  fetchMessage: (id: string) => Promise<Message | undefined>
}

/** Milliseconds for an acknowledgement, and for one that only shows whether the connection still lives. */
const PATIENCE = 8_000
const PROOF_OF_LIFE = 3_000

/** The chat of one tab: who one is, who is here, the room one is in; and for who writes, what is not yet sent. */
export function createChatClient(parts: Parts) {
  const { socket, clock, identity, loadWriting, fetchHistory, fetchMessage } = parts
  const people = shallowRef<readonly Person[]>([])
  const total = shallowRef(0)
  const rooms = shallowRef<readonly RoomFacts[]>([])
  const room = shallowRef(roomOf(LOBBY))
  /** There is no such room. */
  const missing = shallowRef(false)
  let welcomed = false
  let limit: Welcome['limits']['messages'] = null

  const who = createSelf({ ...parts, patience: PATIENCE })
  const connection = createConnection({ ...parts, mend: who.mend, onLost })
  const typing = createTyping({ tell: tellTyping, clock })
  const learn = (message: Message) => room.value.learn(message)
  const link: Link = {
    socket,
    clock,
    patience: PATIENCE,
    self: () => who.self.value,
    limit: () => limit,
    learn,
    reached,
    onSilent: prove,
  }
  const writing = createLazyWriteActions(
    () => loadWriting(link),
    () => room.value.name,
  )
  if (!who.needsNick.value) beginToWrite()

  socket.on('welcome', welcome)
  socket.on('room:changed', (change) => void room.value.receive(change, PATIENCE))
  socket.on('room:updated', (update) => {
    rooms.value = update.rooms
    const there = update.rooms.some(({ name }) => name === room.value.name)
    if (there === missing.value) void enter(PATIENCE)
  })
  socket.on('presence:changed', (change) => {
    people.value = applyPresence(people.value, change)
    total.value = change.total
    who.noticeAmong(change.joined)
  })
  socket.on('typing:changed', (change) => {
    if (change.room === room.value.name) typing.writers.value = change.nicks
  })
  socket.on('notice', (notice) => {
    const { code, message, retryAfter } = notice
    if (code === 'RESTARTING') connection.expectRestart(retryAfter ?? 1)
    if (code === 'SLOW_DOWN')
      connection.slowDown({ message, ...(retryAfter !== undefined && { retryAfter }) })
    if (code === 'MUTED') who.limited(code, notice)
    if (code === 'BANNED' && !retryAfter) pardon()
  })

  /** A ban is over, or one asks whether it is. */
  function pardon(): void {
    if (who.pardoned()) connection.attempt()
  }

  function welcome(now: Welcome): void {
    who.become(now)
    rooms.value = now.rooms
    people.value = now.people
    total.value = now.total
    limit = now.limits.messages
    welcomed = true
    void enter(PATIENCE)
  }

  function onLost(): void {
    // A ban may be lifted meanwhile, and nobody could say so.
    if (welcomed) identity.bar(false)
    welcomed = false
    writing.flow(false)
    typing.forget()
  }

  /** Catches up with the room; only then the connection counts as live. */
  async function enter(patience: number): Promise<void> {
    const entered = room.value
    const entry = await entered.catchUp(patience)
    if (entered === room.value && welcomed) conclude(entry)
  }

  function conclude(entry: Entry): void {
    const nowhere = typeof entry === 'object' && (entry.code === 'NOT_FOUND' || entry.code === 'INVALID')
    if (entry !== 'entered' && !nowhere) return connection.silent()
    missing.value = nowhere
    connection.live()
    writing.flow(!who.needsNick.value)
  }

  function roomOf(name: string) {
    return createRoomReader({
      name,
      enter: (entry, patience) => socket.timeout(patience).emitWithAck('room:enter', entry),
      fetchHistory,
      onArrived: (messages) => writing.settle(messages),
      onStuck: (entry) => welcomed && conclude(entry),
    })
  }

  function goTo(name: string): void {
    if (name === room.value.name) return
    if (welcomed) socket.emit('room:leave', { room: room.value.name }, () => {})
    missing.value = false
    typing.stopped()
    typing.forget()
    room.value = roomOf(name)
    if (welcomed) void enter(PATIENCE)
  }

  /** A room one is not in will show it when one comes there. */
  function reached(name: string, seq: number): boolean {
    return name !== room.value.name || seq <= newestSeq(room.value.log.value)
  }

  function tellTyping(name: string, on: boolean): void {
    if (welcomed) socket.emit('typing:set', { room: name, on }, () => {})
  }

  /** Looks for a message of this room that the log does not hold. */
  async function find(id: string): Promise<Message | 'gone' | 'failed'> {
    const { name } = room.value
    try {
      const message = await fetchMessage(id)
      return message?.room === name ? message : 'gone'
    } catch {
      return 'failed'
    }
  }

  async function chooseNick(nick: string, signal?: AbortSignal): Promise<boolean> {
    const chosen = await who.chooseNick(nick, signal)
    if (chosen) writing.flow(welcomed)
    return chosen
  }

  /** Fetches what a writer needs; asked for again whenever it is live. */
  function beginToWrite(): void {
    writing.begin().catch(() => undefined)
  }

  /** A connection that says it is live must be able to answer. */
  function prove(): void {
    if (connection.state.value.is === 'live') void enter(PROOF_OF_LIFE)
  }

  /** The page is in sight again or the network is back: what stands there must be true. */
  function wake(): void {
    if (connection.state.value.is === 'live') prove()
    else connection.hurry()
  }

  return {
    self: who.self,
    sanction: who.sanction,
    pardon,
    nickRefused: who.nickRefused,
    proving: who.proving,
    needsNick: who.needsNick,
    people,
    total,
    rooms,
    missing,
    connection: connection.state,
    room: computed(() => room.value.name),
    log: computed(() => room.value.log.value),
    history: computed(() => room.value.history.value),
    outbox: writing.outbox,
    heldUntil: writing.heldUntil,
    fragile: writing.fragile,
    pending: writing.pending,
    refusal: writing.refusal,
    rememberedNick: identity.nick,
    connect: connection.attempt,
    goTo,
    wake,
    loadOlder: () => room.value.loadOlder(),
    writers: computed(() => typing.writers.value.filter((nick) => nick !== who.self.value?.nick)),
    writing: () => typing.writing(room.value.name),
    stoppedWriting: typing.stopped,
    find,
    beginToWrite,
    ...writing.acts,
    flush: writing.flush,
    chooseNick,
  }
}
