import type { Request } from 'express'
import { z } from 'zod'
import {
  DELIVERIES_LIMIT,
  DELIVERIES_LIMIT_MAX,
  NewWebhook,
  Webhook,
  WebhookChanges,
  WebhookDeliveries,
  WebhookDelivery,
  WebhookMade,
  anyId,
} from '../../contract/index.ts'
import { queryNumber } from '../../http/query-number.ts'
import { type Route, route } from '../../http/route.ts'
import type { Webhooks } from './webhooks.ts'

const OfWebhook = z.object({ id: anyId })
const OfDelivery = z.object({ id: anyId, delivery: anyId })
const DeliveryPage = z.object({
  before: anyId.optional(),
  limit: queryNumber(1, DELIVERIES_LIMIT_MAX).default(DELIVERIES_LIMIT),
})

type Parts = { webhooks: Webhooks; originOf: (req: Request) => string }

/** REST routes of the owner's webhooks. */
export const webhookRoutes = ({ webhooks, originOf }: Parts): Route[] => [
  route({
    method: 'get',
    path: '/webhooks',
    who: 'owner',
    summary: 'List the webhooks, the oldest first',
    answer: z.array(Webhook),
    handle: () => webhooks.list(),
  }),
  route({
    method: 'post',
    path: '/webhooks',
    who: 'owner',
    summary: 'Have an address told what happens on the site; the secret is shown this once',
    body: NewWebhook,
    answer: WebhookMade,
    status: 201,
    logged: ({ body }) => ['create-webhook', new URL(body.url).host],
    async handle({ body, req, res }) {
      const made = await webhooks.add(body, originOf(req))
      res.location(`/api/webhooks/${made.webhook.id}`)
      return made
    },
  }),
  route({
    method: 'get',
    path: '/webhooks/:id',
    who: 'owner',
    summary: 'Get a webhook',
    params: OfWebhook,
    answer: Webhook,
    handle: ({ params }) => webhooks.read(params.id),
  }),
  route({
    method: 'patch',
    path: '/webhooks/:id',
    who: 'owner',
    summary: 'Change a webhook, or switch it off or on; what waited for it is sent when it is on again',
    params: OfWebhook,
    body: WebhookChanges,
    answer: Webhook,
    logged: ({ data }) => ['change-webhook', new URL((data as Webhook).url).host],
    handle: ({ params, body }) => webhooks.change(params.id, body),
  }),
  route({
    method: 'delete',
    path: '/webhooks/:id',
    who: 'owner',
    summary: 'Remove a webhook, with what waits for it and its log',
    params: OfWebhook,
    logged: ({ data }) => ['remove-webhook', new URL(data as string).host],
    handle: ({ params }) => webhooks.remove(params.id),
  }),
  route({
    method: 'post',
    path: '/webhooks/:id/test',
    who: 'owner',
    summary: 'Have a test sent to a webhook, once and at once, also where it is off',
    params: OfWebhook,
    answer: WebhookDelivery,
    status: 202,
    handle: ({ params }) => webhooks.test(params.id),
  }),
  route({
    method: 'get',
    path: '/webhooks/:id/deliveries',
    who: 'owner',
    summary: 'List what a webhook was told and is to be told, the newest first',
    params: OfWebhook,
    query: DeliveryPage,
    answer: WebhookDeliveries,
    handle: ({ params, query }) => webhooks.log(params.id, query.before, query.limit),
  }),
  route({
    method: 'post',
    path: '/webhooks/:id/deliveries/:delivery/replay',
    who: 'owner',
    summary: 'Have something told once more, at once, as it is now and under the same `webhook-id`',
    params: OfDelivery,
    answer: WebhookDelivery,
    status: 202,
    handle: ({ params }) => webhooks.replay(params.id, params.delivery),
  }),
]
