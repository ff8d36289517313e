import { expect } from '@jest/globals'
import type { z } from 'zod'
import { type Ack, clientEvents, errorsOfAnyEvent, serverEvents } from '../../src/contract/index.ts'

const answered: Record<string, { answer: z.ZodType; errors: string[] }> = clientEvents
const said: Record<string, { data: z.ZodType }> = serverEvents

/** Compares what a server answers to an event with what the events' reference says of it. */
export function expectDocumentedAnswer(event: string, ack: Ack<unknown>): void {
  const documented = Object.hasOwn(answered, event) ? answered[event] : undefined
  if (!documented)
    expect({ event, ack }).toMatchObject({ ack: { ok: false, error: { code: expect.anything() } } })
  else if (ack.ok) expectShape(event, documented.answer, ack.data)
  else expect([...errorsOfAnyEvent, ...documented.errors]).toContain(ack.error.code)
}

/** Compares what a server says with what the events' reference says of it. */
export function expectDocumentedEvent(event: string, data: unknown): void {
  const documented = Object.hasOwn(said, event) ? said[event] : undefined
  if (!documented) throw new Error(`the events' reference has no ${event}`)
  expectShape(event, documented.data, data)
}

/** All fields are documented, and none is missing. */
function expectShape(event: string, schema: z.ZodType, data: unknown): void {
  expect({ event, data: schema.parse(data) }).toEqual({ event, data })
}
