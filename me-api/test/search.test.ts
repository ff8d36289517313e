import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createHistoryTransfer } from '../src/chat/log/history-transfer.ts'
import { readTerms, snippetOf } from '../src/chat/search/search-query.ts'
import { isPostgres } from './support/database.ts'
import { api, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

async function roomWith(...texts: string[]): Promise<TestApp> {
  const app = await startApp()
  const lines = texts.map((text, index) => ({ nick: 'ada', text, sentAt: index }))
  await createHistoryTransfer(app.db).importLines('lobby', lines)
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
  ])('search finds the right messages for %s', async (q, expected) => {
    const app = await roomWith(
      'apt update',
      'Ett CAFÉ i Göteborg',
      'Привет, мир',
      'try APT-GET install, or help.ubuntu.com',
    )
    expect((await texts(app, q)).toSorted()).toEqual(expected.toSorted())
  })

  test('search finds the newest first, page by page, in one room or in all', async () => {
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

  test('search in a room finds only messages of that room, from any page on', async () => {
    const app = await startApp()
    await app.db.insertInto('rooms').values({ name: 'attic', title: 'Attic' }).execute()
    const history = createHistoryTransfer(app.db)
    for (let at = 0; at < 6; at += 1) {
      for (const room of at % 3 === 0 ? ['lobby', 'attic'] : ['lobby'])
        await history.importLines(room, [{ nick: 'ada', text: `hello ${room} ${at}`, sentAt: at }])
    }
    const of = (room: string, more = '') => texts(app, 'hel', `&room=${room}${more}`)
    expect(await of('attic')).toEqual(['hello attic 3', 'hello attic 0'])
    expect(await of('attic', '&before=2')).toEqual(['hello attic 0'])
    expect(await of('attic', '&before=1')).toEqual([])
    expect(await of('lobby', '&before=3')).toEqual(['hello lobby 1', 'hello lobby 0'])
    expect(await of('lobby', '&before=99&limit=1')).toEqual(['hello lobby 5'])
    expect(await texts(app, 'hello', '&limit=3')).toEqual(['hello lobby 5', 'hello lobby 4', 'hello attic 3'])
  })

  test('search results carry a snippet with marks', async () => {
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
])('search?%s is refused with 400', async (query, pointer) => {
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
])('the query %j is no syntax error', async (q) => {
  const app = await roomWith('a b c')
  await api(app).get('/api/chat/search').query({ q }).expect(200)
})

describe('length of a query', () => {
  const words = (count: number) => Array.from({ length: count }, (_, n) => `w${n}`).join(' ')

  test.each([
    ['ten words', words(10)],
    ['one word a hundred times', 'a '.repeat(100)],
    ['a word in different forms', 'Apt apt APT àpt "apt"'.repeat(9)],
    ['ten words and the first again', `${words(10)} w0`],
    ['a phrase of twelve words', `"${words(12)}"`],
  ])('a query of %s is accepted', async (_, q) => {
    const app = await roomWith(`${q} ${q}`.replaceAll('"', ''))
    expect((await search(app, q)).messages).toHaveLength(1)
  })

  test.each([
    ['eleven words', words(11)],
    ['eleven phrases', Array.from({ length: 11 }, (_, n) => `"a w${n}"`).join(' ')],
    ['phrases of 31 words in all', `"${words(16)}" "${words(15)}"`],
  ])('a query of %s is refused', async (_, q) => {
    const app = await startApp()
    const { body } = await api(app).get('/api/chat/search').query({ q }).expect(400)
    expect(body).toEqual(refusal(400, 'INVALID', '/q'))
  })
})

if (!isPostgres) {
  test('the search index has prefix lists of one to three letters', async () => {
    const app = await startApp()
    const { rows } = await sql<{
      sql: string
    }>`select sql from sqlite_master where name = 'messages_search'`.execute(app.db)
    expect(rows[0]?.sql).toContain("prefix='1 2 3'")
  })
}

describe('snippets', () => {
  const long = `${'word '.repeat(60)}Elephant ${'tail '.repeat(60)}`

  test('a snippet is the text around the first hit, with matching marks', () => {
    const { snippet, marks } = snippetOf(long, readTerms('elephant'))
    expect(snippet.length).toBeLessThanOrEqual(162)
    expect(snippet).toMatch(/^…word .*Elephant tail.*…$/)
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['Elephant'])
  })

  test('a snippet counts in UTF-16 units and never splits a character', () => {
    const { snippet, marks } = snippetOf('🚂🚂 tåget går', readTerms('taget'))
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['tåget'])
    expect(snippetOf('🚂'.repeat(200), readTerms('x')).snippet.isWellFormed()).toBe(true)
  })

  test('a snippet marks a phrase as one hit', () => {
    const { snippet, marks } = snippetOf('to be or not to be', readTerms('"to be" or'))
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['to be', 'or', 'to be'])
  })

  test.each([
    ['at the end of a long text', `${'word '.repeat(3_000)}Elephant`, 'elephant', 'Elephant'],
    ['after many words that only contain it', `${'bananas '.repeat(1_500)}na`, '"na"', 'na'],
    ['across a chunk of the text', `${'x'.repeat(1_020)} nice elephant`, '"nice elephant"', 'nice elephant'],
    ['behind accents', `${'e\u0301te\u0301 '.repeat(600)}éléphant`, 'elephant', 'éléphant'],
    ['in another script', `${'слово '.repeat(900)}Слон`, 'слон', 'Слон'],
  ])('a snippet finds its hit %s', (_, text, q, hit) => {
    const { snippet, marks } = snippetOf(text, readTerms(q))
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual([hit])
  })

  test('a snippet finds a hit at any position', () => {
    for (let before = 0; before < 2_400; before += 1) {
      const { snippet, marks } = snippetOf(
        `${'x'.repeat(before)} to be, ${'y'.repeat(300)}`,
        readTerms('"to be"'),
      )
      expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['to be'])
    }
  })

  test('a snippet marks whole words only', () => {
    const { snippet, marks } = snippetOf(`elephant ${'x'.repeat(146)}elephant`, readTerms('elephant "xxx"'))
    expect(marks.map(([from, to]) => snippet.slice(from, to))).toEqual(['elephant'])
    expect(
      snippetOf(`${'x'.repeat(1_023)}nice x ${'word '.repeat(90)}nice`, readTerms('"nice"')).snippet,
    ).toMatch(/word nice$/)
  })

  test('a snippet has only the marks within it', () => {
    const { snippet, marks } = snippetOf('a b '.repeat(4_000), readTerms('"a" "b"'))
    expect(marks).toHaveLength(80)
    expect(marks.at(-1)?.[1]).toBeLessThanOrEqual(snippet.length)
  })
})
