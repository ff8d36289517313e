import { sql } from 'kysely'
import type { Database } from '../../src/db/tables.ts'

type Column = { name: string; type: string; notnull: 0 | 1; pk: number }
type Key = { table: string; from: string }
type Table = { name: string; columns: Column[]; keys: Key[] }

/** The schema of an SQLite database as Mermaid's `erDiagram`, without what Kysely and FTS5 keep for themselves. */
export async function erDiagram(db: Database): Promise<string> {
  const tables = await tablesOf(db)
  const lines = tables.flatMap(({ name, columns, keys }) => [
    `  ${name} {`,
    ...columns.map((column) => `    ${columnLine(column, keys)}`),
    '  }',
  ])
  const relations = tables.flatMap(({ name, columns, keys }) =>
    keys.map(
      ({ table, from }) => `  ${table} ||--o${isWholeKey(columns, from) ? '|' : '{'} ${name} : "${from}"`,
    ),
  )
  return ['erDiagram', ...lines, ...relations].join('\n')
}

async function tablesOf(db: Database): Promise<Table[]> {
  const { rows } = await sql<{ name: string }>`
    select name from sqlite_master
    where type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%' and name not like 'messages_search%'
    order by name
  `.execute(db)
  const tables: Table[] = []
  for (const { name } of rows) {
    const columns =
      await sql<Column>`select name, type, "notnull", pk from pragma_table_info(${name})`.execute(db)
    const keys = await sql<Key>`select "table", "from" from pragma_foreign_key_list(${name})`.execute(db)
    tables.push({ name, columns: columns.rows, keys: keys.rows })
  }
  return tables
}

function columnLine({ name, type, notnull, pk }: Column, keys: Key[]): string {
  const marks = [pk > 0 && 'PK', keys.some(({ from }) => from === name) && 'FK'].filter(Boolean)
  const may = notnull || pk ? '' : ' "null"'
  return `${type.toLowerCase()} ${name}${marks.length > 0 ? ` ${marks.join(', ')}` : ''}${may}`
}

/** Whether a column alone is the primary key, so that there is one row at most for what it refers to. */
const isWholeKey = (columns: Column[], name: string): boolean =>
  columns.filter(({ pk }) => pk > 0).every((column) => column.name === name)
