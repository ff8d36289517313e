import type { Change } from '../../src/contract/index.ts'
import { type TestApp, closeAfterTest } from './start-app.ts'

type StreamEvent = { event: string; id: string; change: Change }

/** A room's stream, read as a browser's EventSource would read it. */
export async function openStream(
  app: TestApp,
  query = '',
  headers: Record<string, string> = {},
  room = 'lobby',
) {
  const end = new AbortController()
  closeAfterTest(async () => end.abort())
  const answer = await fetch(`${app.url}/api/chat/rooms/${room}/stream${query}`, {
    headers,
    signal: end.signal,
  })
  const events: StreamEvent[] = []
  const lines: string[] = []
  let isOver = false
  void read(answer.body!).catch(() => {})

  async function read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of body) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      blocks.forEach(take)
    }
    isOver = true
  }

  function take(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.split(': ')[0], line.replace(/^\w+: /, '')]))
    const data = fields.get('data')
    if (data === undefined) lines.push(block)
    else {
      const change = JSON.parse(data) as Change
      events.push({ event: fields.get('event') ?? '', id: fields.get('id') ?? '', change })
    }
  }

  return {
    answer,
    events,
    /** What came that is no event: comments, and when to come back. */
    lines,
    seen: () => events.flatMap(({ change }) => change.messages),
    isOver: () => isOver,
    close: () => end.abort(),
  }
}
