/**
 * The security headers of the API's answers as lines for Caddy, which serves the built files: one source for both,
 * also of the inline script's hash.
 */
import { join } from 'node:path'
import { readIndexHtml } from '../../me-api/src/site/index-html.ts'
import { securityHeaders } from '../../me-api/src/http/security.ts'

const { scriptHashes } = readIndexHtml(join(import.meta.dirname, '../dist'))
const lines: string[] = []
const answer = {
  setHeader: (name: string, value: unknown) => void lines.push(`header ${name} "${String(value)}"`),
  removeHeader: () => {},
}
securityHeaders(scriptHashes)({} as never, answer as never, (error?: unknown) => {
  if (error) throw error
})
console.log(lines.join('\n'))
