/** What was measured, what was found, and what was wanted. */
export type Row = { what: string; found: string; wanted: string }

export function table(rows: Row[]): string {
  const all = [{ what: '', found: 'measured', wanted: 'wanted' }, ...rows]
  const width = (column: keyof Row) => Math.max(...all.map((row) => row[column].length))
  const [what, found, wanted] = [width('what'), width('found'), width('wanted')]
  const lines = all.map(
    (row) => `| ${row.what.padEnd(what)} | ${row.found.padStart(found)} | ${row.wanted.padEnd(wanted)} |`,
  )
  lines.splice(1, 0, `| ${'-'.repeat(what)} | ${'-'.repeat(found - 1)}: | ${'-'.repeat(wanted)} |`)
  return lines.join('\n')
}

/** The value below which a share of them lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

export const ms = (value: number): string => `${Math.round(value)} ms`
