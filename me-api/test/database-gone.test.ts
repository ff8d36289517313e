import { expect, test } from '@jest/globals'
import { databaseBehindProxy } from './support/database-proxy.ts'
import { describeNodes } from './support/nodes.ts'
import { startServer } from './support/program.ts'
import { temporaryFolder } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

describeNodes('a PostgreSQL that fails over without a word', () => {
  test('is asked on new connections: what waits is answered within fifteen seconds, and is one message', async () => {
    const { settings, way } = await databaseBehindProxy(temporaryFolder())
    const node = await startServer(settings)
    const ada = await visitor(node, 'ada')
    await ada.enter()
    await ada.send('before')
    // What is open hears nothing more; what is opened from now on reaches the server.
    way.freeze()
    const draft = { room: 'lobby', id: crypto.randomUUID(), text: 'meanwhile' }
    const asked = performance.now()
    const { failure } = await ada.send(draft).then(
      () => ({ failure: null }),
      (error: unknown) => error as { failure: unknown },
    )
    expect(performance.now() - asked).toBeLessThan(15_000)
    expect(failure).toMatchObject({ code: 'UNAVAILABLE' })
    const sent = await eventually(() => ada.send(draft), 40_000)
    expect(sent).toMatchObject({ seq: 2 })
    const reader = await connect(node)
    expect((await reader.enter(0)).messages.map(({ text }) => text)).toEqual(['before', 'meanwhile'])
  })
})
