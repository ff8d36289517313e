import type { Change } from '../../src/contract/index.ts'
import { type TestApp, closeAfterTest } from './start-app.ts'

/** A room's stream. */
export async function openStream(
  app: TestApp,
  query = '',
  headers: Record<string, string> = {},
  room = 'lobby',
) {
  const stream = await openEvents<Change>(app, `/chat/rooms/${room}/stream${query}`, headers)
  return { ...stream, seen: () => stream.events.flatMap(({ data }) => data.messages) }
}

/** Server-Sent Events of the API, read as a browser's EventSource would read them. */
export async function openEvents<Data = unknown>(
  app: TestApp,
  path: string,
  headers: Record<string, string> = {},
) {
  const end = new AbortController()
  closeAfterTest(async () => end.abort())
  const answer = await fetch(`${app.url}/api${path}`, {
    headers,
    signal: end.signal,
  })
  const events: { event: string; id: string; data: Data }[] = []
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
      events.push({
        event: fields.get('event') ?? '',
        id: fields.get('id') ?? '',
        data: JSON.parse(data) as Data,
      })
    }
  }

  return {
    answer,
    events,
    /** What came that is no event: comments, and when to come back. */
    lines,
    isOver: () => isOver,
    close: () => end.abort(),
  }
}
