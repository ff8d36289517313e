import { again } from './again.ts'
import { type Flood, type Tools, addressOf } from './flood.ts'
import { codeIn } from './told.ts'

const PACKETS = 3_000
const SEPARATOR = '\x1e'

/** Floods of Engine.IO polling bodies with thousands of packets each, from one address. */
export const pollingFloods: Flood[] = [
  {
    name: 'connects',
    what: 'polling bodies of 3,000 CONNECT packets',
    start: (tools) => poll(tools, '', '40/chat,'),
  },
  {
    name: 'polling-events',
    what: 'polling bodies of 3,000 `room:enter`',
    start: (tools) =>
      poll(tools, '40/chat,{"reader":true}', '42/chat,1["room:enter",{"room":"lobby","after":null}]'),
  },
]

function poll({ ask, note }: Tools, hello: string, packet: string): void {
  const from = addressOf(0)
  const body = Array.from(
    { length: Math.min(PACKETS, Math.floor(65_000 / (packet.length + 1))) },
    () => packet,
  ).join(SEPARATOR)
  again({ abreast: 20, most: 5_000, every: 50 }, async () => {
    const path = '/socket.io/?EIO=4&transport=polling'
    const opened = await ask('GET', path, { from })
    note(`open ${opened.status}`)
    if (opened.status !== 200) return
    const { sid } = JSON.parse(opened.text.slice(1)) as { sid: string }
    const mine = `${path}&sid=${sid}`
    const say = (text: string) => ask('POST', mine, { from, body: text, type: 'text/plain' })
    if (hello) await say(hello)
    let isOver = false
    const hear = async (): Promise<void> => {
      while (!isOver) {
        const { status, text } = await ask('GET', mine, { from })
        if (status !== 200) isOver = true
        for (const one of text.split(SEPARATOR)) note(codeIn(one) ?? `poll ${status}`)
      }
    }
    const hearing = hear()
    while (!isOver) {
      const { status } = await say(body)
      note(`body ${status}`)
      if (status !== 200) isOver = true
    }
    await hearing
  })
}
