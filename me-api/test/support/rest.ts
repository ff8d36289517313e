import { expect } from '@jest/globals'
import request from 'supertest'
import type { TestApp } from './start-app.ts'

export const ownerAccount = { email: 'owner@example.org', password: 'correct horse battery' }
export const bosAccount = { email: 'bo@example.org', password: 'a second engine', nick: 'Bo' }
export const memberAccount = { email: 'ada@example.org', password: 'a lovely engine', nick: 'Ada' }

export const api = ({ url }: TestApp) => request(url)

export async function signIn(
  app: TestApp,
  { email, password }: { email: string; password: string },
): Promise<string> {
  const { body } = await api(app).post('/api/login').send({ email, password }).expect(200)
  return (body as { data: { token: string } }).data.token
}

/** Before there is an owner nobody registers. */
export async function withOwner(app: TestApp): Promise<TestApp> {
  if (!(await app.app.owner.exists())) await app.app.owner.set(ownerAccount)
  return app
}

/** The owner's token. */
export async function ownerToken(app: TestApp): Promise<string> {
  await withOwner(app)
  return signIn(app, ownerAccount)
}

/** The token of a new member. */
export async function memberToken(app: TestApp, account = memberAccount): Promise<string> {
  await withOwner(app)
  const { body } = await api(app).post('/api/register').send(account).expect(201)
  return (body as { data: { token: string } }).data.token
}

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

/** One error as REST says it, without its words. */
export const refusal = (status: number, code: string, pointer?: string) => ({
  errors: [
    {
      status,
      code,
      title: expect.any(String),
      detail: expect.any(String),
      ...(pointer && { source: { pointer } }),
    },
  ],
})
