import { isPrivate } from 'me-api/contract/conversation-name'
import { request } from '../../api/http.ts'
import { ownHeaders } from '../../api/own-headers.ts'

/** Reads something of a room; of a private conversation as its person, whom an open room need not know. @throws {ApiError} */
export const getInRoom = <T>(room: string, path: string, signal?: AbortSignal): Promise<T> =>
  request<T>('GET', path, { signal, headers: isPrivate(room) ? ownHeaders() : {} })
