import { randomUUID } from 'node:crypto'
import { LESSON_ROOM, type LessonSaid } from '../contract/index.ts'
import type { Limit } from '../config.ts'
import { LESSON_AUTHOR } from '../chat/log/lesson-room.ts'
import type { RoomLog } from '../chat/log/room-log.ts'
import { createAddressLimiter, createLimiter, useAll } from '../chat/rate-limits/rate-limiter.ts'
import type { Tallies } from '../nodes/tallies.ts'

/** Messages that one address may make the server say: three bursts, and then a pause that a reader hardly notices. */
const SAID_TO_ADDRESS: Limit = { count: 60, seconds: 10 }
/**
 * Messages said in all. The period is short, because all of them may come in one moment, and each goes to every reader: sixty
 * to a thousand readers are half a second of work.
 */
const SAID_IN_ALL: Limit = { count: 60, seconds: 3 }

type Parts = { roomLog: Pick<RoomLog, 'write'>; tallies: Tallies }

/** Says something in the lesson's room, in the server's name. */
export function createSpeaker({ roomLog, tallies }: Parts) {
  const ofAddress = createAddressLimiter(
    SAID_TO_ADDRESS,
    'Much is being said for your address. Wait a little.',
    'lesson of an address',
    tallies.of('lesson of an address'),
  )
  const inAll = createLimiter(SAID_IN_ALL, 'Much is being said in the lesson. Wait a little.', {
    name: 'lesson',
    share: tallies.of('lesson'),
  })

  /** Says `count` messages, each a write of its own. @throws {Refusal} RATE_LIMITED, UNAVAILABLE */
  return async function say(count: number, address: string | null): Promise<LessonSaid> {
    useAll([ofAddress, address, count], [inAll, LESSON_ROOM, count])
    const written = Array.from({ length: count }, () =>
      roomLog.write({
        kind: 'send',
        id: randomUUID(),
        room: LESSON_ROOM,
        author: LESSON_AUTHOR,
        content: (seq) => ({ text: `No. ${seq}` }),
      }),
    )
    return { room: LESSON_ROOM, messages: await Promise.all(written) }
  }
}

export type Say = ReturnType<typeof createSpeaker>
