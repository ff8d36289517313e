/** The location of the data: an SQLite file, or a PostgreSQL server. */
export type DatabaseUrl = { kind: 'sqlite'; path: string } | { kind: 'postgres'; url: string }
export type DatabaseKind = DatabaseUrl['kind']
