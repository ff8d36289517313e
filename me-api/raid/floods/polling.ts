import { repeat } from './repeat.ts'
import { type Flood, type Tools, addressOf } from './flood.ts'
import { codeIn } from './answer-code.ts'

const PACKETS = 3_000
const SEPARATOR = '\x1e'

/** Floods of Engine.IO polling bodies with thousands of packets each, from one address. */
export const pollingFloods: Flood[] = [
  {
    name: 'connects',
    description: 'polling bodies of 3,000 CONNECT packets',
    start: (tools) => poll(tools, '', '40/chat,'),
  },
  {
    name: 'polling-events',
    description: 'polling bodies of 3,000 `room:enter`',
    start: (tools) =>
      poll(tools, '40/chat,{"reader":true}', '42/chat,1["room:enter",{"room":"lobby","after":null}]'),
  },
]

function poll({ request, countAnswer }: Tools, connectPacket: string, packet: string): void {
  const from = addressOf(0)
  const body = Array.from(
    { length: Math.min(PACKETS, Math.floor(65_000 / (packet.length + 1))) },
    () => packet,
  ).join(SEPARATOR)
  repeat({ concurrency: 20, limit: 5_000, every: 50 }, async () => {
    const path = '/socket.io/?EIO=4&transport=polling'
    const opened = await request('GET', path, { from })
    countAnswer(`open ${opened.status}`)
    if (opened.status !== 200) return
    const { sid } = JSON.parse(opened.text.slice(1)) as { sid: string }
    const sessionPath = `${path}&sid=${sid}`
    const send = (text: string) => request('POST', sessionPath, { from, body: text, type: 'text/plain' })
    if (connectPacket) await send(connectPacket)
    let isClosed = false
    const receive = async (): Promise<void> => {
      while (!isClosed) {
        const { status, text } = await request('GET', sessionPath, { from })
        if (status !== 200) isClosed = true
        for (const one of text.split(SEPARATOR)) countAnswer(codeIn(one) ?? `poll ${status}`)
      }
    }
    const receiving = receive()
    while (!isClosed) {
      const { status } = await send(body)
      countAnswer(`body ${status}`)
      if (status !== 200) isClosed = true
    }
    await receiving
  })
}
