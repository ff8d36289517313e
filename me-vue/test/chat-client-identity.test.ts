import { describe, expect, test } from '@jest/globals'
import { change } from './support/messages.ts'
import { ada, latest, visit } from './support/visit.ts'

describe('the user’s identity', () => {
  test('a refused token is dropped, and the nick is sent instead', async () => {
    const { told, handshakes, local } = visit({ 'me.chat.token': 'old', 'me.chat.nick': 'Ada' })
    await told('connect_error', { data: { code: 'TOKEN_INVALID', message: '' } })
    expect(handshakes).toEqual([
      { tab: 'tab', token: 'old' },
      { tab: 'tab', nick: 'Ada' },
    ])
    expect(local.everything()).toEqual({ 'me.chat.nick': 'Ada' })
  })

  test('a reader whose nick is taken can choose another', async () => {
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

  test('the chat solves a required proof of work and asks for the nick again', async () => {
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

  test('the chat gives up after three refused proofs of work and shows the refusal', async () => {
    const { chat, welcome, entered, last, asked } = visit()
    await welcome({ self: null, token: null })
    await entered(latest(1, 3))
    const chosen = chat.chooseNick('Ada')
    for (let times = 0; times < 4; times += 1)
      await last('nick:set').answer({ ok: false, error: { code: 'PROOF_REQUIRED', message: '' } })
    expect(await chosen).toBe(false)
    expect(asked.filter(({ event }) => event === 'nick:set')).toHaveLength(4)
    expect(chat.nickRefused.value).toMatchObject({ code: 'PROOF_REQUIRED' })
  })

  test('the chat stops the proof of work when the page is left', async () => {
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

  test('a banned visitor reads over one more connection, and returns with their token when the ban is over', async () => {
    const { chat, handshakes, told, welcome, entered, pass, is } = visit({ 'me.chat.token': 'secret' })
    await told('connect_error', { data: { code: 'BANNED', message: '', retryAfter: 3_600 } })
    expect(chat.sanction.value).toMatchObject({ code: 'BANNED' })
    await welcome({ self: null, token: null })
    await entered(latest(1, 3))
    expect(is()).toBe('live')
    await pass(3_600_000)
    expect(handshakes).toEqual([
      { tab: 'tab', token: 'secret' },
      { reader: true, tab: 'tab' },
    ])
    chat.endSanction()
    await welcome()
    await entered(change(3, 3))
    expect(handshakes.at(-1)).toEqual({ tab: 'tab', token: 'secret' })
    expect([is(), chat.sanction.value]).toEqual(['live', null])
  })

  test('a banned visitor returns with their token as soon as the ban is forgiven', async () => {
    const { chat, handshakes, told, welcome, entered, is } = visit({ 'me.chat.token': 'secret' })
    await told('connect_error', { data: { code: 'BANNED', message: '', retryAfter: 3_600 } })
    await welcome({ self: null, token: null })
    await entered(latest(1, 3))
    await told('notice', { code: 'BANNED', message: '', retryAfter: 0 })
    await welcome()
    await entered(change(3, 3))
    expect(handshakes.at(-1)).toEqual({ tab: 'tab', token: 'secret' })
    expect([is(), chat.sanction.value]).toEqual(['live', null])
  })

  test('a banned visitor tries their token again after a broken connection', async () => {
    const { handshakes, told, welcome, entered, pass } = visit({ 'me.chat.token': 'secret' })
    await told('connect_error', { data: { code: 'BANNED', message: '', retryAfter: 3_600 } })
    await welcome({ self: null, token: null })
    await entered(latest(1, 3))
    await told('disconnect', 'transport close')
    await pass(1_000)
    expect(handshakes.at(-1)).toEqual({ tab: 'tab', token: 'secret' })
  })

  test('a banned visitor who is refused as a reader too waits as long as the server says', async () => {
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

  test('a muted visitor is told the end of the mute, and when it is forgiven', async () => {
    const { chat, told, welcome, entered } = visit()
    await welcome()
    await entered(latest(1, 3))
    await told('notice', { code: 'MUTED', message: '', retryAfter: 600 })
    expect(chat.sanction.value).toMatchObject({ code: 'MUTED' })
    await told('notice', { code: 'MUTED', message: '', retryAfter: 0 })
    expect(chat.sanction.value).toBeNull()
  })

  test('a message written without a nick is sent once a nick is chosen', async () => {
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
