import { describe, expect, test } from '@jest/globals'
import { createChatHistory } from '../src/chat/chat-history.ts'
import { readTerms, snippetOf } from '../src/chat/search-terms.ts'
import { api, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

async function roomWith(...texts: string[]): Promise<TestApp> {
  const app = await startApp()
  const lines = texts.map((text, index) => ({ nick: 'ada', text, sentAt: index }))
  await createChatHistory(app.db).importLines('lobby', lines)
  return app
}

const search = async (app: TestApp, q: string, more = '') =>
  (
    await api(app)
      .get(`/api/chat/search?q=${encodeURIComponent(q)}${more}`)
      .expect(200)
  ).body.data

const texts = async (app: TestApp, q: string, more = '') =>
  (await search(app, q, more)).messages.map(({ text }: { text: string }) => text)

describe('search finds', () => {
  test.each([
    ['Apt', ['apt update', 'try APT-GET install, or help.ubuntu.com']],
    ['ubuntu', ['try APT-GET install, or help.ubuntu.com']],
    ['install apt', ['try APT-GET install, or help.ubuntu.com']],
    ['"apt get"', ['try APT-GET install, or help.ubuntu.com']],
    ['"get apt"', []],
    ['"apt" upd', ['apt update']],
    ['"apt upd"', []],
    ['cafe', ['Ett CAFÉ i Göteborg']],
    ['göteborg', ['Ett CAFÉ i Göteborg']],
    ['goteb', ['Ett CAFÉ i Göteborg']],
    ['привет', ['Привет, мир']],
    ['café"', ['Ett CAFÉ i Göteborg']],
    ['nothing', []],
    ['!!!', []],
  ])('%s', async (q, expected) => {
    const app = await roomWith(
      'apt update',
      'Ett CAFÉ i Göteborg',
      'Привет, мир',
      'try APT-GET install, or help.ubuntu.com',
    )
    expect((await texts(app, q)).toSorted()).toEqual(expected.toSorted())
  })

  test('newest first, page by page, in a room or in all', async () => {
    const app = await roomWith(...Array.from({ length: 5 }, (_, n) => `hello ${n}`))
    expect(await texts(app, 'hello')).toEqual(['hello 4', 'hello 3', 'hello 2', 'hello 1', 'hello 0'])
    const page = await search(app, 'hello', '&room=lobby&limit=2')
    expect(page).toMatchObject({ messages: [{ seq: 5 }, { seq: 4 }], more: true })
    expect(await search(app, 'hello', '&room=lobby&limit=3&before=4')).toMatchObject({
      messages: [{ seq: 3 }, { seq: 2 }, { seq: 1 }],
      more: false,
    })
    await api(app).get('/api/chat/search?q=hello&room=attic').expect(404)
  })

  test('with a snippet and where in it the words are', async () => {
    const app = await roomWith('Ett CAFÉ i Göteborg')
    const [hit] = (await search(app, 'cafe göt')).messages
    expect(hit).toMatchObject({
      author: { nick: 'ada' },
      snippet: 'Ett CAFÉ i Göteborg',
      marks: [
        [4, 8],
        [11, 19],
      ],
    })
  })
})

test.each([
  ['', '/q'],
  ['q=', '/q'],
  ['q=%20', '/q'],
  [`q=${'x'.repeat(201)}`, '/q'],
  ['q=x&before=3', '/before'],
  ['q=x&room=lobby&before=0', '/before'],
  ['q=x&limit=0', '/limit'],
])('?%s is refused', async (query, pointer) => {
  const app = await startApp()
  const { body } = await api(app).get(`/api/chat/search?${query}`).expect(400)
  expect(body).toEqual(refusal(400, query.includes('xxx') ? 'TOO_LONG' : 'INVALID', pointer))
})

test.each([
  '"',
  '""',
  '" "',
  'a"',
  'a AND',
  'OR',
  'NOT a',
  'a*',
  '*',
  'text:a',
  'NEAR(a b)',
  '-a',
  '^a',
  "'; drop table messages; --",
  'a\0b',
  '\ud83d',
  ':*',
  'a & b | !c',
  '<->',
  '\\',
  '%',
])('%j is no syntax error', async (q) => {
  const app = await roomWith('a b c')
  await api(app).get('/api/chat/search').query({ q }).expect(200)
})

describe('a snippet', () => {
  const long = `${'word '.repeat(60)}Elephant ${'tail '.repeat(60)}`

  test('is the text around the first hit, with marks that fit it', () => {
    const { snippet, marks } = snippetOf(long, readTerms('elephant'))
    expect(snippet.length).toBeLessThanOrEqual(162)
    expect(snippet).toMatch(/^…word .*Elephant tail.*…$/)
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['Elephant'])
  })

  test('counts in UTF-16 units and never splits a character', () => {
    const { snippet, marks } = snippetOf('🚂🚂 tåget går', readTerms('taget'))
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['tåget'])
    expect(snippetOf('🚂'.repeat(200), readTerms('x')).snippet.isWellFormed()).toBe(true)
  })

  test('marks a phrase as one', () => {
    const { snippet, marks } = snippetOf('to be or not to be', readTerms('"to be" or'))
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['to be', 'or', 'to be'])
  })
})
