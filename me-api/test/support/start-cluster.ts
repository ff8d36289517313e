/**
 * Runs the API's tests against a real PostgreSQL and Redis: those of TEST_POSTGRES_URL and TEST_REDIS_URL, or throwaway
 * servers made from the machine's own programs. Each test gets a database of its own in them.
 */
import { spawn } from 'node:child_process'
import { startPostgres, startRedis } from './throwaway-servers.ts'

const { TEST_POSTGRES_URL, TEST_REDIS_URL } = process.env
const postgres = TEST_POSTGRES_URL ? null : await startPostgres()
const redis = TEST_REDIS_URL ? null : await startRedis()
const env = { TEST_POSTGRES_URL: postgres?.url, TEST_REDIS_URL: redis?.url, ...process.env }
const jest = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js']
// Files come before the option, which takes all that follows it for projects.
const args = [...jest, ...process.argv.slice(2), '--selectProjects', 'me-api']
const child = spawn(process.execPath, args, { env, stdio: 'inherit' })
const code = await new Promise<number>((resolve) => child.once('exit', (status) => resolve(status ?? 1)))
postgres?.stop()
redis?.kill()
process.exit(code)
