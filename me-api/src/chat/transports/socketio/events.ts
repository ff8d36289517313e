import type { z } from 'zod'
import {
  type Ack,
  CATCH_UP_MAX,
  type Change,
  type Identity,
  type Message,
  type NickChoice,
  type Person,
  clientEvents,
} from '../../../contract/index.ts'
import { Refusal, parse } from '../../../errors.ts'
import type { Guests } from '../../identity/guests.ts'
import type { Accepted, MessageRules } from '../../messages/messages.ts'
import type { MessageReads } from '../../messages/read-messages.ts'
import { refuseLesson } from '../../log/lesson-room.ts'
import type { Metrics } from '../../metrics/chat-metrics.ts'
import type { ModerationRules } from '../../moderation/moderation.ts'
import type { Typing } from '../../presence/typing.ts'
import type { Rooms } from '../../rooms/rooms.ts'
import type { Conversations } from '../../conversations/conversations.ts'
import type { Away } from '../../presence/away.ts'
import type { ConnectionLifecycle } from './connection-lifecycle.ts'
import type { InboundPackets } from './inbound-packets.ts'
import type { RefusalOf } from './refusals.ts'
import { BARRED, readersOf } from './socket-rooms.ts'
import type { ChatSocket } from './socket-types.ts'
import type { ConversationsTold } from './tell-conversations.ts'

export type Parts = {
  rules: MessageRules
  reads: Pick<MessageReads, 'changes'>
  rooms: Pick<Rooms, 'open' | 'refuseHidden'>
  guests: Pick<Guests, 'setNick'>
  typing: Typing
  conversations: Pick<Conversations, 'open'>
  conversationsTold: ConversationsTold
  away: Pick<Away, 'acted' | 'isIdle'>
  moderation: Pick<ModerationRules, 'moderate'>
  lifecycle: Pick<ConnectionLifecycle, 'renamed'>
  inbound: Pick<InboundPackets, 'began' | 'refused'>
  metrics: Pick<Metrics, 'answered'>
  refusalOf: RefusalOf
}

type Contract = typeof clientEvents

/** A handler for each event of the contract, and for no other: an event without documentation does not compile. */
type Handlers = {
  [Name in keyof Contract]: (
    data: z.output<Contract[Name]['data']>,
    socket: ChatSocket,
  ) => Promise<z.output<Contract[Name]['answer']>>
}

/** Answers the events of a connection (docs/contract.md §5). */
export function createEvents(parts: Parts) {
  const { rules, reads, rooms, guests, typing, moderation, lifecycle, inbound, metrics, refusalOf } = parts
  const { conversations, conversationsTold, away } = parts

  const write =
    <Input>(
      act: (by: Person | null, input: Input, address: string | null, host: string) => Promise<Accepted>,
    ) =>
    async (input: Input, { data }: ChatSocket): Promise<Message> => {
      const { stored } = await data.inTurn(() => act(data.guest.self, input, data.address, data.host))
      if (data.guest.self) typing.gone(data.guest.self)
      return stored
    }

  /** All events, one line each. All connections share one table, to save memory per connection. */
  const handlers: Handlers = {
    'room:enter': ({ room, after }, socket) => socket.data.inRoomTurn(() => enterRoom(socket, room, after)),
    'room:leave': ({ room }, socket) => socket.data.inRoomTurn(() => leaveRoom(socket, room)),
    'message:send': write(rules.send),
    'message:edit': write(rules.edit),
    'message:delete': write(rules.remove),
    'message:restore': write(rules.restore),
    'message:react': write(rules.react),
    'typing:set': ({ room, on }, socket) => setTyping(socket, room, on),
    'visitor:moderate': (order, { data }) =>
      moderation.moderate(data.guest.self, order, data.guest.sessionId),
    'presence:idle': async ({ idle }, socket) => {
      await noteUse(socket, idle ? 'idle' : 'active')
      return null
    },
    'conversation:open': async (choice, { data }) =>
      (await conversations.open(data.guest.self, choice, data.address)).room,
    'nick:set': (choice, socket) => socket.data.inTurn(() => setNick(socket, choice)),
  }

  async function handle(event: string, data: unknown, socket: ChatSocket): Promise<unknown> {
    if (!Object.hasOwn(handlers, event)) throw new Refusal('INVALID', 'There is no such event.')
    const name = event as keyof Handlers
    const act = handlers[name] as (data: unknown, socket: ChatSocket) => Promise<unknown>
    const input = parse(clientEvents[name].data as z.ZodType, data)
    // Not awaited: events stay in order.
    if (name !== 'presence:idle') void noteUse(socket)
    return act(input, socket)
  }

  /** Whoever uses a tab again has read what came meanwhile to the conversations that are open in it. */
  async function noteUse(socket: ChatSocket, said?: 'idle' | 'active'): Promise<void> {
    const { guest, activity } = socket.data
    const wasIdle = away.isIdle(activity)
    away.acted(guest.self?.id ?? null, activity, said)
    if (wasIdle && !away.isIdle(activity)) await conversationsTold.isInUse(socket)
  }

  /**
   * The socket joins before the read, so that no Change is lost between the answer and the first frame. A connection
   * enters and leaves rooms in turn, because a refused entry would take a later one out of the room.
   */
  async function enterRoom(socket: ChatSocket, room: string, after: number | null): Promise<Change> {
    const { self } = socket.data.guest
    rooms.refuseHidden(self, room)
    const wasInside = socket.rooms.has(readersOf(room))
    await socket.join(readersOf(room))
    try {
      const change = await reads.changes(self, room, after, CATCH_UP_MAX)
      await conversationsTold.entered(socket, room)
      return change
    } catch (error) {
      if (!wasInside) await socket.leave(readersOf(room))
      throw error
    }
  }

  async function leaveRoom(socket: ChatSocket, room: string): Promise<null> {
    await socket.leave(readersOf(room))
    return null
  }

  async function setTyping(socket: ChatSocket, room: string, isWriting: boolean): Promise<null> {
    refuseLesson(room)
    const { guest, address } = socket.data
    const writer = await rules.mayWrite(guest.self, address)
    await rooms.open(writer, room)
    typing.set(room, writer, isWriting)
    return null
  }

  async function setNick(socket: ChatSocket, { nick, proof }: NickChoice): Promise<Identity> {
    const { guest, address, tab } = socket.data
    const renamed = await guests.setNick(guest, nick, { address, tab, proof }).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'BANNED') void socket.join(BARRED)
      throw error
    })
    lifecycle.renamed(socket, renamed)
    return { self: renamed.self, token: renamed.token }
  }

  /** Starts to answer the events of a connection. */
  return function answer(socket: ChatSocket): void {
    socket.onAny(async (event: string, ...args: unknown[]) => {
      const last = args.at(-1)
      const acknowledge = typeof last === 'function' ? (last as (ack: Ack<unknown>) => void) : () => {}
      const began = performance.now()
      const answered = inbound.began(socket.conn)
      try {
        acknowledge({ ok: true, data: await handle(event, args[0], socket) })
        metrics.answered(event, began)
      } catch (error) {
        const refusal = refusalOf(error)
        acknowledge({ ok: false, error: refusal.toFailure() })
        if (refusal.code === 'RATE_LIMITED' && socket.data.address !== null) inbound.refused(socket.conn)
      } finally {
        answered()
      }
    })
  }
}
