import type { Change, LessonHeaders } from 'me-api/contract'
import { get } from '../api/http.ts'
import { type ClockOffset, type ClockSample, clockOffset } from './delays.ts'

/** How often the server's clock is asked for, one after the other. */
const SAMPLES = 5

export type MeasuredConnection = {
  clock: ClockOffset
  /** Bytes of one request's head. */
  requestHead: number
  /** The HTTP version between the browser and what answers it, by ALPN's names: `http/1.1`, `h2`, `h3`. */
  protocol: string
}

/** Measures the connection to the server. Throws ApiError, or the signal's reason. */
export async function measureConnection(signal: AbortSignal): Promise<MeasuredConnection> {
  const samples: ClockSample[] = []
  let requestHead = 0
  for (let at = 0; at < SAMPLES; at++) {
    const sentAt = performance.now()
    const { now, bytes } = await get<LessonHeaders>(HEADERS, signal)
    samples.push({ sentAt, answeredAt: performance.now(), serverTime: now })
    requestHead = bytes
  }
  return { clock: clockOffset(samples), requestHead, protocol: protocolOf(HEADERS) }
}

const HEADERS = '/api/lesson/headers'

function protocolOf(path: string): string {
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
  const found = entries.findLast(({ name }) => new URL(name).pathname === path)
  const [document] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return (found ?? document)?.nextHopProtocol ?? ''
}

/**
 * The room's change number now: a reader that begins after it gets what is said from now on. Throws ApiError, or the signal's
 * reason.
 */
export const changeNow = async (room: string, signal: AbortSignal): Promise<number> =>
  (await get<Change>(`/api/chat/rooms/${room}/changes?limit=1`, signal)).to
