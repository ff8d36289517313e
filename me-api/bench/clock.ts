/** The machine's monotonic clock, the same for all processes, in milliseconds. */
export function clock(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1_000 + nanoseconds / 1e6
}
