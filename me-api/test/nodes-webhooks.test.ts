import { expect, test } from '@jest/globals'
import { type Node, describeNodes, noRedis, startNodes, startPair } from './support/nodes.ts'
import { ownerToken } from './support/rest.ts'
import { visitor } from './support/visitors.ts'
import { addWebhook, deliveredAs, deliveriesOf, receiveHere, startReceiver } from './support/webhooks.ts'

const settings = receiveHere
const events = ['message.sent']
const idsOf = (receiver: Awaited<ReturnType<typeof startReceiver>>) =>
  receiver.received.map(({ headers }) => headers['webhook-id'])

/** Resolves once a node knows of the webhook: what it stores is told. */
async function knows(node: Node, receiver: Awaited<ReturnType<typeof startReceiver>>) {
  const probe = await visitor(node, 'probe')
  for (let sent = 0; receiver.received.length === 0; sent++) {
    expect(sent).toBeLessThan(40)
    await probe.send(`probe ${sent}`)
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
}

describeNodes('webhooks with several nodes', () => {
  test('every message is told once and in order, whichever node stored it', async () => {
    const { one, other } = await startPair({ settings })
    const token = await ownerToken(one)
    const receiver = await startReceiver()
    const { webhook } = await addWebhook(one, token, { url: receiver.url, events })
    await knows(other, receiver)
    const [ada, bo] = [await visitor(one, 'ada'), await visitor(other, 'bo')]
    const said: string[] = []
    for (let round = 1; round <= 10; round++) {
      said.push(`message.sent: round ${round}`)
      await (round % 2 ? ada : bo).send(`round ${round}`)
    }
    const isRound = (text: string) => text.includes('round')
    await deliveredAs(one, token, webhook.id, { status: 'delivered' })
    expect(receiver.texts().filter(isRound)).toEqual(said)
    expect(new Set(idsOf(receiver)).size).toBe(receiver.received.length)
  })

  test('a webhook counts on another node within seconds, also without Redis', async () => {
    const [one, other] = await startNodes({ settings, redis: noRedis })
    const receiver = await startReceiver()
    await addWebhook(one!, await ownerToken(one!), { url: receiver.url, events })
    await knows(other!, receiver)
    expect(receiver.received.length).toBeGreaterThan(0)
  })

  test('what a node was sending when it stopped the other one sends, under the same id', async () => {
    const { one, other } = await startPair({ settings })
    const token = await ownerToken(one)
    const receiver = await startReceiver()
    const { webhook } = await addWebhook(one, token, { url: receiver.url, events })
    receiver.answer = 'nothing'
    await (await visitor(one, 'ada')).send('hello')
    await receiver.came()
    receiver.answer = { status: 204 }
    // Whichever of them sends: when both have been stopped once, each has had to.
    await one.close()
    await deliveredAs(other, token, webhook.id, { status: expect.stringMatching(/delivered|pending/) })
    await receiver.came(2)
    expect(new Set(idsOf(receiver)).size).toBe(1)
    expect(await deliveriesOf(other, token, webhook.id)).toHaveLength(1)
  })
})
