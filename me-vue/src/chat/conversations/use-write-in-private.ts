import type { Room } from 'me-api/contract'
import { useRouter } from 'vue-router'
import { request } from '../../api/http.ts'
import { ownHeaders } from '../../api/own-headers.ts'
import { roomPath } from '../rooms/room-path.ts'

/** Returns a function that opens the private conversation: the owner's with a person, everybody else's with the owner. */
export function useWriteInPrivate() {
  const router = useRouter()
  /** @throws {ApiError} */
  return async function writeInPrivate(personId?: string): Promise<void> {
    const body = personId === undefined ? {} : { with: personId }
    const room = await request<Room>('POST', '/api/chat/conversations', { body, headers: ownHeaders() })
    await router.push(roomPath(room.name))
  }
}
