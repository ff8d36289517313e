import { expect, test } from '@jest/globals'
import { startMailServer } from './support/mail-server.ts'
import { pass } from './support/mail.ts'
import { manualClock } from './support/manual-clock.ts'
import { describeNodes, startPair } from './support/nodes.ts'
import { ownerToken } from './support/rest.ts'
import { visitor } from './support/visitors.ts'

describeNodes('mails with several nodes', () => {
  test('what was said through all nodes is in one mail, and no node sends another', async () => {
    const clock = manualClock(Date.now())
    const server = await startMailServer()
    const { one, other } = await startPair({ settings: server.settings, clocks: [clock, clock] })
    await ownerToken(one)
    const [ada, bo] = [await visitor(one, 'ada'), await visitor(other, 'bo')]
    await ada.send('through one')
    await bo.send('through the other')
    await pass(clock, 4)
    const { text } = await server.mailed(1, () => clock.advance(1_000))
    expect(text).toContain('through one')
    expect(text).toContain('through the other')
    // The hour in which no further mail is due passes at once: two nodes have much to do in a real one.
    await pass(clock, 3)
    clock.setBack(-3_600_000)
    await pass(clock, 3)
    expect(server.mails).toHaveLength(1)
  })
})
