import { describe } from '@jest/globals'
import { isPostgres } from './database.ts'
import { startProxy } from './proxy.ts'
import { closeAfterTest, startApp, temporaryFolder } from './start-app.ts'
import * as throwaway from './throwaway-servers.ts'

const redisUrl = process.env['TEST_REDIS_URL']

/** Tests of several nodes need PostgreSQL and Redis: `npm run test:cluster` has them. */
export const describeNodes = isPostgres && redisUrl ? describe : describe.skip

type Options = { count?: number; settings?: Record<string, string>; redis?: string }

/** Nodes of one chat, in this process: each with its own way to Redis, which can be cut or fall silent. */
export async function startNodes({ count = 2, settings = {}, redis = redisUrl! }: Options = {}) {
  const folder = temporaryFolder()
  const nodes = []
  for (let made = 0; made < count; made++) {
    const way = await startProxy(() => redis)
    const logLines: string[] = []
    const REDIS_URL = `redis://127.0.0.1:${new URL(way.url).port}`
    const app = await startApp({ folder, logLines, settings: { ...settings, LOG_LEVEL: 'info', REDIS_URL } })
    nodes.push({ ...app, way, logLines })
  }
  return nodes
}

/** A Redis of the test's own. */
export async function startRedis(...options: string[]) {
  const redis = await throwaway.startRedis(...options)
  closeAfterTest(async () => redis.kill())
  return redis
}
