import { describe, expect, test } from '@jest/globals'
import type { Ack, Change, Person, Welcome } from 'me-api/contract'
import { createChat } from '../src/chat/chat.ts'
import { createIdentity } from '../src/chat/identity.ts'
import { createWriting } from '../src/chat/writing/writing.ts'
import { settled, turnedClock } from './support/clock.ts'
import { change, message, messages } from './support/messages.ts'
import { memoryStorage } from './support/storage.ts'
import { browser } from './support/writing.ts'

type Asked = { event: string; data: never; answer: (ack: Ack<unknown>) => Promise<void>; lose: () => void }

const ada: Person = { id: 'ada', nick: 'Ada', role: 'visitor' }
const latest = (from: number, to: number): Change => change(from - 1, to, { from: 0, reset: true })

/** A browser's chat whose server is played by the test. */
function visit(remembered: Record<string, string> = {}) {
  const { clock, pass } = turnedClock()
  const listeners = new Map<string, (about: never) => void>()
  const asked: Asked[] = []
  const handshakes: unknown[] = []
  const local = memoryStorage(remembered)
  const of = browser()
  const identity = createIdentity({ local, tab: 'tab', signedIn: () => false })
  const socket = {
    connect: () => void handshakes.push(identity.handshake()),
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
  const chat = createChat({
    socket: socket as never,
    onceClosed: () => {},
    clock,
    random: () => 1,
    networkUp: () => true,
    identity,
    loadWriting: async (link) => createWriting({ ...link, shelf: of.shelf, ...of.openTab() }),
    proveWork: async (signal) => (signal?.throwIfAborted(), 'a proof'),
    fetchHistory: async () => ({ messages: messages(1, 50), more: false }),
    fetchMessage: async (id) => (id === 'far away' ? undefined : message(7, { id })),
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

const seqs = (chat: ReturnType<typeof visit>['chat']) => chat.log.value.messages.map(({ seq }) => seq)

describe('coming in', () => {
  test('it is live once the room has answered, and not before', async () => {
    const { welcome, entered, last, chat, is, local } = visit()
    await welcome()
    expect(last('room:enter').data).toEqual({ room: 'lobby', after: null })
    expect(is()).toBe('connecting')
    await entered(latest(1, 3))
    expect(is()).toBe('live')
    expect(seqs(chat)).toEqual([1, 2, 3])
    expect(local.everything()).toEqual({ 'me.chat.token': 'secret', 'me.chat.nick': 'Ada' })
  })

  test('what changes while the room is being entered is not lost', async () => {
    const { welcome, told, entered, chat } = visit()
    await welcome()
    await told('room:changed', change(3, 4))
    await entered(latest(1, 3))
    expect(seqs(chat)).toEqual([1, 2, 3, 4])
  })

  test('a room that does not answer is asked again over a new connection', async () => {
    const { welcome, pass, handshakes, is } = visit()
    await welcome()
    await pass(8_000)
    expect(is()).toBe('reconnecting')
    await pass(1_000)
    expect(handshakes).toHaveLength(2)
  })

  test('a room that is not there is said to be missing, over a live connection', async () => {
    const { welcome, last, chat, is } = visit()
    await welcome()
    await last('room:enter').answer({ ok: false, error: { code: 'NOT_FOUND', message: '' } })
    expect(chat.missing.value).toBe(true)
    expect(is()).toBe('live')
  })
})

describe('being in', () => {
  async function inLobby() {
    const visitor = visit()
    await visitor.welcome()
    await visitor.entered(latest(1, 3))
    return visitor
  }

  test('a gap is closed by asking from the cursor', async () => {
    const { told, last, entered, chat } = await inLobby()
    await told('room:changed', change(5, 6))
    expect(last('room:enter').data).toEqual({ room: 'lobby', after: 3 })
    await entered(change(3, 6))
    expect(seqs(chat)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('a break is caught up with from the cursor', async () => {
    const { told, pass, welcome, last, entered, chat, is } = await inLobby()
    await told('disconnect', 'transport close')
    expect(is()).toBe('reconnecting')
    await pass(1_000)
    await welcome()
    expect(last('room:enter').data).toEqual({ room: 'lobby', after: 3 })
    await entered(change(3, 9))
    expect(is()).toBe('live')
    expect(seqs(chat)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  test('coming back to the page proves that “live” is true, and reconnects where nobody answers', async () => {
    const { chat, last, entered, pass, handshakes, is } = await inLobby()
    chat.wake()
    await entered(change(3, 3))
    await pass(3_000)
    expect(is()).toBe('live')
    chat.wake()
    expect(last('room:enter').data).toEqual({ room: 'lobby', after: 3 })
    await pass(3_000)
    expect(is()).toBe('connecting')
    expect(handshakes).toHaveLength(2)
  })

  test('a server that welcomes and hangs up at once is not called in a hot loop', async () => {
    const { told, welcome, last, pass, handshakes } = await inLobby()
    await told('disconnect', 'transport close')
    await pass(1_000)
    for (let n = 0; n < 3; n++) {
      await welcome()
      last('room:enter').lose()
      await told('disconnect', 'io server disconnect')
      await pass(1_000)
    }
    expect(handshakes.length).toBeLessThanOrEqual(4)
  })

  test('one’s own message is there at once and once only', async () => {
    const { chat, last, told } = await inLobby()
    chat.write('hej')
    expect(chat.outbox.value).toMatchObject([{ text: 'hej', state: 'sending' }])
    const { id } = last('message:send').data as { id: string }
    const stored = message(4, { id, text: 'hej' })
    await last('message:send').answer({ ok: true, data: stored })
    expect(chat.outbox.value).toMatchObject([{ text: 'hej', state: 'sent' }])
    await told('room:changed', change(3, 4, { messages: [stored] }))
    expect(chat.outbox.value).toEqual([])
    expect(seqs(chat)).toEqual([1, 2, 3, 4])
  })

  test('what is done to a message is shown by its answer, before its change comes, and not undone by it', async () => {
    const { chat, last, told } = await inLobby()
    const [first] = chat.log.value.messages
    void chat.react(first!, '👍', true)
    expect(chat.pending.value.reactions.get('m1')).toEqual({ '👍': true })
    const reacted = { ...first!, rev: 4, reactions: { '👍': ['ada'] } }
    await last('message:react').answer({ ok: true, data: reacted })
    expect(chat.pending.value.reactions.size).toBe(0)
    expect(chat.log.value.messages[0]).toEqual(reacted)
    await told('room:changed', change(3, 4, { messages: [reacted] }))
    expect(chat.log.value.messages[0]).toEqual(reacted)
  })

  test('who else writes is known, until the connection is lost', async () => {
    const { chat, told } = await inLobby()
    await told('typing:changed', { room: 'lobby', nicks: ['Ada', 'Bo'] })
    expect(chat.writers.value).toEqual(['Bo'])
    await told('typing:changed', { room: 'attic', nicks: ['Cy'] })
    expect(chat.writers.value).toEqual(['Bo'])
    await told('disconnect', 'transport close')
    expect(chat.writers.value).toEqual([])
  })

  test('a message that is not held is found, unless it is gone or in another room', async () => {
    const { chat, welcome, entered } = visit()
    await welcome()
    await entered(latest(51, 53))
    expect(await chat.find('m7')).toMatchObject({ id: 'm7', seq: 7 })
    expect(await chat.find('far away')).toBe('gone')
  })

  test('a room made or removed under one’s feet is noticed', async () => {
    const { told, last, entered, chat } = await inLobby()
    await told('room:updated', { rooms: [] })
    await last('room:enter').answer({ ok: false, error: { code: 'NOT_FOUND', message: '' } })
    expect(chat.missing.value).toBe(true)
    await told('room:updated', { rooms: [{ name: 'lobby' }] })
    await entered(latest(1, 3))
    expect(chat.missing.value).toBe(false)
  })

  test('older messages are fetched once, however often they are asked for', async () => {
    const { chat, welcome, entered } = visit()
    await welcome()
    await entered(latest(51, 53))
    await Promise.all([chat.loadOlder(), chat.loadOlder()])
    await chat.loadOlder()
    expect(seqs(chat)).toEqual(Array.from({ length: 53 }, (_, index) => index + 1))
  })
})

describe('who one is', () => {
  test('a token that is no longer good is dropped, and the nick says who one is', async () => {
    const { told, handshakes, local } = visit({ 'me.chat.token': 'old', 'me.chat.nick': 'Ada' })
    await told('connect_error', { data: { code: 'TOKEN_INVALID', message: '' } })
    expect(handshakes).toEqual([
      { tab: 'tab', token: 'old' },
      { tab: 'tab', nick: 'Ada' },
    ])
    expect(local.everything()).toEqual({ 'me.chat.nick': 'Ada' })
  })

  test('a nick that is taken leaves a reader who can choose another', async () => {
    const { chat, told, welcome, entered, last, handshakes, is } = visit({ 'me.chat.nick': 'Ada' })
    await told('connect_error', { data: { code: 'NICK_TAKEN', message: '' } })
    expect(handshakes.at(-1)).toEqual({ tab: 'tab' })
    await welcome({ self: null, token: null })
    await entered(latest(1, 3))
    expect(is()).toBe('live')
    expect(chat.nickRefused.value?.code).toBe('NICK_TAKEN')
    const chosen = chat.chooseNick('Ada-2')
    await last('nick:set').answer({ ok: true, data: { self: { ...ada, nick: 'Ada-2' }, token: 'secret' } })
    expect(await chosen).toBe(true)
    expect(chat.nickRefused.value).toBeNull()
    expect(chat.self.value?.nick).toBe('Ada-2')
  })

  test('where work is to be proved first, it is, and the nick asked for again', async () => {
    const { chat, welcome, entered, last, asked } = visit()
    await welcome({ self: null, token: null })
    await entered(latest(1, 3))
    const chosen = chat.chooseNick('Ada')
    await last('nick:set').answer({ ok: false, error: { code: 'PROOF_REQUIRED', message: '' } })
    expect(asked.at(-1)).toMatchObject({ event: 'nick:set', data: { nick: 'Ada', proof: 'a proof' } })
    await last('nick:set').answer({ ok: true, data: { self: ada, token: 'secret' } })
    expect(await chosen).toBe(true)
    expect([chat.proving.value, chat.nickRefused.value]).toEqual([false, null])
  })

  test('nobody works on for a page that was left', async () => {
    const { chat, welcome, entered, last, asked } = visit()
    await welcome({ self: null, token: null })
    await entered(latest(1, 3))
    const left = new AbortController()
    const chosen = chat.chooseNick('Ada', left.signal)
    left.abort()
    await last('nick:set').answer({ ok: false, error: { code: 'PROOF_REQUIRED', message: '' } })
    expect(await chosen).toBe(false)
    expect(asked.filter(({ event }) => event === 'nick:set')).toHaveLength(1)
    expect([chat.proving.value, chat.nickRefused.value]).toEqual([false, null])
  })

  test('the banned one reads on over one more connection, and is themselves again when it is over', async () => {
    const { chat, handshakes, told, welcome, entered, pass, is } = visit({ 'me.chat.token': 'secret' })
    await told('connect_error', { data: { code: 'BANNED', message: '', retryAfter: 3_600 } })
    expect(chat.sanction.value).toMatchObject({ code: 'BANNED' })
    await welcome({ self: null, token: null })
    await entered(latest(1, 3))
    expect(is()).toBe('live')
    await pass(3_600_000)
    expect(handshakes).toEqual([{ tab: 'tab', token: 'secret' }, { reader: true }])
    chat.pardon()
    await welcome()
    await entered(change(3, 3))
    expect(handshakes.at(-1)).toEqual({ tab: 'tab', token: 'secret' })
    expect([is(), chat.sanction.value]).toEqual(['live', null])
  })

  test('a reader who is refused as well waits as long as they are told', async () => {
    const { handshakes, told, pass, is } = visit({ 'me.chat.token': 'secret' })
    const refuse = () => told('connect_error', { data: { code: 'BANNED', message: '', retryAfter: 60 } })
    await refuse()
    await refuse()
    expect(is()).toBe('refused')
    await pass(59_000)
    expect(handshakes).toHaveLength(2)
    await pass(1_000)
    expect(handshakes).toHaveLength(3)
  })

  test('the muted one is told until when, and when it is forgiven', async () => {
    const { chat, told, welcome, entered } = visit()
    await welcome()
    await entered(latest(1, 3))
    await told('notice', { code: 'MUTED', message: '', retryAfter: 600 })
    expect(chat.sanction.value).toMatchObject({ code: 'MUTED' })
    await told('notice', { code: 'MUTED', message: '', retryAfter: 0 })
    expect(chat.sanction.value).toBeNull()
  })

  test('what is written waits for a nick, and is sent when there is one', async () => {
    const { chat, welcome, entered, last } = visit()
    await welcome({ self: null, token: null })
    await entered(latest(1, 3))
    chat.write('hej')
    expect(last('message:send')).toBeUndefined()
    const chosen = chat.chooseNick('Ada')
    await last('nick:set').answer({ ok: true, data: { self: ada, token: 'secret' } })
    await chosen
    expect(last('message:send').data).toMatchObject({ text: 'hej' })
  })
})
