import { LessonHeaders, LessonSaid, LessonSay } from '../contract/index.ts'
import type { Clock } from '../clock.ts'
import type { AddressOf } from '../http/client-address.ts'
import { type Route, route } from '../http/route.ts'
import { arrivedHeaders, headBytes } from './arrived-headers.ts'
import type { Say } from './speaker.ts'

type Parts = { say: Say; node: string; clock: Clock; addressOf: AddressOf }

/** REST routes of the lesson. They are for everybody, and the caller is nothing to them. */
export const lessonRoutes = ({ say, node, clock, addressOf }: Parts): Route[] => [
  route({
    method: 'get',
    path: '/lesson/headers',
    who: 'anybody',
    summary: 'Get the headers of this request as they arrived, without secrets, and the time',
    answer: LessonHeaders,
    handle({ req, res }) {
      res.set('Cache-Control', 'no-store')
      return {
        httpVersion: req.httpVersion,
        headers: arrivedHeaders(req),
        bytes: headBytes(req, req.originalUrl),
        node,
        now: clock.now(),
      } satisfies LessonHeaders
    },
  }),
  route({
    method: 'post',
    path: '/lesson/say',
    who: 'anybody',
    summary: "Make the server say something in the lesson's room, ~lesson",
    body: LessonSay,
    answer: LessonSaid,
    status: 201,
    handle: ({ body, req }) => say(body.count, addressOf(req)),
  }),
]
