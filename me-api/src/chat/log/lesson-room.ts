import { type Author, LESSON_ROOM } from '../../contract/index.ts'
import { Refusal } from '../../errors.ts'

/** The server, as it speaks in the lesson's room. Nobody else gets this id: those of people are random. */
export const LESSON_AUTHOR: Author = {
  id: '00000000-0000-8000-8000-000000000001',
  nick: 'lesson',
  role: 'bot',
}

/** @throws {Refusal} FORBIDDEN for the lesson's room, in which nobody but the server does anything */
export function refuseLesson(room: string): void {
  if (room === LESSON_ROOM) throw new Refusal('FORBIDDEN', 'Only the server writes into this room.')
}
