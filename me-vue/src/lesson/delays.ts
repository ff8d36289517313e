/** A request for the server's time: when it was sent and answered by this page's clock, and the time it answered with. */
export type ClockSample = { sentAt: number; answeredAt: number; serverTime: number }

/** What to add to this page's clock to have the server's, in milliseconds, and by how much that may be wrong. */
export type ClockOffset = { offset: number; uncertainty: number }

/**
 * How far the server's clock is from this page's. The sample with the shortest round trip counts: the server read its
 * clock some time within it, which is taken to be the middle (as in NTP, RFC 5905 §8).
 */
export function clockOffset(samples: ClockSample[]): ClockOffset {
  const [best] = samples.toSorted((a, b) => roundTrip(a) - roundTrip(b))
  if (!best) return { offset: 0, uncertainty: Infinity }
  return {
    offset: best.serverTime - (best.sentAt + best.answeredAt) / 2,
    uncertainty: roundTrip(best) / 2,
  }
}

const roundTrip = ({ sentAt, answeredAt }: ClockSample): number => answeredAt - sentAt

export type Delays = { last: number; median: number; worst: number }

/** The last, the middle and the longest of some delays, in the order in which they were measured; undefined for none. */
export function delaysOf(all: number[]): Delays | undefined {
  const sorted = all.toSorted((a, b) => a - b)
  const [last, middle, worst] = [all.at(-1), sorted[Math.floor((sorted.length - 1) / 2)], sorted.at(-1)]
  return last === undefined || middle === undefined || worst === undefined
    ? undefined
    : { last, median: middle, worst }
}

/** Milliseconds at the chart's foot and top. */
export const CHART = { least: 1, most: 10_000 } as const

/** How high a delay is in the chart, from 0 to 1: each tenfold is one step more, so that 5 ms and 2 s are both seen. */
export function heightOf(delay: number): number {
  const { least, most } = CHART
  const kept = Math.min(most, Math.max(least, delay))
  return Math.log(kept / least) / Math.log(most / least)
}
