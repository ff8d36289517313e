import { expect, test } from '@jest/globals'
import { accountLog } from './support/moderation.ts'
import { api, bearer, memberAccount, memberToken, ownerAccount, ownerToken, signIn } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

const CHROME =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36'

/** What the owner reads in the log of their account, the earliest first. */
const logOf = async (app: TestApp, token: string) => (await accountLog(app, token)).toReversed()

test('the log of the owner’s account lists what was done to rooms and pages', async () => {
  const app = await startApp()
  const token = await ownerToken(app)
  const by = bearer(token)
  await api(app).post('/api/chat/rooms').set(by).send({ name: 'tea', title: 'Tea' }).expect(201)
  await api(app).patch('/api/chat/rooms/tea').set(by).send({ locked: true }).expect(200)
  await api(app).delete('/api/chat/rooms/tea').set(by).expect(204)
  await api(app)
    .put('/api')
    .set(by)
    .send({ name: 'Ada', headline: 'Engines', text: 'Hello', links: [] })
    .expect(200)
  const report = { title: 'One', text: 'words' }
  await api(app)
    .post('/api/reports')
    .set(by)
    .send({ week: 1, ...report })
    .expect(201)
  await api(app).put('/api/reports/week/1').set(by).send(report).expect(200)
  await api(app).delete('/api/reports/week/1').set(by).expect(204)
  // What was refused is not done.
  await api(app).delete('/api/chat/rooms/lobby').set(by).expect(403)
  await api(app).delete('/api/reports/week/1').set(by).expect(404)
  expect(await logOf(app, token)).toEqual([
    ['sign-in', null],
    ['create-room', 'tea'],
    ['change-room', 'tea'],
    ['remove-room', 'tea'],
    ['save-presentation', null],
    ['create-report', '1'],
    ['save-report', '1'],
    ['remove-report', '1'],
  ])
})

test('a sign-in is logged where the browser is new, with its name; a known one is not', async () => {
  const app = await startApp()
  await ownerToken(app)
  const login = () => api(app).post('/api/login').set('user-agent', CHROME).send(ownerAccount)
  const first = await login().expect(200)
  const cookies = first.headers['set-cookie'] as unknown as string[]
  const device = cookies.find((cookie) => cookie.startsWith('me_device=')) ?? ''
  const again = await login()
    .set('cookie', device.split(';')[0] ?? '')
    .expect(200)
  const { token } = (again.body as { data: { token: string } }).data
  expect(await logOf(app, token)).toEqual([
    ['sign-in', null],
    ['sign-in', 'Chrome, Linux'],
  ])
})

test('what members do with their accounts is not in it', async () => {
  const app = await startApp()
  const token = await memberToken(app)
  const change = { current: memberAccount.password, next: 'another engine' }
  await api(app).post('/api/me/password').set(bearer(token)).send(change).expect(204)
  expect(await logOf(app, await signIn(app, ownerAccount))).toEqual([['sign-in', null]])
})

test.each(['update', 'delete'])('the database refuses to %s a line', async (act) => {
  const app = await startApp()
  await ownerToken(app)
  const change =
    act === 'update'
      ? app.db.updateTable('account_log').set({ subject: 'nothing' })
      : app.db.deleteFrom('account_log')
  await expect(change.execute()).rejects.toThrow('the log of the account only grows')
})
