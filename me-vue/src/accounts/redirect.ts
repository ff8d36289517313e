/** Where to go after signing in: a path on this site, never another origin ("//evil.example", "/\evil.example"). */
export function safeRedirect(wanted: unknown): string {
  return typeof wanted === 'string' && /^\/(?![/\\])/.test(wanted) ? wanted : '/'
}
