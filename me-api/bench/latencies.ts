/** Buckets of a tenth of a millisecond, up to two minutes: cheap enough for millions of deliveries a second. */
const BUCKET = 0.1
const BUCKETS = 1_200_000

export type Summary = { count: number; p50: number; p99: number; max: number }

/** Collects latencies in milliseconds. */
export function createLatencies() {
  const buckets = new Uint32Array(BUCKETS)
  let count = 0

  function percentile(share: number): number {
    let left = Math.ceil(count * share)
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= buckets[bucket]!
      if (left <= 0) return (bucket + 1) * BUCKET
    }
    return BUCKETS * BUCKET
  }

  return {
    record(milliseconds: number): void {
      buckets[Math.max(0, Math.min(BUCKETS - 1, Math.floor(milliseconds / BUCKET)))]!++
      count++
    },
    summary: (): Summary =>
      count === 0
        ? { count, p50: NaN, p99: NaN, max: NaN }
        : { count, p50: percentile(0.5), p99: percentile(0.99), max: percentile(1) },
  }
}
