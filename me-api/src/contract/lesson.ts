import { z } from 'zod'
import { Message, RoomName } from './chat.ts'
import type { EventsOf, ServerTable } from './events.ts'
import { LESSON_SAY_MAX } from './limits.ts'

/** How many messages the server is to say in the lesson's room; one where nothing is said of it. */
export const LessonSay = z.object({ count: z.int().min(1).max(LESSON_SAY_MAX).default(1) })

/** What the server has said, in the room's order. */
export const LessonSaid = z.object({ room: RoomName, messages: z.array(Message) }).meta({ id: 'LessonSaid' })
export type LessonSaid = z.infer<typeof LessonSaid>

/** A request as it arrived at the server; the value of a header that may hold a secret is `…`. */
export const LessonHeaders = z
  .object({
    httpVersion: z.string().describe('of the last part of the way: a proxy may speak HTTP/2 with the reader'),
    headers: z
      .array(z.object({ name: z.string(), value: z.string() }))
      .describe('in the order and the spelling in which they arrived'),
    bytes: z.int().describe('of the request line and the header lines, with their line ends'),
    node: z.string().describe('a short id of the API process, new with each start'),
    now: z.number().describe("the server's time, in milliseconds since 1970"),
  })
  .meta({ id: 'LessonHeaders' })
export type LessonHeaders = z.infer<typeof LessonHeaders>

/** Namespace `/lesson`, server → client. The events' reference is generated from this table. */
export const lessonEvents = {
  message: {
    summary:
      "A message that was written into the lesson's room while the connection was open. Nothing else is sent: whoever was away gets nothing of what was said meanwhile, and is not told so.",
    data: Message,
  },
} satisfies ServerTable

export type LessonEvents = EventsOf<typeof lessonEvents>
