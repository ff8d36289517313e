import express, { type Request, type RequestHandler, Router } from 'express'
import { z } from 'zod'
import { ErrorBody, HOOK_MAX, RoomName } from '../../contract/index.ts'
import { Refusal, parse } from '../../errors.ts'
import type { Charge } from '../../http/request-limit.ts'
import type { KnownBot } from '../bots/bots.ts'
import type { HookTarget, Hooks } from './hooks.ts'
import { DiscordMessage } from './discord.ts'
import { SlackMessage } from './slack.ts'

const HookQuery = z.object({
  room: RoomName.optional().describe("default: the bot's first room, else the lobby"),
})
/** The form in which a repeat is recognised; GitHub gives each delivery an id. */
const RepeatKey = z.string().min(1).max(255).optional()

type Parts = { hooks: Hooks; charge: Charge }

/**
 * Serves `POST /hooks/:token`. A request of a known bot counts against that bot alone, so that whoever shares the
 * sender's address is not slowed down; all others count against their address.
 */
export function hookRoutes({ hooks, charge }: Parts): Router {
  const identify: RequestHandler = async (req, res, next) => {
    const known = await hooks.find(String(req.params['token']))
    if (!known) return next('route')
    const target = targetOf(req)
    await hooks.count(known, target)
    Object.assign(res.locals, { known, target })
    next()
  }

  const receive: RequestHandler = async (req, res) => {
    const { known, target } = res.locals as { known: KnownBot; target: HookTarget }
    const request = {
      body: req.body instanceof Buffer ? req.body : Buffer.alloc(0),
      ...mediaTypeOf(req.get('content-type')),
      githubEvent: req.get('x-github-event'),
    }
    const answer = await hooks.receive(known, target, request, req.get('x-hub-signature-256'))
    res.set('Cache-Control', 'no-store')
    if (answer === null) res.status(204).end()
    else res.type('text/plain').send(answer)
  }

  const refuse: RequestHandler = () => {
    throw new Refusal('NOT_FOUND', 'There is no such path.')
  }

  const router = Router({ caseSensitive: true })
  // As it came, because that is what was signed.
  const readBody = express.raw({ type: () => true, limit: HOOK_MAX, inflate: false })
  router.post('/hooks/:token', identify, readBody, receive)
  router.post('/hooks/:token', charge(1), refuse)
  return router
}

function targetOf(req: Request): HookTarget {
  const { room } = parse(HookQuery, req.query)
  const key = parse(RepeatKey, req.get('idempotency-key') ?? req.get('x-github-delivery'))
  return { room, key }
}

/** `text/plain; charset=utf-8` → its type and charset. */
function mediaTypeOf(contentType = ''): { type: string; charset: string | null } {
  const [type = '', ...parameters] = contentType.split(';').map((part) => part.trim().toLowerCase())
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))
  return { type, charset: charset?.slice('charset='.length).replaceAll('"', '') ?? null }
}

/** The hook in the API's description, where paths outside `/api` have no place of their own. */
export const hookDescription = {
  '/hooks/{token}': {
    post: {
      tags: ['Programs'],
      summary: 'Say something as a bot, in the format of another service',
      description:
        'A plain text; a message for Slack, as JSON or as the field `payload` of a form; a message for Discord; or an event of GitHub (`X-GitHub-Event`), of which `push`, `release`, `issues`, `pull_request` and `workflow_run` are told.',
      requestParams: {
        path: z.object({ token: z.string().describe("the bot's token") }),
        query: HookQuery,
        header: z.object({
          'Idempotency-Key': RepeatKey.describe('a repeat with the same key is the same message'),
          'X-GitHub-Event': z.string().optional(),
          'X-GitHub-Delivery': RepeatKey.describe('counts as the key where there is no other'),
          'X-Hub-Signature-256': z
            .string()
            .optional()
            .describe(
              "sha256= and the body's HMAC under the bot's secret, in hexadecimal; verified if present",
            ),
        }),
      },
      requestBody: {
        required: true,
        content: {
          'text/plain': { schema: z.string() },
          'application/json': { schema: z.union([SlackMessage, DiscordMessage]) },
          'application/x-www-form-urlencoded': { schema: z.object({ payload: z.string() }) },
        },
      },
      responses: {
        200: {
          description: '`ok`, to a message for Slack',
          content: { 'text/plain': { schema: z.string() } },
        },
        204: { description: 'Done, or nothing to say' },
        default: {
          description: 'The request is refused; an unknown token is 404',
          content: { 'application/json': { schema: ErrorBody } },
        },
      },
    },
  },
}
