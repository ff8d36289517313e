/** Returns a percentile of the measured milliseconds; NaN without measurements. */
export function percentile(took: number[], part: number): number {
  const sorted = took.toSorted((one, other) => one - other)
  return sorted[Math.ceil(sorted.length * part) - 1] ?? NaN
}

export const inMs = (took: number[], part: number): string => `${percentile(took, part).toFixed(1)} ms`

export const percent = (part: number, whole: number): string =>
  `${((100 * part) / Math.max(whole, 1)).toFixed(2)} %`

export const inMegabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`
