import { describe, expect, test } from '@jest/globals'
import { change, message } from './support/messages.ts'
import { latest, visit } from './support/visit.ts'

const seqs = (chat: ReturnType<typeof visit>['chat']) => chat.log.value.messages.map(({ seq }) => seq)

describe('entering a room', () => {
  test('the chat is live once the room has answered', async () => {
    const { welcome, entered, last, chat, is, local } = visit()
    await welcome()
    expect(last('room:enter').data).toEqual({ room: 'lobby', after: null })
    expect(is()).toBe('connecting')
    await entered(latest(1, 3))
    expect(is()).toBe('live')
    expect(seqs(chat)).toEqual([1, 2, 3])
    expect(local.everything()).toEqual({ 'me.chat.token': 'secret', 'me.chat.nick': 'Ada' })
  })

  test('a change that arrives while the room is being entered is kept', async () => {
    const { welcome, told, entered, chat } = visit()
    await welcome()
    await told('room:changed', change(3, 4))
    await entered(latest(1, 3))
    expect(seqs(chat)).toEqual([1, 2, 3, 4])
  })

  test('the chat reconnects when the room does not answer', async () => {
    const { welcome, pass, handshakes, is } = visit()
    await welcome()
    await pass(6_000)
    expect(is()).toBe('connecting')
    expect(handshakes).toHaveLength(2)
  })

  test('without a connection the room’s last messages come over HTTP, and the connection goes on from them', async () => {
    const { over, welcome, pass, last, entered, chat, is } = visit()
    over.http = (after) => (after === null ? latest(1, 3) : change(after, after + 1))
    await pass(2_000)
    expect(seqs(chat)).toEqual([1, 2, 3])
    expect(is()).toBe('connecting')
    // The next try, over polling, does not get through either.
    await pass(6_000)
    expect(seqs(chat)).toEqual([1, 2, 3, 4])
    await welcome()
    expect(last('room:enter').data).toEqual({ room: 'lobby', after: 4 })
    await entered(change(4, 6))
    expect(seqs(chat)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('a connection that is live in time asks nothing over HTTP', async () => {
    const { over, welcome, entered, pass } = visit()
    let asked = 0
    over.http = () => (asked++, undefined)
    await welcome()
    await entered(latest(1, 3))
    await pass(60_000)
    expect(asked).toBe(0)
  })

  test('an answer over HTTP that comes after the connection’s takes nothing away', async () => {
    const { over, welcome, entered, pass, chat } = visit()
    const answer = Promise.withResolvers<ReturnType<typeof latest>>()
    over.http = () => answer.promise
    await pass(2_000)
    await welcome()
    await entered(latest(1, 5))
    answer.resolve(latest(1, 3))
    await pass(0)
    expect(seqs(chat)).toEqual([1, 2, 3, 4, 5])
  })

  test('an unknown room is shown as missing over a live connection', async () => {
    const { welcome, last, chat, is } = visit()
    await welcome()
    await last('room:enter').answer({ ok: false, error: { code: 'NOT_FOUND', message: '' } })
    expect(chat.missing.value).toBe(true)
    expect(is()).toBe('live')
  })
})

describe('being in a room', () => {
  async function inLobby() {
    const visitor = visit()
    await visitor.welcome()
    await visitor.entered(latest(1, 3))
    return visitor
  }

  test('the chat closes a gap by re-entering the room with its cursor', async () => {
    const { told, last, entered, chat } = await inLobby()
    await told('room:changed', change(5, 6))
    expect(last('room:enter').data).toEqual({ room: 'lobby', after: 3 })
    await entered(change(3, 6))
    expect(seqs(chat)).toEqual([1, 2, 3, 4, 5, 6])
  })

  test("the lesson's room is no room of the chat, though it can be entered", async () => {
    const { entered, chat } = await inLobby()
    chat.goTo('~lesson')
    await entered({ ...latest(1, 2), room: '~lesson' })
    expect(chat.missing.value).toBe(true)
  })

  test('an answer about a room that was left meanwhile does not mark the next room as missing', async () => {
    const { told, last, entered, chat, is } = await inLobby()
    await told('room:changed', change(5, 6))
    const late = last('room:enter')
    chat.goTo('attic')
    await entered({ ...latest(1, 2), room: 'attic' })
    await late.answer({ ok: false, error: { code: 'NOT_FOUND', message: '' } })
    expect(chat.room.value).toBe('attic')
    expect(chat.missing.value).toBe(false)
    expect(is()).toBe('live')
  })

  test('the chat catches up from its cursor after a reconnect', async () => {
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

  test('the chat checks its connection when the page is shown again, and reconnects without an answer', async () => {
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

  test('the chat waits between reconnects to a server that welcomes and hangs up at once', async () => {
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

  test('the user’s own message is shown at once and only once', async () => {
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

  test('a reaction is shown by its answer before its change, and stays after the change', async () => {
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

  test('the chat knows who else is typing in the room until the connection is lost', async () => {
    const { chat, told } = await inLobby()
    await told('typing:changed', { room: 'lobby', nicks: ['Ada', 'Bo'] })
    expect(chat.writers.value).toEqual(['Bo'])
    await told('typing:changed', { room: 'attic', nicks: ['Cy'] })
    expect(chat.writers.value).toEqual(['Bo'])
    await told('disconnect', 'transport close')
    expect(chat.writers.value).toEqual([])
  })

  test('the chat fetches a message that is not in its log, or reports it gone', async () => {
    const { chat, welcome, entered } = visit()
    await welcome()
    await entered(latest(51, 53))
    expect(await chat.find('m7')).toMatchObject({ id: 'm7', seq: 7 })
    expect(await chat.find('far away')).toBe('gone')
  })

  test('the chat notices when its room is removed or created', async () => {
    const { told, last, entered, chat } = await inLobby()
    await told('room:updated', { rooms: [] })
    await last('room:enter').answer({ ok: false, error: { code: 'NOT_FOUND', message: '' } })
    expect(chat.missing.value).toBe(true)
    await told('room:updated', { rooms: [{ name: 'lobby' }] })
    await entered(latest(1, 3))
    expect(chat.missing.value).toBe(false)
  })

  test('the chat fetches older messages once, however often they are requested', async () => {
    const { chat, welcome, entered } = visit()
    await welcome()
    await entered(latest(51, 53))
    await Promise.all([chat.loadOlder(), chat.loadOlder()])
    await chat.loadOlder()
    expect(seqs(chat)).toEqual(Array.from({ length: 53 }, (_, index) => index + 1))
  })
})
