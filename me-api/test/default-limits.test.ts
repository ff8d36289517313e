import { expect, test } from '@jest/globals'
import { api } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect, visitor } from './support/visitors.ts'

test('a usual visit stays below all default limits', async () => {
  const app = await startApp({
    settings: {
      LIMIT_NEWCOMER: '5m',
      LIMIT_EVENTS: '200/10s',
      LIMIT_REQUESTS: '600/10s',
      LIMIT_ADDRESS_MESSAGES: '100/10s',
    },
  })
  const bo = await visitor(app, 'Bo', 'his tab')
  const ada = await visitor(app, 'Ada', 'one tab')
  const other = await connect(app, { auth: { token: ada.welcome.token ?? '', tab: 'another tab' } })
  await ada.enter()
  const said = await ada.send('hej Bo, is the owner in?')
  await bo.send({ text: 'hej Ada, mail her at owner@example.org', replyTo: said.id })
  await bo.ask('message:react', { id: said.id, emoji: '👋', on: true })
  await ada.ask('typing:set', { room: 'lobby', on: true })
  for (const text of ['+1', 'thanks!', 'lol']) await ada.send(text)
  await ada.ask('message:edit', { id: said.id, text: 'hej Bo, is the owner at home?' })
  expect(await other.setNick('Ada L')).toMatchObject({ self: { nick: 'Ada L' } })
  ada.socket.disconnect()
  const again = await connect(app, { auth: { token: ada.welcome.token ?? '', tab: 'one tab' } })
  expect(await again.send('back again')).toMatchObject({ author: { nick: 'Ada L' } })
})

/** What one opening of the site asks for beside its files, as a browser does, and what one does there. */
const OPENING = [
  '/',
  '/index.html',
  '/api',
  '/api/reports',
  '/api/chat/presence',
  '/site.webmanifest',
  '/chat',
]
const READING = [
  '/api/chat/presence',
  '/api/chat/rooms/lobby/messages?limit=50',
  '/api/reports',
  '/api/privacy',
]

test('thirty people behind one address open the site at once below the default request limit', async () => {
  const app = await startApp({ settings: { LIMIT_REQUESTS: '600/10s' } })
  const visits = Array.from({ length: 30 }, async () => {
    for (const path of [...OPENING, '/assets/index-abc123.js', ...READING])
      await api(app).get(path).expect(200)
    for (let file = 0; file < 60; file += 1) await api(app).get('/assets/index-abc123.js').expect(200)
  })
  await Promise.all(visits)
})
