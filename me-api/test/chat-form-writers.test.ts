import { describe, expect, test } from '@jest/globals'
import { type Browser, browser } from './support/browser.ts'
import { messagesOf, readAndWrite, sameBrowser, signInWith, textsOf, write } from './support/chat-form.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, memberAccount, memberToken, ownerAccount, withOwner } from './support/rest.ts'
import { startApp } from './support/start-app.ts'

describe('who writes without script', () => {
  test('a visitor keeps the nick by a cookie that no script reads, also after a restart', async () => {
    const app = await startApp()
    const ada = browser(app)
    const sent = await write(ada, { nick: 'Ada', text: 'one' })
    expect(sent.set.find((line) => line.startsWith('me_visitor='))).toMatch(
      /; Path=\/; .*HttpOnly; SameSite=Lax$/,
    )
    await app.close()
    const again = await startApp({ folder: app.folder })
    const back = sameBrowser(ada, again)
    expect((await back.get('/chat/lobby')).nick).toBe('Ada')
    expect((await write(back, { nick: '', text: 'two' })).status).toBe(303)
    const [one, two] = await messagesOf(again)
    expect(two?.author).toEqual(one?.author)
  })

  test('over https the cookies have the prefix that binds them to the host', async () => {
    const app = await startApp({ settings: { SITE_URL: 'https://site.example' } })
    const { headers } = await api(app).get('/chat').set('host', 'site.example').expect(200)
    expect(headers['set-cookie']).toEqual([
      expect.stringMatching(/^__Host-me_tab=[\w-]{22}; Path=\/; HttpOnly; Secure; Same/),
    ])
  })

  test('a document of the chat names the tab once, and no other page does', async () => {
    const app = await startApp()
    const reader = browser(app)
    const first = await reader.get('/chat/lobby')
    expect(first.set).toEqual([expect.stringMatching(/^me_tab=[\w-]{22}; Path=\/; HttpOnly; SameSite=Lax$/)])
    expect(first.headers.get('cache-control')).toBe('private, no-cache')
    expect((await reader.get('/chat/lobby/1')).set).toEqual([])
    expect((await browser(app).get('/')).set).toEqual([])
  })

  test('another nick renames the visitor', async () => {
    const app = await startApp()
    const ada = browser(app)
    await write(ada, { nick: 'Ada', text: 'one' })
    await write(ada, { nick: 'Grace', text: 'two' })
    const [one, two] = await messagesOf(app)
    expect([one?.author.nick, two?.author.nick]).toEqual(['Ada', 'Grace'])
    expect(two?.author.id).toBe(one?.author.id)
    expect((await ada.get('/chat')).nick).toBe('Grace')
  })

  test('renaming is limited as everywhere', async () => {
    const app = await startApp({ settings: { LIMIT_MESSAGES: '2/1m' } })
    const ada = browser(app)
    await write(ada, { nick: 'Ada', text: 'one' })
    for (const nick of ['Ada 2', 'Ada 3', 'Ada 4']) await write(ada, { nick, text: '' })
    for (const nick of ['Ada 5', 'Ada 6']) await write(ada, { nick, text: nick })
    const refused = await write(ada, { nick: 'Ada 7', text: 'no' })
    expect(refused).toMatchObject({ status: 429, text: 'no', nick: 'Ada 7' })
  })

  test('who is signed in writes as who they are, whatever nick the form says', async () => {
    const app = await withOwner(await startApp())
    await memberToken(app)
    const ada = browser(app)
    await signInWith(ada, memberAccount)
    const shown = await ada.get('/chat/lobby')
    expect(shown.html).toContain('Signed in as Ada')
    expect(shown.nick).toBeUndefined()
    expect((await write(ada, { nick: 'Mallory', text: 'one' })).status).toBe(303)
    expect((await write(ada, { text: 'two' })).status).toBe(303)
    expect((await messagesOf(app)).map(({ author }) => [author.nick, author.role])).toEqual([
      ['Ada', 'member'],
      ['Ada', 'member'],
    ])
    expect(ada.cookies.has('me_visitor')).toBe(false)
    const { alert, html } = await write(ada, { text: ' ' })
    expect(alert).toBe('Write a message first.')
    expect(html).toContain('Signed in as Ada')
  })

  test('without cookies the first message is sent, and the next with that nick is told why it is not', async () => {
    const app = await startApp()
    const form = { nick: 'Ada', text: 'one', nonce: '0' }
    expect((await browser(app).post('/chat/lobby', form)).status).toBe(303)
    const refused = await browser(app).post('/chat/lobby', { ...form, text: 'two' })
    expect(refused).toMatchObject({ status: 409, nick: 'Ada', text: 'two', invalid: ['nick'] })
    expect(refused.alert).toMatch(/Somebody else has that nick.*allow cookies/)
  })

  test('an answer that was lost costs nobody the nick: the tab has it', async () => {
    const app = await startApp()
    const ada = browser(app)
    await readAndWrite(ada, { nick: 'Ada', text: 'one' })
    ada.cookies.delete('me_visitor')
    expect((await write(ada, { nick: 'Ada', text: 'two' })).status).toBe(303)
    const [one, two] = await messagesOf(app)
    expect(two?.author.id).toBe(one?.author.id)
  })

  test.each(['garbage', 'a.b.c', '%00', 'x'.repeat(3_000)])(
    'a visitor’s cookie such as %j counts as none',
    async (value) => {
      const app = await startApp()
      const ada = browser(app)
      ada.cookies.set('me_visitor', value)
      expect((await write(ada, { nick: '', text: 'hi' })).alert).toBe('Pick a nick first.')
      expect((await write(ada, { nick: 'Ada', text: 'hi' })).status).toBe(303)
      expect(await textsOf(app)).toEqual(['hi'])
    },
  )

  test('a visitor who has signed out everywhere is a new one', async () => {
    const app = await startApp()
    const ada = browser(app)
    await write(ada, { nick: 'Ada', text: 'one' })
    const token = ada.cookies.get('me_visitor') ?? ''
    await api(app).delete('/api/me/sessions').set(bearer(token)).expect(204)
    const page = await ada.get('/chat')
    expect(page).toMatchObject({ status: 200, nick: '' })
    expect(await write(ada, { nick: '', text: 'two' })).toMatchObject({ status: 400, text: 'two' })
    expect((await write(ada, { nick: 'Ada', text: 'two' })).status).toBe(303)
    const [one, two] = await messagesOf(app)
    expect(two?.author.id).not.toBe(one?.author.id)
  })

  test('a nick stays held while its visitor’s page is read again', async () => {
    const clock = manualClock()
    const app = await startApp({ clock })
    const ada = browser(app)
    await ada.post('/chat/lobby', { nick: 'Ada', text: 'one' })
    const other = browser(app)
    const post = (one: Browser, form: Record<string, string>) => {
      clock.advance(1_000)
      return one.post('/chat/lobby', form)
    }
    for (let seconds = 0; seconds < 120; seconds += 20) {
      clock.advance(20_000)
      await ada.get('/chat/lobby')
    }
    expect((await post(other, { nick: 'Ada', text: 'x' })).status).toBe(409)
    clock.advance(61_000)
    expect((await post(other, { nick: 'Ada', text: 'mine now' })).status).toBe(303)
    // Reading takes nothing back, and writing says why it is not sent.
    await ada.get('/chat/lobby')
    expect((await post(other, { nick: 'Ada', text: 'still' })).status).toBe(303)
    expect(await post(ada, { nick: 'Ada', text: 'two' })).toMatchObject({ status: 409, text: 'two' })
    expect(await post(ada, { nick: '', text: 'two' })).toMatchObject({
      status: 400,
      alert: 'Pick a nick first.',
    })
  })

  test('a member’s name cannot end the attribute it stands in', async () => {
    const app = await withOwner(await startApp())
    // The shortest way to a nick that no rule allows: one of an older version.
    await memberToken(app)
    const nick = `"><i>$& $1 $\` </textarea>'`
    await app.db.updateTable('users').set({ nick }).where('email', '=', memberAccount.email).execute()
    const ada = browser(app)
    await signInWith(ada, memberAccount)
    const { html } = await ada.get('/chat/lobby')
    expect(html).toContain('Signed in as &quot;&gt;&lt;i&gt;$&amp; $1 $` &lt;/textarea&gt;&#39;</p>')
  })

  test('what one reader gets for their nick is not what others get, and is told by its own ETag', async () => {
    const app = await startApp()
    const ada = browser(app)
    await write(ada, { nick: 'Ada', text: 'hi' })
    const [own, others] = [await ada.get('/chat'), await browser(app).get('/chat')]
    expect([own.nick, others.nick]).toEqual(['Ada', ''])
    const etag = own.headers.get('etag') ?? ''
    expect(etag).not.toBe(others.headers.get('etag'))
    expect((await ada.get('/chat', { 'if-none-match': etag })).status).toBe(304)
    expect((await browser(app).get('/chat', { 'if-none-match': etag })).status).toBe(200)
    expect(own.headers.get('vary')).toContain('Cookie')
  })
})

test('the owner who signs in writes without limits', async () => {
  const app = await withOwner(await startApp({ settings: { LIMIT_MESSAGES: '1/1m' } }))
  const owner = browser(app)
  await signInWith(owner, ownerAccount)
  for (const text of ['one', 'two', 'three']) expect((await owner.post('/chat', { text })).status).toBe(303)
})
