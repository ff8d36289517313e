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
  const wrong = { ...memberAccount, password: 'a guess of mine' }

  test.each([
    ['a wrong password', wrong, 401],
    ['an unknown e-mail', { ...wrong, email: 'nobody@example.org' }, 401],
    ['the right password', memberAccount, 200],
  ])('sign-ins beyond the capacity answer 503 with Retry-After: %s', async (_what, credentials, usual) => {
    const app = await startApp({ settings: { LIMIT_LOGINS: 'off' } })
    await memberToken(app)
    const emptyQueue = fillQueue()
    const { body, headers } = await api(app).post('/api/login').send(credentials).expect(503)
    expect(body).toEqual(refusal(503, 'UNAVAILABLE'))
    expect(Number(headers['retry-after'])).toBeGreaterThan(0)
    await emptyQueue()
    await api(app).post('/api/login').send(credentials).expect(usual)
  })

  test('registrations, password changes and two-factor requests beyond the capacity answer 503', async () => {
    const app = await startApp({ settings: { LIMIT_LOGINS: 'off', PROOF_OF_WORK: 'off' } })
    const token = await memberToken(app)
    const mine = (path: string, body: object) =>
      api(app).post(path).set('authorization', `Bearer ${token}`).send(body)
    const { password } = wrong
    const attempts = async () => {
      const answers = [
        await api(app).post('/api/register').send({ email: 'bo@example.org', nick: 'Bo', password }),
        await mine('/api/me/password', { current: password, next: 'another engine' }),
        await mine('/api/me/second-step', { password }),
      ]
      return answers.map(({ status }) => status)
    }
    const emptyQueue = fillQueue()
    expect(await attempts()).toEqual([503, 503, 503])
    await emptyQueue()
    expect(await attempts()).toEqual([201, 403, 403])
  })

  test('a hundred sign-ins at once are each verified or refused', async () => {
    const app = await startApp({ settings: { LIMIT_LOGINS: 'off' } })
    await memberToken(app)
    const attempts = Array.from({ length: 100 }, () => api(app).post('/api/login').send(wrong))
    const statuses = (await Promise.all(attempts)).map(({ status }) => status)
    expect(statuses).toContain(401)
    expect(statuses.filter((status) => status !== 401 && status !== 503)).toEqual([])
    await api(app).post('/api/login').send(memberAccount).expect(200)
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
    const app = await startApp({ settings: { LIMIT_LOGINS: '2/15m' } })
    await memberToken(app)
    const attempt = async () => (await api(app).post('/api/login').send(wrong)).status
    const emptyQueue = fillQueue()
    expect([await attempt(), await attempt(), await attempt()]).toEqual([503, 503, 503])
    await emptyQueue()
    expect([await attempt(), await attempt(), await attempt()]).toEqual([401, 401, 429])
  })
})

/**
 * Keeps the queue full, so that every request meanwhile is beyond the capacity, however fast the machine is.
 * @returns a function that stops filling it and resolves once it is empty
 */
function fillQueue(): () => Promise<unknown> {
  let isFilling = true
  const hashAgain = async () => {
    while (isFilling) await hashPassword('of somebody else')
  }
  // More than the queue holds: those beyond its capacity are refused at once, and end.
  const ended = Promise.allSettled(Array.from({ length: 100 }, hashAgain))
  return () => {
    isFilling = false
    return ended
  }
}

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
