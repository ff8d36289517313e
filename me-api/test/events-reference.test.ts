import { describe, expect, test } from '@jest/globals'
import { clientEvents, lessonEvents, serverEvents } from '../src/contract/index.ts'
import { api } from './support/rest.ts'
import { startApp } from './support/start-app.ts'
import { connect } from './support/visitors.ts'

const events = [...Object.keys(clientEvents), ...Object.keys(serverEvents), ...Object.keys(lessonEvents)]

type Operation = { action: string; messages: { $ref: string }[]; reply?: { messages: { $ref: string }[] } }

describe("the reference of the sockets' events", () => {
  test('the AsyncAPI document names every event, and its references resolve', async () => {
    const app = await startApp()
    const { body } = await api(app).get('/api/asyncapi.json').expect(200)
    expect(body.asyncapi).toBe('3.0.0')
    for (const ref of refsIn(body)) expect([ref, at(body, ref)]).toEqual([ref, expect.anything()])
    const named = (action: string) =>
      Object.values(body.operations as Record<string, Operation>)
        .filter((operation) => operation.action === action)
        .flatMap(({ messages }) => messages.map(({ $ref }) => resolved(body, $ref).name))
    expect(named('receive')).toEqual([...Object.keys(clientEvents), 'frame of a client'])
    expect(named('send')).toEqual([
      ...Object.keys(serverEvents),
      ...Object.keys(lessonEvents),
      'frame of an acknowledgement',
      'frame of the server',
    ])
    for (const name of Object.keys(clientEvents)) {
      const { reply } = body.operations[name.replace(':', '.')] as Operation
      expect(resolved(body, reply!.messages[0]!.$ref).name).toBe(`${name} acknowledgement`)
    }
  })

  test('the events’ reference is a page without scripts, linked from /api/docs', async () => {
    const app = await startApp()
    const docs = await api(app).get('/api/docs').expect(200)
    expect(docs.text).toContain('href="/api/docs/events"')
    const { text, headers } = await api(app).get('/api/docs/events').expect(200)
    expect(headers['content-security-policy']).toMatch(/default-src 'none'.*require-trusted-types-for/)
    expect(text).not.toMatch(/<script|style=/)
    for (const event of events) expect(text).toContain(`<h3><code>${event}</code></h3>`)
    for (const [, href = ''] of text.matchAll(/href="([^"]+)"/g)) {
      if (href.startsWith('#')) expect(text).toContain(`id="${href.slice(1)}"`)
      else await api(app).get(href).expect(200)
    }
  })

  test('every client event of the reference is known to the server', async () => {
    const app = await startApp()
    const reader = await connect(app)
    const unknown = await reader.emit('message:burn', {})
    for (const event of Object.keys(clientEvents)) expect(await reader.emit(event, {})).not.toEqual(unknown)
  })
})

const at = (body: unknown, ref: string): unknown =>
  ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], body)

/** What a reference leads to at last. */
function resolved(body: unknown, ref: string): { name: string } {
  const part = at(body, ref) as { $ref?: string; name: string }
  return part.$ref ? resolved(body, part.$ref) : part
}

const refsIn = (body: unknown): string[] =>
  [...JSON.stringify(body).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = '']) => ref)
