import { CompiledQuery, type Compilable, type DialectAdapter } from 'kysely'
import type { Database } from './tables.ts'

/** The most SQL texts in the cache; a statement has one for each number of rows it may take. */
const CACHED_MAX = 256

const compiled = new WeakMap<DialectAdapter, Map<string, string>>()

/**
 * Runs a query whose SQL depends on its name alone. Kysely builds and compiles it once per database; afterwards only
 * the values are bound, in the order of Kysely's placeholders. It is for the queries of every message: in the
 * benchmark's quiet room compiling took half a millisecond of an acknowledgement.
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
  const cached = texts.get(name)
  if (cached !== undefined) return cached
  const { sql, parameters } = build().compile()
  if (parameters.length !== values.length || parameters.some((value, index) => value !== values[index])) {
    throw new Error(`The values of "${name}" are not in the order of its SQL.`)
  }
  if (texts.size >= CACHED_MAX) texts.delete(texts.keys().next().value ?? '')
  texts.set(name, sql)
  return sql
}
