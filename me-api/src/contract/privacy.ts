import { z } from 'zod'
import { Message, Person } from './chat.ts'

/** What the current settings mean for visitors; all periods in days. */
export const Privacy = z
  .object({
    messagesKept: z.int().nullable().describe('null: until somebody takes them away'),
    sessionUnused: z.int().describe('a session ends so long after its last use'),
    sessionAtMost: z.int(),
    browserKnown: z.int().describe('a browser is known so long after somebody signed in with it'),
    addressesHashed: z
      .int()
      .describe('so long it is known, as a keyed hash, where somebody in the chat came from'),
    reportedKept: z
      .int()
      .describe(
        'so long at most the owner sees what was reported, also where it was edited or deleted since',
      ),
    proxies: z.int().describe('how many stand in front and see addresses too'),
    registration: z.enum(['open', 'closed']),
  })
  .meta({ id: 'Privacy' })
export type Privacy = z.infer<typeof Privacy>

/** One person's messages that are not deleted, in the order of arrival. */
export const Words = z.object({ self: Person, messages: z.array(Message) }).meta({ id: 'Words' })
export type Words = z.infer<typeof Words>
