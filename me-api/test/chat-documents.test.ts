import { describe, expect, test } from '@jest/globals'
import type { PageData } from '../src/contract/index.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { startApp, type TestApp } from './support/start-app.ts'
import { visitor } from './support/visitors.ts'

/** The page's elements: what a reader without scripts sees. */
const pageOf = (document: string): string => /<main[\s\S]*<\/main>/.exec(document)?.[0] ?? ''
const messagesOf = (document: string): string[] =>
  [...pageOf(document).matchAll(/<article[\s\S]*?<\/article>/g)].map(([article]) => article)
const textOf = (html: string): string =>
  html
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
const dataOf = (document: string) =>
  JSON.parse(/id="page-data">([\s\S]*?)<\/script>/.exec(document)?.[1] ?? 'null') as PageData | null
const documentOf = async (app: TestApp, path: string, status = 200): Promise<string> =>
  (await api(app).get(path).expect(status)).text

/** An app with lines in its lobby, "line 1." the first. */
async function appWithLines(count: number) {
  const app = await startApp({ settings: { LIMIT_MESSAGES: 'off' } })
  const ada = await visitor(app, 'Ada')
  for (let line = 1; line <= count; line++) await ada.send(`line ${line}.`)
  return { app, ada }
}

describe('the documents of the chat', () => {
  test('a room’s document holds its title and its 50 newest messages, oldest first', async () => {
    const { app } = await appWithLines(53)
    for (const path of ['/chat', '/chat/lobby', '/chat/lobby/53']) {
      const document = await documentOf(app, path)
      expect(document).toContain('<title>Lobby – ')
      expect(textOf(pageOf(document))).toMatch(/^Lobby/)
      const messages = messagesOf(document)
      expect(messages).toHaveLength(50)
      expect(textOf(messages[0]!)).toContain('line 4.')
      expect(textOf(messages.at(-1)!)).toContain('line 53.')
      expect(pageOf(document)).toContain('<a href="/chat/lobby/4">Earlier messages</a>')
    }
  })

  test('each message has its author’s nick, its time and its formatted text', async () => {
    const { app, ada } = await appWithLines(0)
    const { id } = await ada.send(
      '**Bold** and `code`, see https://example.org/a and [here](https://example.org/b)',
    )
    await ada.send({
      room: 'lobby',
      text: '> quoted\n\n101. one\n\n```js\nlet a\n```',
      replyTo: id,
    })
    const [first = '', second = ''] = messagesOf(await documentOf(app, '/chat'))
    expect(first).toMatch(/<bdi class="nick"[^>]*>Ada<\/bdi>/)
    expect(first).toMatch(/<time [^>]*datetime="\d{4}-[^"]*Z"[^>]*>\d\d:\d\d<\/time>/)
    expect(first).toContain('<strong')
    expect(first).toMatch(/<code[^>]*>code<\/code>/)
    expect(first).toMatch(/<a href="https:\/\/example\.org\/a"[^>]* rel="noopener noreferrer nofollow ugc"/)
    expect(textOf(second)).toContain('Ada: Bold and code, see')
    expect(second).toMatch(/<blockquote[^>]*>/)
    expect(second).toMatch(/<ol [^>]*class="digits-4"/)
    expect(second).toContain('<span class="keyword"')
  })

  test('no document of the chat sets a style by an attribute', async () => {
    const { app, ada } = await appWithLines(0)
    const { id } = await ada.send('1. one\n2. two')
    await ada.ask('message:react', { id, emoji: '👍', on: true })
    for (const path of ['/chat', '/chat/lobby/1', '/chat/nowhere', '/chat/lobby/9'])
      expect((await api(app).get(path)).text).not.toMatch(/\sstyle=/)
  })

  test('the document of an older message holds those around it, with ways on', async () => {
    const { app } = await appWithLines(130)
    const document = await documentOf(app, '/chat/lobby/40')
    const messages = messagesOf(document)
    expect(messages).toHaveLength(50)
    expect(textOf(messages[0]!)).toContain('line 16.')
    expect(textOf(messages.at(-1)!)).toContain('line 65.')
    expect(pageOf(document)).toMatch(
      /<article class="message first lit"[^>]*>(?:(?!<\/article>)[\s\S])*line 40\./,
    )
    for (const [address, words] of [
      ['/chat/lobby/16', 'Earlier messages'],
      ['/chat/lobby/65', 'Later messages'],
      ['/chat', 'Jump to latest'],
    ])
      expect(pageOf(document)).toContain(`<a href="${address}">${words}</a>`)
  })

  test('what others wrote is text, and cannot end the data for the script', async () => {
    const { app, ada } = await appWithLines(0)
    const owner = bearer(await ownerToken(app))
    const title = 'a </script><!-- $& \u2028 b'
    await api(app).post('/api/chat/rooms').set(owner).send({ name: 'attic', title }).expect(201)
    await ada.send({
      room: 'attic',
      text: '</script><script>alert(1)</script> <!-- $& \u2028',
    })
    const plain = (await documentOf(app, '/chat')).match(/<script/g)?.length
    const document = await documentOf(app, '/chat/attic')
    expect(document.match(/<script/g)).toHaveLength(plain!)
    expect(dataOf(document)?.chat?.rooms.find(({ name }) => name === 'attic')?.title).toBe(title)
    expect(dataOf(document)?.chat?.change?.messages[0]?.text).toContain('</script><script>alert(1)</script>')
    expect(document.slice(document.indexOf('id="page-data"'))).not.toMatch(/<!--|\u2028/)
  })

  test('a deleted message has no words, and a room without messages says so', async () => {
    const { app, ada } = await appWithLines(0)
    expect(textOf(pageOf(await documentOf(app, '/chat')))).toContain('Nobody has said anything yet.')
    const { id } = await ada.send('never mind')
    await ada.ask('message:delete', { id })
    const document = await documentOf(app, '/chat/lobby')
    expect(textOf(messagesOf(document)[0]!)).toContain('This message was deleted.')
    expect(document).not.toContain('never mind')
  })

  test('a room that not everybody may read is answered like one that is not there', async () => {
    const app = await startApp({ mayRead: (person, room) => room !== 'attic' || person?.role === 'owner' })
    const owner = bearer(await ownerToken(app))
    await api(app).post('/api/chat/rooms').set(owner).send({ name: 'attic', title: 'Hidden' }).expect(201)
    await api(app).post('/api/chat/rooms/attic/messages').set(owner).send({ text: 'secret' }).expect(201)
    const hidden = await documentOf(app, '/chat/attic', 404)
    const missing = await documentOf(app, '/chat/cellar', 404)
    expect(hidden.replaceAll('attic', 'cellar')).toBe(missing)
    expect(await documentOf(app, '/chat')).not.toMatch(/attic|Hidden/)
    await documentOf(app, '/chat/attic/1', 404)
  })

  test.each(['/chat/%zz', '/chat/%ff', '/chat/lobby/%zz', '/chat/%zz/1'])(
    'an address with a broken escape, %s, has a document like others that are not there',
    async (path) => {
      const { headers, text } = await api(await startApp())
        .get(path)
        .expect(404)
      expect(headers['content-type']).toContain('text/html')
      expect(textOf(pageOf(text))).toMatch(/doesn&#39;t exist|Nobody lives/)
    },
  )

  test('the document of a message that is not there says so alone, and leads to the newest ones', async () => {
    const { app } = await appWithLines(2)
    const document = await documentOf(app, '/chat/lobby/77', 404)
    expect(textOf(pageOf(document))).toContain('That message no longer exists.')
    expect(messagesOf(document)).toEqual([])
    expect(pageOf(document)).toContain('<a href="/chat">Jump to latest</a>')
  })

  test('a document is made at most once a second, however many ask, and is the same until the room changes', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const ada = await visitor(app, 'Ada')
    await ada.send('first')
    const ask = async () => (await api(app).get('/chat').expect(200)).headers['etag']
    const [etag, ...others] = await Promise.all(Array.from({ length: 20 }, ask))
    expect(new Set(others)).toEqual(new Set([etag]))
    await ada.send('second')
    clock.advance(999)
    expect(await ask()).toBe(etag)
    clock.advance(1)
    const later = await ask()
    expect(later).not.toBe(etag)
    clock.advance(60_000)
    await api(app).get('/chat').set('if-none-match', later!).expect(304)
  })

  test('long messages are whole as far as they are quick to format; the others lead to their own document', async () => {
    const { app, ada } = await appWithLines(0)
    const long = (name: string) => `${name} ${'**word** '.repeat(430)}end of ${name}.`
    for (let n = 1; n <= 8; n++) await ada.send(long(`message ${n}`))
    const document = await documentOf(app, '/chat')
    const messages = messagesOf(document).map(textOf)
    expect(messages.map((text) => /end of message \d/.test(text))).toEqual([
      ...Array<boolean>(4).fill(false),
      ...Array<boolean>(4).fill(true),
    ])
    expect(pageOf(document)).toContain('href="/chat/lobby/1">Show all</a>')
    const own = messagesOf(await documentOf(app, '/chat/lobby/1')).map(textOf)
    expect(own[0]).toContain('end of message 1.')
  })

  test('code is in colours as far as they are quick to find, and whole beyond that', async () => {
    const { app, ada } = await appWithLines(0)
    const code = (length: number) => `\`\`\`ini\n${'a=1 # b\n'.repeat(length / 8)}end\n\`\`\``
    for (const length of [1_600, 800, 800, 800, 800, 800, 800]) await ada.send(code(length))
    const messages = messagesOf(await documentOf(app, '/chat'))
    expect(messages.map((html) => /<span class="(?:name|keyword|value|aside)"/.test(html))).toEqual([
      ...[false, true, true, true, true, false, false],
    ])
    expect(messages.map((html) => textOf(html).includes('a=1 # b end'))).toEqual(Array(7).fill(true))
  })

  test('somebody who asks for many documents does not take them from others', async () => {
    const app = await startApp({ settings: { TRUST_PROXY: '1' } })
    await (await visitor(app, 'Ada')).send('first')
    const ask = async (path: string, address: string) =>
      messagesOf((await api(app).get(path).set('x-forwarded-for', address)).text).length
    const flood = Array.from({ length: 40 }, (_, index) => ask(`/chat/lobby/${index}`, '192.0.2.1'))
    // Some of them come without their messages, because too many wait.
    const one = Promise.withResolvers<void>()
    for (const asked of flood) void asked.then((count) => count === 0 && one.resolve())
    await one.promise
    const others = ['/chat', '/chat?lang=sv', '/chat?lang=nb'].map((path) => ask(path, '198.51.100.1'))
    expect(await Promise.all(others)).toEqual([1, 1, 1])
    await Promise.all(flood)
  })

  test('however an address is written, its document is shared', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const ada = await visitor(app, 'Ada')
    await ada.send('first')
    const tags = async () =>
      Promise.all(
        ['/chat/lobby', '/chat/lobby/', '/CHAT/Lobby', '/chat/lobby?x=1'].map(
          async (path) => (await api(app).get(path).expect(200)).headers['etag'],
        ),
      )
    const [etag] = await tags()
    await ada.send('second')
    expect(await tags()).toEqual(Array(4).fill(etag))
  })

  test('a room refreshes itself where no script does, but not while one writes, nor in its history', async () => {
    const { app } = await appWithLines(1)
    const refresh = '<noscript><meta http-equiv="refresh" content="20"></noscript>'
    for (const path of ['/chat', '/chat/lobby', '/chat?other'])
      expect(await documentOf(app, path)).toContain(refresh)
    for (const path of ['/chat?write', '/chat/lobby?write=1', '/chat/lobby/1', '/reports'])
      expect(await documentOf(app, path)).not.toContain('http-equiv="refresh"')
  })

  test.each([
    ['sv', 'I dag', 'Tidigare meddelanden'],
    ['nb', 'I dag', 'Tidligere meldinger'],
  ])('the document speaks %s', async (language, today, earlier) => {
    const { app } = await appWithLines(51)
    const text = textOf(pageOf(await documentOf(app, `/chat?lang=${language}`)))
    expect(text).toContain(today)
    expect(text).toContain(earlier)
  })
})
