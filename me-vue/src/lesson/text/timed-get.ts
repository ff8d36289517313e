import { ApiError, failureOf } from '../../api/http.ts'
import { bytesOf } from '../meter.ts'

/** An answer with what the browser says of it (Resource Timing). */
export type TimedAnswer<T> = {
  status: number
  /** Without a body, as with 304, there are no data. */
  data: T | undefined
  etag: string
  /** Bytes of the body on their way, compressed where it is. */
  bytes: number
  /** Milliseconds from the request to the answer's end. */
  time: number
  /** How the browser spoke with whatever it reached: `http/1.1`, `h2`, `h3`. */
  protocol: string
}

/** Milliseconds after which a browser that reports no timing of a request is believed to report none. */
const REPORTED_WITHIN = 2_000

/** Asks past the browser's own cache, so that the server answers. @throws {ApiError} */
export async function timedGet<T>(
  path: string,
  headers: Record<string, string> = {},
): Promise<TimedAnswer<T>> {
  const begun = performance.now()
  const timing = timingOf(new URL(path, location.href).href, begun)
  try {
    const answer = await fetch(path, { headers, cache: 'no-store' })
    const text = await answer.text()
    const measured = performance.now() - begun
    const json = text && (JSON.parse(text) as { data: T })
    if (!answer.ok && answer.status !== 304)
      throw failureOf({ status: answer.status, json, retryAfter: answer.headers.get('retry-after') })
    const entry = await timing.found()
    return {
      status: answer.status,
      data: json ? json.data : undefined,
      etag: answer.headers.get('etag') ?? '',
      bytes: entry?.encodedBodySize ?? bytesOf(text),
      time: entry ? entry.responseEnd - entry.startTime : measured,
      protocol: entry?.nextHopProtocol ?? '',
    }
  } catch (cause) {
    throw cause instanceof ApiError ? cause : new ApiError(0, 'OFFLINE', String(cause))
  } finally {
    timing.stop()
  }
}

/** Waits for the browser's entry about a request that is made now. */
function timingOf(url: string, since: number) {
  let tell: (entry?: PerformanceResourceTiming) => void = () => {}
  const found = new Promise<PerformanceResourceTiming | undefined>((resolve) => (tell = resolve))
  const observer = new PerformanceObserver((list) => {
    const entry = list.getEntriesByName(url).find(({ startTime }) => startTime >= since - 1)
    if (entry) tell(entry as PerformanceResourceTiming)
  })
  observer.observe({ type: 'resource' })
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    /** Resolves to nothing where the browser says nothing soon after the answer. */
    found(): Promise<PerformanceResourceTiming | undefined> {
      timer = setTimeout(tell, REPORTED_WITHIN)
      return found
    },
    stop() {
      clearTimeout(timer)
      observer.disconnect()
    },
  }
}
