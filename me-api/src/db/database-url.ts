/** The location of the data: an SQLite file, or a PostgreSQL server. */
export type DatabaseUrl = { kind: 'sqlite'; path: string } | { kind: 'postgres'; url: string }
export type DatabaseKind = DatabaseUrl['kind']

/**
 * Whether the URL names a host (or a socket's folder, `?host=`) and all of it can be decoded. The library of PostgreSQL takes
 * localhost where there is no host, and fails on some `%` only when it connects.
 */
export function isPostgresUrl(text: string): boolean {
  try {
    const { protocol, username, password, hostname, pathname, searchParams } = new URL(text)
    return (
      /^postgres(ql)?:$/.test(protocol) &&
      !!(hostname || searchParams.get('host')) &&
      typeof decodeURIComponent(username + password + hostname + pathname) === 'string'
    )
  } catch {
    return false
  }
}
