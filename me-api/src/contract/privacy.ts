import { z } from 'zod'
import { Message, Person } from './chat.ts'

/** What the current settings mean for visitors; all periods in days. */
export const Privacy = z
  .object({
    messagesKept: z.int().nullable().describe('null: until somebody deletes them'),
    sessionUnused: z.int().describe('days after its last use until a session ends'),
    sessionAtMost: z.int(),
    browserKnown: z.int().describe('days after a sign-in for which the browser is remembered'),
    visitorKnown: z
      .int()
      .describe('days after the last message for which a browser without script knows its visitor'),
    addressesHashed: z
      .int()
      .describe('days for which the address of a person in the chat is stored, as a keyed hash'),
    reportedKept: z
      .int()
      .describe(
        'maximum days for which the owner sees a reported message, also if it was edited or deleted since',
      ),
    proxies: z.int().describe('the number of proxies in front of the server, which see addresses too'),
    mail: z.boolean().describe('whether the site sends mail'),
    registration: z.enum(['open', 'invited', 'closed']),
  })
  .meta({ id: 'Privacy' })
export type Privacy = z.infer<typeof Privacy>

/** One person's messages that are not deleted, in the order of arrival. */
export const Words = z.object({ self: Person, messages: z.array(Message) }).meta({ id: 'Words' })
export type Words = z.infer<typeof Words>
