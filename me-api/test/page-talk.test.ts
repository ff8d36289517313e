import { describe, expect, test } from '@jest/globals'
import type { PageData } from '../src/contract/index.ts'
import type { ReadRule } from '../src/chat/rooms/read-rule.ts'
import { manualClock } from './support/manual-clock.ts'
import { api, bearer, ownerToken } from './support/rest.ts'
import { siteWithReport } from './support/site-with-report.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { visitor } from './support/visitors.ts'

const path = '/reports/week/4'
const quote = { exact: 'One server', prefix: '', suffix: ' per file' }

const read = async (app: TestApp, at = path): Promise<string> => (await api(app).get(at).expect(200)).text

/** What readers without script find about the page. */
const saidIn = (document: string): string =>
  /<div class="said"[^>]*>([\s\S]*?)<\/div>/.exec(document)?.[1] ?? ''

const dataIn = (document: string): PageData =>
  JSON.parse(/id="page-data">([\s\S]*?)<\/script>/.exec(document)![1]!) as PageData

describe('what is said about a page, in its document', () => {
  test('stands there with passage, author and the way to the message, for readers without script alone', async () => {
    const app = await siteWithReport()
    const ada = await visitor(app, 'Ada')
    expect(saidIn(await read(app, '/'))).toBe('')
    await ada.send({ text: 'Why **not** <two>?', about: { path, quote } })
    await ada.send({ text: 'Who lives here?', about: { path: '/' } })
    const document = await read(app)
    expect(saidIn(document)).toContain('Why not &lt;two&gt;?')
    expect(saidIn(document)).toContain('One server')
    expect(saidIn(document)).toContain('<a href="/chat/lobby/1">')
    expect(saidIn(document)).not.toContain('Who lives here?')
    expect(dataIn(document)).not.toHaveProperty('about')
    expect(await read(app, '/reports')).not.toContain('class="said"')
  })

  test('is at most a second old, and the same document until something has changed', async () => {
    const clock = manualClock()
    const app = await siteWithReport(clock)
    const ada = await visitor(app, 'Ada')
    const tagOf = async () => (await api(app).get(path)).headers['etag']
    const before = await tagOf()
    const { id } = await ada.send({ text: 'Why?', about: { path, quote } })
    clock.advance(1_000)
    expect(saidIn(await read(app))).toContain('Why?')
    const said = await tagOf()
    expect(said).not.toBe(before)
    await ada.send('About nothing')
    clock.advance(1_000)
    expect(await tagOf()).toBe(said)
    await ada.ask('message:delete', { id })
    clock.advance(1_000)
    expect(await tagOf()).toBe(before)
  })

  test('is what everybody may read, whoever asks', async () => {
    const mayRead: ReadRule = (by, room) => room === 'lobby' || by?.role === 'owner'
    const app = await startApp({ mayRead })
    const token = await ownerToken(app)
    await api(app).post('/api/chat/rooms').set(bearer(token)).send({ name: 'den', title: 'Den' }).expect(201)
    await api(app)
      .post('/api/chat/rooms/den/messages')
      .set(bearer(token))
      .send({ text: 'Between us', about: { path: '/' } })
      .expect(201)
    const { text } = await api(app).get('/').set(bearer(token)).expect(200)
    expect(text).not.toContain('Between us')
  })

  test('does no harm where the report is deleted', async () => {
    const app = await siteWithReport()
    await (await visitor(app, 'Ada')).send({ text: 'Why?', about: { path, quote } })
    await api(app)
      .delete(`/api${path}`)
      .set(bearer(await ownerToken(app)))
      .expect(204)
    expect((await api(app).get(path).expect(404)).text).not.toContain('Why?')
    expect(await read(app, '/chat')).toContain(`href="${path}?about=`)
  })
})
