import type { HistoryPage } from 'me-api/contract'
import { get } from '../../api/http.ts'

/** Messages in a page of older history. */
export const PAGE = 100

/** The page of a room's history below a seq. @throws {ApiError} */
export const fetchHistory = (room: string, before: number): Promise<HistoryPage> =>
  get<HistoryPage>(`/api/chat/rooms/${room}/messages?before=${before}&limit=${PAGE}`)
