import type { Ack, Change, Person, Welcome } from 'me-api/contract'
import { ApiError } from '../../src/api/http.ts'
import { createChatClient } from '../../src/chat/client/chat-client.ts'
import { createCredentials } from '../../src/chat/client/credentials.ts'
import { askWithProof } from '../../src/proof-of-work/ask-with-proof.ts'
import { createWriteActions } from '../../src/chat/outbox/write-actions.ts'
import { settled, turnedClock } from './clock.ts'
import { change, message, messages } from './messages.ts'
import { memoryStorage } from './storage.ts'
import { browser } from './browser.ts'

type Asked = { event: string; data: never; answer: (ack: Ack<unknown>) => Promise<void>; lose: () => void }

export const ada: Person = { id: 'ada', nick: 'Ada', role: 'visitor' }
export const latest = (from: number, to: number): Change => change(from - 1, to, { from: 0, reset: true })

/** A browser's chat whose server is played by the test. */
export function visit(remembered: Record<string, string> = {}) {
  const { clock, pass } = turnedClock()
  const listeners = new Map<string, (about: never) => void>()
  const asked: Asked[] = []
  const handshakes: unknown[] = []
  const local = memoryStorage(remembered)
  const of = browser()
  /** What the server answers over HTTP to a cursor; undefined where it is not reached. */
  const over = { http: (_after: number | null): Change | Promise<Change> | undefined => undefined }
  const credentials = createCredentials({ local, tab: 'tab', signedIn: () => false })
  const socket = {
    connect: () => void handshakes.push(credentials.handshake()),
    disconnect: () => {},
    on: (event: string, listener: (about: never) => void) => void listeners.set(event, listener),
    emit: (event: string, data: never) => void asked.push({ event, data } as Asked),
    timeout: (patience: number) => ({
      emitWithAck: (event: string, data: never) =>
        new Promise((resolve, reject) => {
          const lose = () => reject(new Error('timeout'))
          const answer = (ack: Ack<unknown>) => (resolve(ack), settled())
          asked.push({ event, data, answer, lose })
          clock.after(patience, lose)
        }),
    }),
  }
  const chat = createChatClient({
    socket: socket as never,
    onceClosed: () => {},
    goOver: () => {},
    session: memoryStorage(),
    clock,
    random: () => 1,
    networkUp: () => true,
    credentials,
    loadWriteActions: async (access) =>
      createWriteActions({ ...access, storage: of.storage, ...of.openTab() }),
    askWithProof: (ask, signal) => askWithProof(async () => 'a proof', ask, signal),
    fetchChanges: async (_room, after) => {
      const answer = await over.http(after)
      if (!answer) throw new ApiError(0, 'OFFLINE', '')
      return answer
    },
    fetchHistory: async () => ({ messages: messages(1, 50), more: false }),
    fetchMessage: async (id) => {
      if (id === 'far away') throw new ApiError(404, 'NOT_FOUND', '')
      return message(7, { id })
    },
  })
  chat.connect()
  const told = async (event: string, about: unknown) => {
    listeners.get(event)!(about as never)
    await settled()
  }
  const welcome = (more: Partial<Welcome> = {}) =>
    told('welcome', {
      self: ada,
      token: 'secret',
      rooms: [],
      people: [ada],
      total: 1,
      limits: { text: 4_000, nick: 24, messages: null },
      ...more,
    })
  const last = (event: string) => asked.findLast((one) => one.event === event)!
  const entered = async (answer: Change) => last('room:enter').answer({ ok: true, data: answer })
  return {
    chat,
    over,
    local,
    pass,
    told,
    welcome,
    last,
    asked,
    handshakes,
    entered,
    is: () => chat.connection.value.is,
  }
}
