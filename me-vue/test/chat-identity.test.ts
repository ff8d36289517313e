import { describe, expect, test } from '@jest/globals'
import { change } from './support/messages.ts'
import { ada, latest, visit } from './support/visit.ts'

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

  test('where it has grown harder meanwhile, more work is done, and at last one is told', async () => {
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
    expect(handshakes).toEqual([
      { tab: 'tab', token: 'secret' },
      { reader: true, tab: 'tab' },
    ])
    chat.pardon()
    await welcome()
    await entered(change(3, 3))
    expect(handshakes.at(-1)).toEqual({ tab: 'tab', token: 'secret' })
    expect([is(), chat.sanction.value]).toEqual(['live', null])
  })

  test('the banned one is themselves again as soon as it is forgiven', async () => {
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

  test('the banned one asks again where the connection broke meanwhile', async () => {
    const { handshakes, told, welcome, entered, pass } = visit({ 'me.chat.token': 'secret' })
    await told('connect_error', { data: { code: 'BANNED', message: '', retryAfter: 3_600 } })
    await welcome({ self: null, token: null })
    await entered(latest(1, 3))
    await told('disconnect', 'transport close')
    await pass(1_000)
    expect(handshakes.at(-1)).toEqual({ tab: 'tab', token: 'secret' })
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
