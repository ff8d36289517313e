import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Clock } from '../src/clock.ts'
import { createDuplicateFloods } from '../src/chat/rate-limits/duplicate-flood.ts'
import { Refusal } from '../src/errors.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { connect } from './support/visitors.ts'

const settings = { LIMIT_JOINS: 'off', LIMIT_MESSAGES: '1000/10s', LIMIT_CONNECTIONS: 'off' }
const advert = 'Buy the very best lamps for your window at the shop around the corner'

/** Somebody without a browser, who has just come. */
async function guest(app: TestApp, n: number) {
  const { body } = await api(app)
    .post('/api/chat/visitors')
    .send({ nick: `guest ${n}` })
    .expect(201)
  const { token } = (body as { data: { token: string } }).data
  const say = (text: string, id: string = randomUUID()) =>
    api(app).post('/api/chat/rooms/lobby/messages').set(bearer(token)).send({ id, text })
  return { token, say }
}

async function guests(app: TestApp, count: number) {
  const all = []
  for (let n = 0; n < count; n++) all.push(await guest(app, n))
  return all
}

describe('the same text from many people', () => {
  test('the thirteenth person with the same text is refused for a minute, and other texts pass', async () => {
    const clock = manualClock()
    const app = await startApp({ settings, clock })
    const [late, ...others] = await guests(app, 13)
    for (const { say } of others) await say(advert).expect(201)
    const { body, headers } = await late!.say(advert).expect(429)
    expect(body).toMatchObject({ errors: [{ code: 'RATE_LIMITED' }] })
    expect(headers['retry-after']).toBe('60')
    await late!.say('Good evening to all of you, what are you talking about tonight?').expect(201)
    clock.advance(60_000)
    await late!.say(advert).expect(201)
  })

  test('the same text is refused in an edit too, and a stored message id and the owner pass', async () => {
    const app = await startApp({ settings })
    const [late, first, ...others] = await guests(app, 13)
    const id = randomUUID()
    await first!.say(advert, id).expect(201)
    for (const { say } of others) await say(advert).expect(201)
    await first!.say(advert, id).expect(200)
    const socket = await connect(app, { auth: { token: late!.token } })
    const mine = await socket.send('hej')
    expect(await socket.emit('message:edit', { id: mine.id, text: advert })).toMatchObject({
      error: { code: 'RATE_LIMITED', retryAfter: expect.any(Number) },
    })
    const owner = await connect(app, { auth: { token: await ownerToken(app) } })
    await owner.send(advert)
  })

  test('the same text passes when LIMIT_MESSAGES is off', async () => {
    const app = await startApp({ settings: { ...settings, LIMIT_MESSAGES: 'off' } })
    for (const { say } of await guests(app, 14)) await say(advert).expect(201)
  })
})

/** Always with the same chance. */
const floodsAt = (clock: Clock) => createDuplicateFloods({ clock, seed: 1 })

/** How many of these, each said by somebody else, come through. */
function through(texts: string[], floods = floodsAt(manualClock())): number {
  return texts.filter((text, n) => {
    try {
      floods(`person ${n}`, text)
      return true
    } catch (error) {
      if (error instanceof Refusal) return false
      throw error
    }
  }).length
}

const adverts = (people: number) => by(people, () => advert)
const by = (people: number, text: (n: number) => string) => Array.from({ length: people }, (_, n) => text(n))
/** Another word for each number: letters of the alphabet's first and second half in turn. */
const word = (n: number) =>
  Array.from(
    { length: 6 },
    (_, i) => (i % 2 ? 'nopqrstuvwxyz' : 'abcdefghijklm')[Math.floor((n * 7_919) / 13 ** i) % 13],
  ).join('')

describe('floods of similar texts', () => {
  test.each([
    ['digits', (n: number) => `${advert} ${n * 7}`],
    ['capitals', (n: number) => (n % 2 ? advert.toUpperCase() : advert)],
    ['accents', (n: number) => (n % 2 ? advert.replace('e', 'é').replace('o', 'ö') : advert)],
    ['full-width letters', (n: number) => (n % 2 ? advert.replace('Buy', 'Ｂｕｙ') : advert)],
    [
      'spaces, stops and invisible characters',
      (n: number) => advert.replaceAll(' ', ['  ', '. ', ' \u200B', '-'][n % 4]!),
    ],
    ['repeated letters', (n: number) => advert.replace('best', `be${'s'.repeat(n)}t`)],
    ['a word at the end', (n: number) => `${advert} ${word(n)}`],
    ['a word in front', (n: number) => `${word(n)} ${advert}`],
  ])('a flood of similar texts is refused despite different %s', (_, text) => {
    expect(through(by(100, text))).toBeLessThan(20)
  })

  test('a flood of short texts is refused from the thirty-first on', () => {
    expect(through(by(100, (n) => `visit my shop ${n}`))).toBe(30)
  })

  test('a flood is refused for as long as it lasts, as refused texts count', () => {
    const clock = manualClock()
    const floods = floodsAt(clock)
    expect(through(adverts(100), floods)).toBe(12)
    clock.advance(50_000)
    expect(through(adverts(100), floods)).toBe(0)
    clock.advance(50_000)
    expect(through(adverts(100), floods)).toBe(0)
    clock.advance(60_000)
    expect(through(adverts(100), floods)).toBe(12)
  })

  test('a flood is forgotten after ten thousand other texts', () => {
    const floods = floodsAt(manualClock())
    expect(through(adverts(20), floods)).toBe(12)
    expect(
      through(
        by(11_000, (n) => `just ${word(n)}`),
        floods,
      ),
    ).toBe(11_000)
    expect(through(adverts(20), floods)).toBe(12)
  })
})

describe('ordinary conversation', () => {
  test.each([
    ['hi', 'hi'],
    ['lol', 'lol'],
    ['+1', '+1'],
    ['thanks', 'tack!'],
    ['an emoji ten times', '🎉'.repeat(10)],
    ['a number', '12345678901234'],
    ['one letter four thousand times', 'x'.repeat(4_000)],
    ['dots', '. . . .'],
  ])('a hundred people may all send %s', (_, text) => expect(through(by(100, () => text))).toBe(100))

  test('thirty people may send the same wish, and ten may quote the same text', () => {
    expect(through(by(30, () => 'Happy New Year!'))).toBe(30)
    expect(through(by(10, (n) => `> ${advert}\n\nno, ${word(n)}`))).toBe(10)
  })

  test('one person may repeat the same text without being taken for a flood', () => {
    const floods = floodsAt(manualClock())
    for (let n = 0; n < 100; n++) floods('ada', advert)
  })

  test('a hundred people may write about one subject in their own words', () => {
    const words =
      'my neighbour painted her green door behind the harbour while lamps burn in every window and old boats come home slowly from winter seas with bread fish letters songs stories nobody told before'.split(
        ' ',
      )
    const sentence = (n: number) =>
      by(9, (at) => words[(n * n * 3 + n * at * 5 + at * at * (n % 7)) % words.length]!).join(' ')
    expect(through(by(100, sentence))).toBe(100)
  })
})
