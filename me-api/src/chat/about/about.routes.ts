import { z } from 'zod'
import {
  AboutChange,
  AboutPage,
  AboutPath,
  HISTORY_LIMIT,
  HISTORY_LIMIT_MAX,
  anyId,
} from '../../contract/index.ts'
import { sessionOf } from '../../http/caller.ts'
import { queryNumber } from '../../http/query-number.ts'
import { type Route, route } from '../../http/route.ts'
import type { AboutStreams } from './about-streams.ts'
import type { Places } from './places.ts'
import type { ReadAbout } from './read-about.ts'

const AboutQuery = z.object({
  path: AboutPath,
  before: anyId.optional().describe("a message's id: those that arrived before it"),
  limit: queryNumber(1, HISTORY_LIMIT_MAX).default(HISTORY_LIMIT),
})
const StreamQuery = z.object({
  path: AboutPath,
  count: z.enum(['0', '1']).default('0').describe('1: the reader is counted'),
})

type Parts = {
  read: ReadAbout
  places: Places
  streams: AboutStreams
}

/** REST routes that read what is said about a page. */
export const aboutRoutes = ({ read, places, streams }: Parts): Route[] => [
  route({
    method: 'get',
    path: '/chat/about',
    who: 'reader',
    cost: 2,
    summary: 'Get the messages about a page, and the answers to them, newest first',
    query: AboutQuery,
    answer: AboutPage,
    handle: ({ query, caller }) => read(caller?.person ?? null, query),
  }),
  route({
    method: 'get',
    path: '/chat/about/stream',
    who: 'reader',
    cost: 2,
    summary:
      'Stream the messages about a page that are new or changed (`about:changed`), and how many read it (`readers`), as Server-Sent Events',
    query: StreamQuery,
    answer: AboutChange,
    isStream: true,
    async handle({ query: { path, count }, caller, req, res }) {
      await places.titleAt(path)
      const [by, sessionId] = [caller?.person ?? null, sessionOf(caller)]
      streams.open({ by, sessionId, path, isCounted: count === '1', req, res })
    },
  }),
]
