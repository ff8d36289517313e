import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from '@jest/globals'
import type { HistoryPage } from '../src/contract/index.ts'
import { databaseOf } from './support/database.ts'
import { runProgram } from './support/program.ts'
import { api, bearer, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { visitor } from './support/visitors.ts'

const minute = (number: number) => `2004-12-25T00:${String(number).padStart(2, '0')}:00.000Z`
const nine = Array.from({ length: 9 }, (_, index) => index + 1)

let app: TestApp
beforeEach(async () => {
  app = await startApp()
})

/** Adds a message for each minute after midnight of 25 December 2004, named by its number. */
async function sayAt(minutes: number[], room = 'lobby'): Promise<void> {
  const lines = minutes.map((at) => JSON.stringify({ nick: 'ada', text: `${at}`, sentAt: minute(at) }))
  writeFileSync(join(app.folder, 'lines.jsonl'), lines.join('\n'))
  const args = ['import', 'lines.jsonl', '--room', room, '--append']
  const settings = await databaseOf(app.folder)
  const { code } = await runProgram('cli/chat.ts', { args, settings, cwd: app.folder })
  expect(code).toBe(0)
}

async function around(at: string, limit = 4): Promise<[texts: string, more: boolean]> {
  const { body } = await api(app)
    .get('/api/chat/rooms/lobby/messages')
    .query({ at, limit: String(limit) })
    .expect(200)
  const { messages, more } = (body as { data: HistoryPage }).data
  return [messages.map(({ text }) => text).join(' '), more]
}

test.each([
  ['the very time of a message', minute(5), 4, '3 4 5 6', true],
  ['a time between two messages', '2004-12-25T00:04:30Z', 4, '3 4 5 6', true],
  ['an odd limit, whose greater half begins there', minute(5), 5, '3 4 5 6 7', true],
  ['a limit of one', minute(5), 1, '5', true],
  ['an offset', '2004-12-25T01:05:00+01:00', 2, '4 5', true],
  ['a negative offset', '2004-12-24T19:05:00-05:00', 2, '4 5', true],
  ['a date, which begins at midnight in UTC', '2004-12-25', 4, '1 2', false],
  ['a page that reaches the beginning', minute(3), 4, '1 2 3 4', false],
  ['a time long before the room began', '0001-01-01T00:00:00Z', 4, '1 2', false],
  ['a time near the end', minute(9), 4, '7 8 9', true],
  ['a time in the future, when the last messages are before it', '9999-12-31T23:59:59Z', 4, '8 9', true],
  ['the future with a limit of one', '9999-12-31T23:59:59Z', 1, '9', true],
])('a page of history around %s', async (_, at, limit, texts, more) => {
  await sayAt(nine)
  expect(await around(at, limit)).toEqual([texts, more])
})

test('the whole room around a time has nothing before it', async () => {
  await sayAt(nine)
  expect(await around(minute(5), 200)).toEqual(['1 2 3 4 5 6 7 8 9', false])
})

test('a plus sign that the query reads as a space is one', async () => {
  await sayAt(nine)
  const path = '/api/chat/rooms/lobby/messages?limit=2&at=2004-12-25T01:05:00+01:00'
  const { body } = await api(app).get(path).expect(200)
  expect(body.data.messages.map(({ text }: { text: string }) => text)).toEqual(['4', '5'])
})

test('messages that were added later than newer ones are found by their time', async () => {
  await sayAt([7, 8, 9])
  await sayAt([1, 2, 3])
  expect(await around(minute(1))).toEqual(['8 9 1 2', true])
  expect(await around(minute(8))).toEqual(['7 8 9', false])
})

test('another room has no part in the page, and an empty room has an empty page', async () => {
  const ada = await visitor(app, 'ada')
  await ada.send('in the lobby')
  const token = await ownerToken(app)
  await api(app).post('/api/chat/rooms').set(bearer(token)).send({ name: 'tea', title: 'Tea' }).expect(201)
  const { body } = await api(app).get('/api/chat/rooms/tea/messages?at=2004-12-25').expect(200)
  expect(body.data).toEqual({ messages: [], more: false })
})

test.each([
  ['', '/at'],
  ['yesterday', '/at'],
  ['2004', '/at'],
  ['1103932800000', '/at'],
  ['2004-12-25T00:05:00', '/at'],
  ['2004-12-25 00:05:00Z', '/at'],
  ['2004-02-30', '/at'],
  ['2004-12-25T24:61:00Z', '/at'],
  ['2004-12-25T00:05:00Z&at=2004-12-26T00:05:00Z', '/at'],
  ['2004-12-25T00:05:00Z&before=3', '/before'],
])('at=%s is INVALID', async (query, pointer) => {
  const { body } = await api(app).get(`/api/chat/rooms/lobby/messages?at=${query}`).expect(400)
  expect(body).toEqual(refusal(400, 'INVALID', pointer))
})

test('an unknown room has no page around a moment', async () => {
  const { body } = await api(app).get('/api/chat/rooms/nowhere/messages?at=2004-12-25').expect(404)
  expect(body).toEqual(refusal(404, 'NOT_FOUND'))
})
