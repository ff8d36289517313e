import fc from 'fast-check'
import { z } from 'zod'
import * as contract from '../src/contract/index.ts'
import { type Meanings, type Schema, fromSchema } from './from-schema.ts'
import { asText, invalidText, corrupted } from './invalid-values.ts'
import { type WireCase, wireCases } from './wire.ts'

/** The identity that a case claims. */
export type CallerName = 'nobody' | 'impostor' | 'visitor' | 'member' | 'owner'
const callers = fc.constantFrom<CallerName>(
  ...(['nobody', 'impostor', 'visitor', 'visitor', 'member', 'member', 'owner', 'owner', 'owner'] as const),
)

export type Case =
  | { kind: 'rest'; as: CallerName; method: string; path: string; query: string; body?: string }
  | { kind: 'event'; as: CallerName; event: string; data: unknown }
  | { kind: 'frames'; frames: string[] }
  | { kind: 'bytes'; text: string }
  | WireCase

const ids = Array.from({ length: 30 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`)
const words = fc.constantFrom(
  ...['hej', 'two words', 'https://example.org/a?b=c', '*so* `it` goes', '@ada', '/nick x', '👍🏽', 'ﷺ'],
  ...[
    '```js\nconst a = 1\n```',
    '> said\n\nanswered',
    'Привет',
    '\u200b',
    'x'.repeat(4_000),
    'a\0b',
    '"a phrase" b',
  ],
)
const nicks = fc.constantFrom(
  'ada',
  'Bo',
  'Åsa',
  'оwner',
  'ad\u0430',
  'x'.repeat(24),
  '𝓐𝓭𝓪',
  "d'Arc",
  ' ',
  'a\u202eb',
)

const meanings: Meanings = {
  room: fc.constantFrom('lobby', 'lobby', 'lobby', 'attic', 'nowhere', '~0000000000000000000000000'),
  name: fc.constantFrom('lobby', 'attic', 'Ada'),
  id: fc.constantFrom(...ids, '$visitor', '$member', '$owner'),
  replyTo: fc.constantFrom(...ids),
  text: words,
  q: words,
  title: words,
  nick: fc.oneof(nicks, fc.string({ unit: 'grapheme', maxLength: 26 })),
  emoji: fc.constantFrom('👍', '❤', '🏳️‍🌈', '🇸🇪', '👍🏽', 'a'),
  email: fc.constantFrom('ada@example.org', 'owner@example.org', 'bo@example.org'),
  password: fc.constantFrom('a lovely engine', 'not this one at all', 'short'),
  current: fc.constant('not the password'),
  week: fc.integer({ min: 0, max: 54 }),
  wait: fc.constantFrom(0, -1, 31, 'x'),
  after: fc.oneof(fc.nat({ max: 2_000 }), fc.constant(null)),
  before: fc.nat({ max: 2_000 }),
  limit: fc.constantFrom(1, 2, 50, 200, 201, 0),
}

type Operation = {
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { content: { 'application/json': { schema: Schema } } }
}
export type Description = {
  paths: Record<string, Record<string, Operation>>
  components?: { schemas?: Record<string, Schema> }
}

/** Whether a path costs a password hash, now or at the next sign-in. */
const hashesPassword = (path: string): boolean =>
  /login|register|password|logout|sessions|second-step/.test(path)

/** Generates all kinds of cases for this API and its sockets. */
export function grammarOf({ paths, components }: Description): fc.Arbitrary<Case> {
  const resolve = (schema: Schema): Schema =>
    schema.$ref ? (components?.schemas?.[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      weight: hashesPassword(path) ? 1 : 10,
      arbitrary: restCase(path, method, operation, resolve),
    })),
  )
  return fc.oneof(
    { weight: 100, arbitrary: fc.oneof(...routes) },
    { weight: 98, arbitrary: fc.oneof(...Object.entries(contract.clientEvents).map(eventCase)) },
    { weight: 1, arbitrary: fc.array(fc.oneof(frames, fc.string()), { maxLength: 5 }).map(toFrames) },
    { weight: 1, arbitrary: asText(fc.constant({ text: 'x' })).map(toBytes) },
    { weight: 20, arbitrary: wireCases },
  )
}

function restCase(path: string, method: string, operation: Operation, resolve: (schema: Schema) => Schema) {
  const parameters = operation.parameters ?? []
  const valueOf = ({ name, schema }: { name: string; schema: Schema }) =>
    fc.oneof(
      // A long poll may take half a minute, and the other cases would wait for it.
      {
        weight: 16,
        arbitrary: fromSchema(name === 'wait' ? { ...schema, maximum: 0 } : schema, meanings, name),
      },
      { weight: 1, arbitrary: fc.constantFrom('..', '%', 'é', '1e3', 'x'.repeat(2_000)) },
      { weight: 2, arbitrary: invalidText },
    )
  const inPath = parameters.filter((one) => one.in === 'path')
  const inQuery = parameters.filter((one) => one.in === 'query')
  const body = operation.requestBody?.content['application/json'].schema
  return fc
    .record({
      as: callers,
      lastAddresses: fc.tuple(...inPath.map(valueOf)),
      query: fc.tuple(...inQuery.map((one) => fc.option(valueOf(one), { freq: one.required ? 20 : 1 }))),
      extra: fc.option(fc.constantFrom('a[b]=c', '__proto__[x]=1', 'limit=1&limit=2', '%', '&&=', '\u0000'), {
        freq: 8,
      }),
      body: body ? asText(corrupted(fromSchema(resolve(body), meanings))) : fc.constant(undefined),
    })
    .map(({ as, lastAddresses, query, extra, body }): Case => {
      const filled = inPath.reduce(
        (text, { name }, n) => text.replace(`{${name}}`, encode(lastAddresses[n])),
        path,
      )
      const pairs = inQuery.flatMap(({ name }, n) => (query[n] === null ? [] : `${name}=${encode(query[n])}`))
      const search = [...pairs, ...(extra ? [extra] : [])].join('&')
      return { kind: 'rest', as, method, path: filled, query: search, ...(body !== undefined && { body }) }
    })
}

const encode = (value: unknown): string => encodeURIComponent(String(value).toWellFormed())

function eventCase([event, schema]: [string, { data: z.ZodType }]): fc.Arbitrary<Case> {
  const json = z.toJSONSchema(schema.data, { io: 'input', unrepresentable: 'any' }) as Schema
  return fc
    .record({ as: callers, data: corrupted(fromSchema(json, meanings)) })
    .map(({ as, data }): Case => ({ kind: 'event', as, event, data }))
}

/** Frames of Engine.IO and Socket.IO, valid and broken. */
const frames = fc.constantFrom(
  ...[
    '40/chat,',
    '40/chat,{"nick":"raw"}',
    '40',
    '41/chat,',
    '42/chat,["room:enter",{"room":"lobby","after":0}]',
  ],
  ...[
    '42/chat,1["message:send"',
    '42/chat,99999999999999999999["x"]',
    '43/chat,1[]',
    '451-/chat,["x",{"_placeholder":true,"num":0}]',
  ],
  ...[
    '1',
    '2probe',
    '3',
    '5',
    '6',
    '4',
    '44',
    '45',
    '42/chat,["__proto__",{}]',
    '42/chat,[]',
    '42/chat,{}',
    'b',
  ],
)
const toFrames = (frames: string[]): Case => ({ kind: 'frames', frames })
const toBytes = (text: string): Case => ({
  kind: 'bytes',
  text: `POST /api/login HTTP/1.1\r\nHost: a\r\n${text}\r\n\r\n`,
})
