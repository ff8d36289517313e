import { z } from 'zod'
import {
  type ErrorCode,
  Failure,
  Handshake,
  PlainFrame,
  clientEvents,
  errorsOfAnyEvent,
  errorsOfHandshake,
  lessonEvents,
  serverEvents,
} from '../contract/index.ts'

export type JsonSchema = {
  $ref?: string
  type?: string | string[]
  const?: unknown
  enum?: unknown[]
  anyOf?: JsonSchema[]
  items?: JsonSchema | JsonSchema[]
  properties?: Record<string, JsonSchema>
  additionalProperties?: boolean | JsonSchema
  required?: string[]
  default?: unknown
  format?: string
  pattern?: string
  description?: string
  minimum?: number
  maximum?: number
  minLength?: number
  maxLength?: number
}

type Message = { name: string; title: string; summary: string; payload: JsonSchema }

const INFO = `The events of the chat's sockets, generated from the schemas that validate them. Socket.IO and the plain WebSocket carry the same events.

Every client event takes an acknowledgement: \`{"ok":true,"data":…}\` or \`{"ok":false,"error":{"code","message","retryAfter"?,"reason"?}}\`.`

const SOCKETIO = `Socket.IO, path \`/socket.io/\`, namespace \`/chat\`. The handshake's \`auth\` is a Handshake. A connection that is refused gets \`connect_error\`, whose \`data\` is a Refusal. Where the reason passes by itself (a failing database, too many connections of the address, a restart), the transport is closed instead, after which Socket.IO's client reconnects.`

const PLAIN = `A WebSocket without Socket.IO: one JSON object a text frame. The query's fields are a Handshake's. A refusal closes the connection with code 4000 plus the HTTP status of the error's code, and the code as the reason; \`SLOW_DOWN\` closes with 4429, and a reason that passes by itself with 1012.`

const LESSON = `Socket.IO without a log, which the lesson \`/transports\` shows beside the chat: path \`/socket.io/\`, namespace \`/lesson\`. It takes no \`auth\`, everybody may connect, and what clients send is ignored.`

/** Builds the description of the sockets' events (AsyncAPI 3.0) from the contract's tables and schemas. */
export function describeEvents(version: string) {
  const schemas: Record<string, JsonSchema> = {}

  /** Converts a schema to JSON Schema, and collects the named ones that it refers to. */
  function schemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _, definitions, ...own } = z.toJSONSchema(schema, { target: 'draft-7', io, override })
    const inComponents = (part: unknown) =>
      JSON.parse(JSON.stringify(part).replaceAll('#/definitions/', '#/components/schemas/')) as never
    Object.assign(schemas, inComponents(definitions ?? {}))
    return inComponents(own)
  }

  /** Returns the schema of a refusal with one of these codes. */
  function refusalOf(codes: ErrorCode[]): JsonSchema {
    return schemaOf(Failure.extend({ code: z.enum(codes) }), 'output')
  }

  schemas['Handshake'] = schemaOf(Handshake, 'input')
  schemas['Refusal'] = refusalOf(errorsOfHandshake)

  const messages: Record<string, Message> = {}
  const operations: Record<string, object> = {}

  for (const [name, { summary, data, answer, errors }] of Object.entries(clientEvents)) {
    const key = keyOf(name)
    messages[key] = { name, title: name, summary, payload: schemaOf(data, 'input') }
    messages[`${key}.ack`] = {
      name: `${name} acknowledgement`,
      title: `The acknowledgement of ${name}`,
      summary: 'The result of the event, or why it was refused.',
      payload: {
        anyOf: [
          objectOf({ ok: { const: true }, data: schemaOf(answer, 'output') }),
          objectOf({ ok: { const: false }, error: refusalOf([...errorsOfAnyEvent, ...errors]) }),
        ],
      },
    }
    operations[key] = {
      action: 'receive',
      channel: { $ref: '#/channels/socketio' },
      summary,
      messages: [inChannel('socketio', key)],
      reply: { channel: { $ref: '#/channels/socketio' }, messages: [inChannel('socketio', `${key}.ack`)] },
    }
  }

  for (const [name, { summary, data }] of Object.entries(serverEvents)) {
    const key = keyOf(name)
    messages[key] = { name, title: name, summary, payload: schemaOf(data, 'output') }
    operations[key] = {
      action: 'send',
      channel: { $ref: '#/channels/socketio' },
      summary,
      messages: [inChannel('socketio', key)],
    }
  }

  const ofLesson: Record<string, Message> = {}
  for (const [name, { summary, data }] of Object.entries(lessonEvents)) {
    const key = `lesson.${name}`
    ofLesson[key] = { name, title: name, summary, payload: schemaOf(data, 'output') }
    operations[key] = {
      action: 'send',
      channel: { $ref: '#/channels/lesson' },
      summary,
      messages: [inChannel('lesson', key)],
    }
  }

  const frames = framesOf(schemaOf(PlainFrame.shape.ack, 'input'))
  return {
    asyncapi: '3.0.0',
    info: { title: "me: the events of the chat's sockets", version, description: INFO },
    defaultContentType: 'application/json',
    channels: {
      socketio: {
        address: '/chat',
        title: 'Socket.IO',
        description: SOCKETIO,
        messages: referred(messages),
      },
      plain: {
        address: '/api/chat/socket',
        title: 'Plain WebSocket',
        description: PLAIN,
        messages: referred(frames),
        bindings: {
          ws: { method: 'GET', query: { $ref: '#/components/schemas/Handshake' }, bindingVersion: '0.1.0' },
        },
      },
      lesson: {
        address: '/lesson',
        title: 'Socket.IO without a log',
        description: LESSON,
        messages: referred(ofLesson),
      },
    },
    operations: {
      ...operations,
      'frame.client': {
        action: 'receive',
        channel: { $ref: '#/channels/plain' },
        messages: [inChannel('plain', 'frame.client')],
      },
      'frame.server': {
        action: 'send',
        channel: { $ref: '#/channels/plain' },
        messages: [inChannel('plain', 'frame.ack'), inChannel('plain', 'frame.server')],
      },
    },
    components: { messages: { ...messages, ...frames, ...ofLesson }, schemas },
  }
}

