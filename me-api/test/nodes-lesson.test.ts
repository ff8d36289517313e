import { expect, test } from '@jest/globals'
import { LESSON, askToSay, openFoil, said, stored } from './support/lesson.ts'
import { connected, describeNodes, redisOf, startPair } from './support/nodes.ts'
import { openStream } from './support/stream.ts'
import { connect, eventually } from './support/visitors.ts'

describeNodes('the lesson on two nodes', () => {
  test('what is said through one reaches the readers of both, once and in order', async () => {
    const { one, other } = await startPair({ settings: { TRUST_PROXY: '1' } })
    const foils = [await openFoil(one), await openFoil(other)]
    const reader = await connect(other)
    await reader.enter(null, LESSON)
    const stream = await openStream(other, '', {}, LESSON)
    const asked = [one, other, one].map((node, index) =>
      askToSay(node, { count: 20, from: `192.0.2.${index}` }).expect(201),
    )
    await Promise.all(asked)
    const all = await stored(one)
    expect(all.map(({ text }) => text)).toEqual(Array.from({ length: 60 }, (_, index) => `No. ${index + 1}`))
    await eventually(() => {
      for (const { messages } of foils) expect(messages).toEqual(all)
      expect(reader.seen()).toEqual(all)
      expect(stream.seen()).toEqual(all)
    })
  })

  test('without Redis it comes a little later, and nothing is lost', async () => {
    const { one, other } = await startPair()
    const away = await openFoil(other)
    const reader = await connect(other)
    await reader.enter(null, LESSON)
    other.way.cut()
    await eventually(async () => expect(await redisOf(other)).toBe('unavailable'))
    const sent = await said(one, 5)
    await eventually(() => {
      expect(reader.seen()).toEqual(sent)
      expect(away.messages).toEqual(sent)
    }, 10_000)
  })

  test('both nodes keep to one limit, and each has a short name', async () => {
    const { one, other } = await startPair({ settings: { TRUST_PROXY: '1' } })
    await connected(one, other)
    const from = '192.0.2.1'
    for (const node of [one, other, one]) await askToSay(node, { count: 20, from }).expect(201)
    await eventually(() => askToSay(other, { from: '192.0.2.2' }).expect(201))
    for (const node of [one, other]) await askToSay(node, { from }).expect(429)
    const names = await Promise.all(
      [one, other].map(async ({ url }) => {
        const answer = await fetch(`${url}/api/lesson/headers`)
        return ((await answer.json()) as { data: { node: string } }).data.node
      }),
    )
    expect(names[0]).not.toBe(names[1])
  })
})
