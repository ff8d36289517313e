import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { createHistoryTransfer } from '../src/chat/log/history-transfer.ts'
import { isPostgres } from './support/database.ts'
import { api, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { visitor } from './support/visitors.ts'

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

/** Texts, and queries that find each of them alone. */
const inRuns: Record<string, string[]> = {
  我好想要中文搜尋: [
    '中文',
    '中',
    '尋',
    '我',
    '文搜尋',
    '我好想要中文搜尋',
    '中文 好想',
    '"要中文"',
    'ㄅ中文'.slice(1),
  ],
  東京都庁で会う: ['都庁', '京都', '都庁で', '会う', '"う"'],
  '私はappleが好き。文': [
    'はapple',
    'appleが',
    '私はAPPLEが好き',
    'apple が好',
    '"apple が"',
    '"は apple"',
    '好き',
  ],
  대한민국입니다: ['민국', '대한', '입니다', '국', '민국'.normalize('NFD')],
  ['학교에서'.normalize('NFD')]: ['학교', '교에'],
  ไปกินข้าวที่บ้าน: ['กิน', 'ข้าว', 'บ้าน', 'กินข้าว', 'ข้'],
  ພາສາລາວ: ['ລາວ', 'ສາ'],
  ខ្ញុំរៀនភាសាខ្មែរ: ['ភាសា', 'ខ្មែរ'],
  မြန်မာစာ: ['မာစာ', 'စာ'],
  ｶﾞｰﾃﾞﾆﾝｸﾞ: ['ガーデ', 'ﾃﾞﾆﾝ', 'ニング'],
}

/** Texts, and other forms of a word by which each of them alone is found. */
const forms: Record<string, string[]> = {
  'ΟΔΟΣ ΑΝΘΡΩΠΟΣ': ['ΟΔΟΣ', 'οδος', 'οδοσ', 'άνθρωπος'],
  'ένας δρόμος': ['ΔΡΌΜΟΣ', 'ΔΡΟΜΟΣ', 'δρομοσ'],
  'Ёлка и йод': ['елка', 'ЁЛКА', 'иод'],
  Καλημέρα: ['καλημερα', 'ΚΑΛΗΜΈΡΑ'],
  'Große Maße': ['GROSSE', 'große', 'GROẞE', 'masse'],
  'İstanbul ISPARTA': ['istanbul', 'ISTANBUL', 'ıstanbul', 'isparta', 'ısparta'],
  'Ｆｕｌｌ　ｗｉｄｔｈ １２': ['full', 'WIDTH', '12', 'ｆｕｌｌ'],
  'e\u0301cole naïve': ['école', 'ecole', 'NAIVE'],
  'Tiếng Việt, Đà Nẵng': ['viet', 'việt'.normalize('NFD'), 'da nang', 'Đà'],
  'Łódź, Tromsø, Æsir': ['lodz', 'TROMSO', 'æsir', 'aesir'],
  'ﬁne oﬃce': ['fine', 'office'],
  'exam\u00adple na\u200bme': ['example', 'name'],
  שָׁלוֹם: ['שלום'],
  'مُحَمَّد، كتـــاب': ['محمد', 'كتاب'],
  'हिन्दी में': ['हिन्दी', 'में'],
  'Ձեւ և ուրիշ': ['ԵՒ', 'ձեւ'],
}

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

  test('search finds parts of texts without spaces', async () => {
    const app = await roomWith(...Object.keys(inRuns))
    for (const [text, queries] of Object.entries(inRuns))
      for (const q of queries) expect([q, await texts(app, q)]).toEqual([q, [text]])
    for (const q of ['字中', '中字', '京庁', '"文 搜"', '都庁会', '국민', '文。字', 'ราย'])
      expect([q, await texts(app, q)]).toEqual([q, []])
  })

  test('search finds words whatever their case, accents, width and form', async () => {
    const app = await roomWith(...Object.keys(forms))
    for (const [text, queries] of Object.entries(forms))
      for (const q of queries) {
        expect([q, await texts(app, q)]).toEqual([q, [text]])
        expect([q, await texts(app, `"${q}"`)]).toEqual([q, [text]])
      }
  })

  test('search finds emoji', async () => {
    const app = await roomWith('done🎉', '🎉🥳', 'the 👩‍👩‍👧 came', 'thanks ❤️ a lot', '👍🏽', '🇸🇪🇫🇮', 'Foo™ 1️⃣')
    expect(await texts(app, '🎉')).toEqual(['🎉🥳', 'done🎉'])
    expect(await texts(app, '🥳')).toEqual(['🎉🥳'])
    expect(await texts(app, 'done 🎉')).toEqual(['done🎉'])
    expect(await texts(app, '🎉🥳')).toEqual(['🎉🥳'])
    expect(await texts(app, '👩‍👩‍👧')).toEqual(['the 👩‍👩‍👧 came'])
    expect(await texts(app, '👧')).toEqual(['the 👩‍👩‍👧 came'])
    expect(await texts(app, '❤')).toEqual(['thanks ❤️ a lot'])
    expect(await texts(app, '👍')).toEqual(['👍🏽'])
    expect(await texts(app, '👍🏿')).toEqual(['👍🏽'])
    expect(await texts(app, '🇫🇮')).toEqual(['🇸🇪🇫🇮'])
    expect(await texts(app, '🇪🇫')).toEqual([])
    expect(await texts(app, '"foo"')).toEqual(['Foo™ 1️⃣'])
    expect(await texts(app, '1️⃣')).toEqual(['Foo™ 1️⃣'])
  })

  test('an edited message is found by its new text only, and a deleted one not at all', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
    const ada = await visitor(app, 'ada')
    const { id } = await ada.send('東京都庁で会う')
    await ada.ask('message:edit', { id, text: '京都で会う' })
    expect(await texts(app, '都庁')).toEqual([])
    expect(await texts(app, '京都')).toEqual(['京都で会う'])
    await ada.ask('message:edit', { id, text: '京都で、会う' })
    await ada.ask('message:react', { id, emoji: '🎉', on: true })
    expect(await texts(app, '京都')).toEqual(['京都で、会う'])
    expect(await texts(app, 'で会')).toEqual([])
    await ada.ask('message:delete', { id })
    expect(await texts(app, '京都')).toEqual([])
    const { rows } = await sql`select words from messages`.execute(app.db)
    expect(rows).toEqual([{ words: '' }])
  })

  test('a message of one very long word is stored, and found by its beginning', async () => {
    const app = await roomWith('x'.repeat(16_000), '𐐀'.repeat(4_000))
    expect(await texts(app, 'x'.repeat(200))).toHaveLength(1)
    expect(await texts(app, '𐐀𐐀')).toHaveLength(1)
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
    ['a sentence of sixty characters', '中文字'.repeat(20)],
  ])('a query of %s is accepted', async (_, q) => {
    const app = await roomWith(`${q} ${q}`.replaceAll('"', ''))
    expect((await search(app, q)).messages).toHaveLength(1)
  })

  test.each([
    ['eleven words', words(11)],
    ['eleven phrases', Array.from({ length: 11 }, (_, n) => `"a w${n}"`).join(' ')],
    ['seventy characters without a space', '中文字漢語日本'.repeat(10)],
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