export type EventsDescription = ReturnType<typeof describeEvents>

/** The frames of the plain WebSocket, which carry the same events. */
function framesOf(ack: JsonSchema): Record<string, Message> {
  const payloadOf = (key: string): JsonSchema => ({ $ref: `#/components/messages/${key}/payload` })
  return {
    'frame.client': {
      name: 'frame of a client',
      title: 'Frame of a client',
      summary: 'An event: `{"event":"message:send","data":{…},"ack":7}`.',
      payload: {
        anyOf: Object.keys(clientEvents).map((name) =>
          objectOf({ event: { const: name }, data: payloadOf(keyOf(name)), ack }, ['ack']),
        ),
      },
    },
    'frame.ack': {
      name: 'frame of an acknowledgement',
      title: 'Frame of an acknowledgement',
      summary:
        'The answer to the frame with the same `ack`: `{"ack":7,"data":{"ok":true,…}}`. `ack` is null if the client sent something that is not a frame.',
      payload: objectOf({
        ack: { type: ['number', 'string', 'null'] },
        data: { anyOf: Object.keys(clientEvents).map((name) => payloadOf(`${keyOf(name)}.ack`)) },
      }),
    },
    'frame.server': {
      name: 'frame of the server',
      title: 'Frame of the server',
      summary: 'An event: `{"event":"room:changed","data":{…}}`.',
      payload: {
        anyOf: Object.keys(serverEvents).map((name) =>
          objectOf({ event: { const: name }, data: payloadOf(keyOf(name)) }),
        ),
      },
    },
  }
}

/** AsyncAPI's keys have no colon. */
const keyOf = (event: string): string => event.replace(':', '.')

const inChannel = (channel: string, key: string) => ({ $ref: `#/channels/${channel}/messages/${key}` })

const referred = (messages: Record<string, Message>) =>
  Object.fromEntries(Object.keys(messages).map((key) => [key, { $ref: `#/components/messages/${key}` }]))

function objectOf(properties: Record<string, JsonSchema>, optional: string[] = []): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name))
  return { type: 'object', properties, required }
}

type Made = { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }

/** Removes what tells a reader nothing: the bounds of integers, the pattern of a format, placeholders. */
function override({ zodSchema, jsonSchema }: Made): void {
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.format) delete jsonSchema.pattern
  if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties
  if (zodSchema._zod.def.type === 'catch') delete jsonSchema.default
}
