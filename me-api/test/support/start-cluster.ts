/**
 * Runs the API's tests against a real PostgreSQL and Redis: those of TEST_POSTGRES_URL and TEST_REDIS_URL, or throwaway
 * servers made from the machine's own programs. Each test gets a database of its own in them.
 */
import { spawn } from 'node:child_process'
import { makeTemplate } from './database.ts'
import { startPostgres, startRedis } from './throwaway-servers.ts'

/** What these files test does not depend on the database: `npm test` runs them, and so does their name as an argument. */
const SAME_ON_ANY_DATABASE = `
  address-limits admission-queue backup bad-input blank-text chat-documents chat-form chat-form-hostile
  chat-form-refused chat-websocket client-address clock concurrency-gate config cookies counters cross-site
  cut-text debug-log default-limits direction docs documents duplicate-flood error-isolation event-limits
  events-reference fair-queue feeds follow fresh-proof hooks hostile-requests http integrations-recipes
  lesson-foil links lost-connections mail-failures mentions metrics outbound pace page-cache page-markdown
  privacy proof-of-work request-limit reserved-names search-snippets sign-in-limit site site-host sse start
  static-files supervisor text-browsers two-factor-key typing upgrades weak-passwords webhooks-abuse
  webhooks-formats webhooks-recipes
`
  .trim()
  .split(/\s+/)

const { TEST_POSTGRES_URL, TEST_REDIS_URL } = process.env
const postgres = TEST_POSTGRES_URL ? null : await startPostgres()
const redis = TEST_REDIS_URL ? null : await startRedis()
await makeTemplate(TEST_POSTGRES_URL ?? postgres!.url)
const env = { TEST_POSTGRES_URL: postgres?.url, TEST_REDIS_URL: redis?.url, ...process.env }
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js']
const named = process.argv.slice(2)
const left =
  named.length > 0 ? [] : [`--testPathIgnorePatterns=/(${SAME_ON_ANY_DATABASE.join('|')})\\.test\\.ts$`]
// Files come before the option, which takes all that follows it for projects.
const args = [...jest, ...named, ...left, '--selectProjects', 'me-api']
const child = spawn(process.execPath, args, { env, stdio: 'inherit' })
const code = await new Promise<number>((resolve) => child.once('exit', (status) => resolve(status ?? 1)))
await postgres?.stop()
redis?.kill()
process.exit(code)
