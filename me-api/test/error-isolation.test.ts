import { expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { type TestApp, startApp } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'
import { openStream } from './support/stream.ts'

/** Makes the server throw whenever it reads its side of a visitor's connection, until the returned function is called. */
function breakConnection({ app }: TestApp, nick: string): () => void {
  const sockets = [...app.io.of('/chat').sockets.values()]
  const socket = sockets.find(({ data }) => data.guest.self?.nick === nick)!
  const { conn } = socket
  Object.defineProperty(socket, 'conn', {
    configurable: true,
    get() {
      throw new Error('on purpose')
    },
  })
  return () => void Object.defineProperty(socket, 'conn', { configurable: true, value: conn })
}

test('a reader that cannot be written to stops neither the acknowledgement nor the readers after it', async () => {
  const logLines: string[] = []
  const app = await startApp({ logLines })
  const ada = await visitor(app, 'ada')
  const bo = await visitor(app, 'bo')
  await bo.enter()
  const cy = await visitor(app, 'cy')
  await cy.enter()
  const stream = await openStream(app)
  const mend = breakConnection(app, 'bo')
  const first = await ada.send('one')
  await eventually(() => expect(stream.seen()).toEqual([first]))
  await eventually(() => expect(cy.seen()).toEqual([first]))
  expect(logLines.join()).toContain('a change could not be passed on')
  mend()
  const second = await ada.send('two')
  await eventually(() => expect(bo.seen()).toContainEqual(second))
})

test('a repeated task that fails neither ends the process nor stops repeating', async () => {
  const clock = manualClock()
  const logLines: string[] = []
  const app = await startApp({ clock, logLines })
  await visitor(app, 'ada')
  const mend = breakConnection(app, 'ada')
  for (let failures = 1; failures <= 2; failures++) {
    clock.advance(1_000)
    await eventually(() =>
      expect(logLines.filter((line) => line.includes('a task failed'))).toHaveLength(failures),
    )
  }
  mend()
})
