import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { describe, expect, test } from '@jest/globals'
import { createConcurrencyGate } from '../src/accounts/concurrency-gate.ts'
import { hashPassword } from '../src/accounts/passwords.ts'
import { api, memberAccount, memberToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { eventually } from './support/visitors.ts'

const busy = () => new Error('busy')

/** A task that ends when `end` is called. */
function task() {
  let end = (): void => {}
  const ended = new Promise<void>((resolve) => (end = resolve))
  const state = { hasBegun: false, end, run: async () => ((state.hasBegun = true), ended) }
  return state
}

describe('concurrency gate', () => {
  test('the concurrency gate runs two tasks at once, lets three wait and refuses more', async () => {
    const gate = createConcurrencyGate({ atOnce: 2, waitingMax: 3, busy })
    const tasks = Array.from({ length: 5 }, task)
    const runs = tasks.map(({ run }) => gate(run))
    await expect(gate(task().run)).rejects.toThrow('busy')
    const begun = () => tasks.map(({ hasBegun }) => hasBegun)
    expect(begun()).toEqual([true, true, false, false, false])
    tasks[1]?.end()
    await eventually(() => expect(begun()).toEqual([true, true, true, false, false]))
    for (const { end } of tasks) end()
    await Promise.all(runs)
    expect(begun()).toEqual([true, true, true, true, true])
  })

  test('the concurrency gate starts the next task after one that fails', async () => {
    const gate = createConcurrencyGate({ atOnce: 1, waitingMax: 1, busy })
    const failing = gate(() => Promise.reject(new Error('it failed')))
    const next = gate(() => Promise.resolve('done'))
    await expect(failing).rejects.toThrow('it failed')
    expect(await next).toBe('done')
    expect(await gate(() => Promise.resolve('again'))).toBe('again')
  })
})

describe('more sign-ins at once than the server can hash', () => {
  const attempts = (app: TestApp, count: number, credentials: object) =>
    Promise.all(Array.from({ length: count }, () => api(app).post('/api/login').send(credentials)))

  test.each([
    ['a wrong password', { ...memberAccount, password: 'a guess of mine' }, 401],
    ['an unknown e-mail', { email: 'nobody@example.org', password: 'a guess of mine' }, 401],
    ['the right password', memberAccount, 200],
  ])('sign-ins beyond the capacity answer 503 with Retry-After: %s', async (_what, credentials, usual) => {
    const app = await startApp({ settings: { LIMIT_LOGINS: 'off' } })
    await memberToken(app)
    const answers = await attempts(app, 250, credentials)
    const refused = answers.filter(({ status }) => status === 503)
    expect(refused.length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status === usual).length).toBe(250 - refused.length)
    expect(refused[0]?.body).toEqual(refusal(503, 'UNAVAILABLE'))
    expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0)
    await api(app).post('/api/login').send(memberAccount).expect(200)
  })

  test('registrations, password changes and two-factor requests beyond the capacity answer 503', async () => {
    const app = await startApp({
      settings: { LIMIT_LOGINS: 'off', LIMIT_JOINS: 'off', PROOF_OF_WORK: 'off' },
    })
    const token = await memberToken(app)
    const mine = (path: string, body: object) =>
      api(app).post(path).set('authorization', `Bearer ${token}`).send(body)
    const statusesOf = async (send: (n: number) => PromiseLike<{ status: number }>) =>
      new Set((await Promise.all(Array.from({ length: 120 }, (_, n) => send(n)))).map(({ status }) => status))
    const password = 'a guess of mine'
    const register = (n: number) =>
      api(app)
        .post('/api/register')
        .send({ email: `${n}@example.org`, nick: `nick ${n}`, password })
    expect(await statusesOf(register)).toEqual(new Set([201, 503]))
    const change = { current: password, next: 'another engine' }
    expect(await statusesOf(() => mine('/api/me/password', change))).toEqual(new Set([403, 503]))
    expect(await statusesOf(() => mine('/api/me/second-step', { password }))).toEqual(new Set([403, 503]))
  })

  test('the server does nothing for clients that left before their turn, and counts such a sign-in as failed', async () => {
    const app = await startApp({ settings: { LIMIT_LOGINS: '1/15m' } })
    await memberToken(app)
    const count = async (table: 'users' | 'sessions') =>
      (await app.db.selectFrom(table).select('id').execute()).length
    const before = [await count('users'), await count('sessions')]
    const others = Array.from({ length: 30 }, (_, n) => hashPassword(`of somebody else ${n}`))
    await leaveAfter(app, '/api/login', memberAccount)
    await leaveAfter(app, '/api/register', { ...memberAccount, email: 'bo@example.org', nick: 'Bo' })
    await Promise.all(others)
    // Behind both in the queue.
    await hashPassword('the last one')
    expect([await count('users'), await count('sessions')]).toEqual(before)
    await api(app).post('/api/login').send(memberAccount).expect(429)
  })

  test('a sign-in refused for lack of capacity does not count as failed', async () => {
    const app = await startApp({ settings: { LIMIT_LOGINS: '45/15m' } })
    await memberToken(app)
    const wrong = { ...memberAccount, password: 'a guess of mine' }
    const answers = await attempts(app, 45, wrong)
    let failed = answers.filter(({ status }) => status === 401).length
    expect(failed).toBeLessThan(45)
    for (;;) {
      const { status } = await api(app).post('/api/login').send(wrong)
      if (status === 429) break
      expect(status).toBe(401)
      failed++
    }
    expect(failed).toBe(45)
  })
})

/** Sends a request that has to wait, and closes the connection once the server has all of it. */
async function leaveAfter(app: TestApp, path: string, body: object): Promise<void> {
  const arrived = once(app.app.server, 'request') as Promise<[IncomingMessage]>
  const sent = request(`${app.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
  })
  sent.on('error', () => undefined)
  sent.end(JSON.stringify(body))
  const [received] = await arrived
  if (!received.readableEnded) await once(received, 'end')
  sent.destroy()
  const { socket } = received
  if (!socket.destroyed) await once(socket, 'close')
}
