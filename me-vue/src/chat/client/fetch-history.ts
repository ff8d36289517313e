import type { Change, HistoryPage } from 'me-api/contract'
import { getInRoom } from './get-in-room.ts'

/** Messages in a page of older history. */
export const PAGE = 100

/** The page of a room's history below a seq. @throws {ApiError} */
export const fetchHistory = (room: string, before: number): Promise<HistoryPage> =>
  getInRoom<HistoryPage>(room, `/api/chat/rooms/${room}/messages?before=${before}&limit=${PAGE}`)

/** The messages around a moment. @throws {ApiError} */
export const fetchAround = (room: string, at: Date): Promise<HistoryPage> =>
  getInRoom<HistoryPage>(room, `/api/chat/rooms/${room}/messages?at=${at.toISOString()}`)

/** What changed in a room after a cursor; after null its last messages. @throws {ApiError} */
export const fetchChanges = (room: string, after: number | null): Promise<Change> =>
  getInRoom<Change>(room, `/api/chat/rooms/${room}/changes${after === null ? '' : `?after=${after}`}`)
