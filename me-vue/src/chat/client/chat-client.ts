import type { Welcome } from 'me-api/contract'
import { computed } from 'vue'
import type { Clock } from '../../platform/clock.ts'
import { createLazyWriteActions } from '../outbox/lazy-write-actions.ts'
import type { ChatAccess, WriteActions } from '../outbox/write-actions.ts'
import { createConnection, type ConnectionParts } from './connection.ts'
import { createCurrentRoom, type RoomParts } from './current-room.ts'
import { listenToRoomEvents } from './room-events.ts'
import { createSelf, type SelfParts } from './self.ts'
import { createTyping } from './typing-indicator.ts'

type Parts = Pick<ConnectionParts, 'onceClosed' | 'goOver' | 'session' | 'random' | 'networkUp'> &
  Pick<RoomParts, 'fetchHistory' | 'fetchChanges' | 'fetchMessage' | 'known'> &
  Pick<SelfParts, 'socket' | 'credentials' | 'askWithProof'> & {
    clock: Clock
    loadWriteActions: (access: ChatAccess) => Promise<WriteActions>
  }

/** Milliseconds to wait for an acknowledgement, and for one that only checks the connection. */
const PATIENCE = 8_000
const PROOF_OF_LIFE = 3_000
/** Milliseconds without a connection after which the room is read over HTTP. */
const READ_AFTER = 2_000

/** The chat of one tab: the identity, the people here, the current room; and for writers, what is not yet sent. */
export function createChatClient(parts: Parts) {
  const { socket, clock, credentials, loadWriteActions } = parts
  let welcomed = false
  let isReadDue = false
  /** Whether nobody uses this tab; unknown until `setIdle` was called. */
  let idle: boolean | undefined
  let limit: Welcome['limits']['messages'] = null

  const self = createSelf({ ...parts, patience: PATIENCE })
  const connection = createConnection({ ...parts, recover: self.recover, onLost })
  const typing = createTyping({ tell: tellTyping, clock })
  const writeActions = createLazyWriteActions(
    () => loadWriteActions(access),
    () => room.name.value,
  )
  const room = createCurrentRoom({
    ...parts,
    patience: PATIENCE,
    welcomed: () => welcomed,
    onArrived: writeActions.settle,
    onLeave() {
      typing.stopped()
      typing.forget()
    },
    onEntered,
    onSilent: connection.silent,
  })
  const access: ChatAccess = {
    socket,
    clock,
    patience: PATIENCE,
    self: () => self.self.value,
    limit: () => limit,
    learn: room.learn,
    newest: room.newest,
    reached: room.reached,
    onSilent: prove,
  }
  const everybody = listenToRoomEvents({
    ...{ socket, self, connection, room, typing, onWelcome, endSanction },
    known: parts.known?.()?.rooms ?? [],
  })
  if (!self.needsNick.value) beginToWrite()

  function onWelcome(welcome: Welcome): void {
    self.setIdentity(welcome)
    limit = welcome.limits.messages
    welcomed = true
    // First: what is entered while nobody uses the tab stays unread.
    tellIdle()
    void room.enter()
  }

  /** Only with all of the room the connection counts as live. */
  function onEntered(): void {
    connection.live()
    writeActions.flow(!self.needsNick.value)
  }

  function onLost(): void {
    // A ban may be lifted while there is no connection for the notice.
    if (welcomed) credentials.setBanned(false)
    welcomed = false
    writeActions.flow(false)
    typing.forget()
    if (isReadDue) return
    isReadDue = true
    clock.after(READ_AFTER, readUnlessLive)
  }

  /** Reads the room over HTTP unless the connection is live again: once for each try, and once while a refusal lasts. */
  function readUnlessLive(): void {
    isReadDue = false
    if (!['live', 'paused'].includes(connection.state.value.is)) room.read()
  }

  /** Clears a sanction that is over, or asks the server whether it is. */
  function endSanction(): void {
    if (self.clearSanction()) connection.attempt()
  }

  function setIdle(now: boolean): void {
    idle = now
    tellIdle()
  }

  function tellIdle(): void {
    if (welcomed && idle !== undefined) socket.emit('presence:idle', { idle }, () => {})
  }

  function tellTyping(name: string, on: boolean): void {
    if (welcomed) socket.emit('typing:set', { room: name, on }, () => {})
  }

  async function chooseNick(nick: string, signal?: AbortSignal): Promise<boolean> {
    const chosen = await self.chooseNick(nick, signal)
    if (chosen) writeActions.flow(welcomed)
    return chosen
  }

  /** Fetches what a writer needs; asked for again whenever it is live. */
  function beginToWrite(): void {
    writeActions.begin().catch(() => undefined)
  }

  /** A connection that says it is live must be able to answer. */
  function prove(): void {
    if (connection.state.value.is === 'live') void room.enter(PROOF_OF_LIFE)
  }

  /** The page is visible again or the network is back: the shown state must be true. */
  function wake(): void {
    if (connection.state.value.is === 'live') prove()
    else connection.hurry()
  }

  return {
    self: self.self,
    sanction: self.sanction,
    endSanction,
    nickRefused: self.nickRefused,
    proving: self.proving,
    needsNick: self.needsNick,
    ...everybody,
    connection: connection.state,
    ...room.shown,
    enterAgain: () => void room.enter(),
    setIdle,
    outbox: writeActions.outbox,
    heldUntil: writeActions.heldUntil,
    fragile: writeActions.fragile,
    pending: writeActions.pending,
    refusal: writeActions.refusal,
    rememberedNick: credentials.nick,
    connect: connection.attempt,
    preferWebSocket: connection.preferWebSocket,
    pause: connection.pause,
    wake,
    writers: computed(() => typing.writers.value.filter((nick) => nick !== self.self.value?.nick)),
    typing: () => typing.started(room.name.value),
    stoppedTyping: typing.stopped,
    beginToWrite,
    ...writeActions.acts,
    flush: writeActions.flush,
    chooseNick,
  }
}
