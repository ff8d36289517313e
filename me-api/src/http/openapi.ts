import { z } from 'zod'
import {
  createDocument,
  type ZodOpenApiContentObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
} from 'zod-openapi'
import { ErrorBody, webhookPayloads } from '../contract/index.ts'
import type { Route } from './route.ts'

/** The groups of the API's page, in its order, with the paths of each; a path is in the first that fits. */
const groups: { name: string; description: string; paths: RegExp }[] = [
  {
    name: 'Pages',
    description: 'The presentation, and what is kept of visitors.',
    paths: /^\/(?:markdown|privacy)?$/,
  },
  { name: 'Reports', description: 'The weekly reports.', paths: /^\/reports\b/ },
  {
    name: 'Your messages',
    description: 'Downloads or erases everything the caller has written.',
    paths: /^\/me\/words$/,
  },
  {
    name: 'Notifications',
    description: 'Browsers that are told while one is away (web push).',
    paths: /^\/(?:me\/)?push\b/,
  },
  {
    name: 'Webhooks',
    description: 'Addresses that are told what happens on the site; for the owner alone.',
    paths: /^\/webhooks\b/,
  },
  {
    name: 'Accounts',
    description: 'Registering, signing in, sessions, the second step, passkeys.',
    paths: /^\/(?:register|login|logout|me|password)\b/,
  },
  {
    name: 'Members',
    description: "Everybody's accounts, links to register and to set a password; for the owner alone.",
    paths: /^\/(?:members|invitations)\b/,
  },
  {
    name: 'Moderation',
    description: 'Reports of messages, mutes and bans.',
    paths: /^\/chat\/(?:moderation|messages\/:id\/report)$/,
  },
  {
    name: 'Visitors',
    description: 'Who talks, and who is here.',
    paths: /^\/chat\/(?:visitors|challenge|presence)$/,
  },
  {
    name: 'Following a room',
    description:
      'What has changed after a cursor: by asking, by long polling, as a stream, over a WebSocket.',
    paths: /^\/chat\/(?:rooms\/:room\/(?:changes|stream)|socket|about\/stream)$/,
  },
  {
    name: 'Messages',
    description: 'Writing, reading, finding and deleting messages.',
    paths: /^\/chat\/(?:rooms\/:room\/messages|messages\/:id(?:\/restore)?|search|about)$/,
  },
  {
    name: 'Private conversations',
    description:
      'Each is a room of the owner and one other person, whose messages are read and written like any.',
    paths: /^\/chat\/conversations$/,
  },
  {
    name: 'Programs',
    description:
      'Bots, and the addresses at which other programs say something as one; bots are for the owner alone.',
    paths: /^\/bots\b/,
  },
  { name: 'Rooms', description: 'The rooms of the chat.', paths: /^\/chat\/rooms(?:\/:room)?$/ },
  {
    name: 'Lesson',
    description: "What the lesson on transports asks for; what is said in its room is read like any room's.",
    paths: /^\/lesson\b/,
  },
]

/**
 * Builds the API description (OpenAPI 3.1) from the routes and their validation schemas. `others` are paths outside
 * `/api`, whose bodies are not JSON alone.
 */
export function describeApi(routes: Route[], version: string, others: ZodOpenApiPathsObject = {}) {
  const paths: ZodOpenApiPathsObject = {}
  for (const definition of routes) {
    const path = `/api${definition.path}`.replace(/\/$/, '').replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = { ...paths[path], [definition.method]: operation(definition) }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'me',
      version,
      description: 'A personal site: presentation, weekly reports and a live chat. Success is `{"data": …}`.',
    },
    tags: groups.map(({ name, description }) => ({ name, description })),
    paths: { ...paths, ...others },
    webhooks: Object.fromEntries(
      Object.entries(webhookPayloads).map(([name, schema]) => [name, { post: told(schema) }]),
    ),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'me_session' },
      },
    },
  })
}

/** What a webhook of the format `standard` is told. */
const told = (payload: z.ZodType): ZodOpenApiOperationObject => ({
  tags: ['Webhooks'],
  summary: 'Signed as Standard Webhooks says; 2xx takes it, 410 switches the webhook off',
  requestParams: { header: WebhookHeaders },
  requestBody: { required: true, content: { 'application/json': { schema: payload } } },
  responses: { '2XX': { description: 'Taken' } },
})

const WebhookHeaders = z.object({
  'webhook-id': z.string().describe('the same for each retry and replay'),
  'webhook-timestamp': z.string().describe('when it is sent, in seconds since 1970'),
  'webhook-signature': z.string().describe('`v1,` and the HMAC-SHA256 of `id.timestamp.body`, base64'),
})

function operation({
  path,
  who,
  summary,
  params,
  query,
  body,
  bodyOptional,
  fresh,
  answer,
  status,
  isStream,
  ifMatch,
}: Route): ZodOpenApiOperationObject {
  return {
    tags: groups
      .filter(({ paths }) => paths.test(path))
      .slice(0, 1)
      .map(({ name }) => name),
    summary,
    ...(who !== 'all' &&
      who !== 'anybody' &&
      who !== 'reader' && { description: guards[who], security: [{ bearer: [] }, { cookie: [] }] }),
    requestParams: {
      ...(params instanceof z.ZodObject && { path: params }),
      ...(query instanceof z.ZodObject && { query }),
      ...(ifMatch && { header: IfMatch }),
    },
    ...(body && {
      requestBody: { required: !bodyOptional, content: { 'application/json': { schema: body } } },
    }),
    responses: {
      [String(status ?? (answer ? 200 : 204))]: answer
        ? { description: 'Done', content: contentOf(answer, isStream) }
        : { description: 'Done' },
      ...(ifMatch && { 412: refused('Changed since the version in `If-Match`') }),
      ...(fresh && {
        403: refused('`PASSWORD_REQUIRED`: the session has not proved itself within the last hour'),
      }),
      default: refused('The request is refused'),
    },
  }
}

/** The header of a write that must not replace what its author has not seen. */
const IfMatch = z.object({
  'If-Match': z
    .string()
    .optional()
    .describe('the `ETag` that the write is based on; a stale one is 412 `CONFLICT`'),
})

const refused = (description: string) => ({
  description,
  content: { 'application/json': { schema: ErrorBody } },
})

const contentOf = (answer: z.ZodType, isStream = false): ZodOpenApiContentObject =>
  isStream
    ? { 'text/event-stream': { schema: answer } }
    : { 'application/json': { schema: z.object({ data: answer }) } }

const guards = {
  user: 'For those who are signed in.',
  owner: 'For the owner.',
  writer: "With a visitor's, a user's or a bot's token.",
}
