/**
 * Where to go after signing in: a path on this site, never another origin ("//evil.example", "/\evil.example", nor
 * either with a tab or a line end in it, which browsers leave out of addresses).
 */
export function safeRedirect(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?![/\\])[^\t\r\n]*$/.test(wanted) ? wanted : '/'
}
