import { CompiledQuery, type Compilable, type DialectAdapter } from 'kysely'
import type { Database } from './tables.ts'

/** Texts of SQL kept; the shapes of one statement are as many as the rows it may take. */
const KEPT = 256

const compiled = new WeakMap<DialectAdapter, Map<string, string>>()

/**
 * Runs a query whose SQL depends on its name alone: Kysely builds and compiles it once for each database, and from
 * then on it only takes its values, in the order in which Kysely wrote their places. For what every message passes
 * through: in the benchmark's quiet room that was half a millisecond of an acknowledgement.
 */
export async function runCompiled<Row>(
  db: Database,
  name: string,
  values: readonly unknown[],
  build: () => Compilable<Row>,
): Promise<Row[]> {
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(textOf(db, name, values, build), [...values]))
  return rows
}

function textOf(
  db: Database,
  name: string,
  values: readonly unknown[],
  build: () => Compilable<unknown>,
): string {
  const { adapter } = db.getExecutor()
  const texts = compiled.get(adapter) ?? new Map<string, string>()
  compiled.set(adapter, texts)
  const known = texts.get(name)
  if (known !== undefined) return known
  const { sql, parameters } = build().compile()
  if (parameters.length !== values.length || parameters.some((value, index) => value !== values[index])) {
    throw new Error(`The values of "${name}" are not in the order of its SQL.`)
  }
  if (texts.size >= KEPT) texts.delete(texts.keys().next().value ?? '')
  texts.set(name, sql)
  return sql
}
