import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Words as WordsOfOne } from '../../contract/index.ts'
import { type Route, route } from '../../http/route.ts'
import type { Words } from './my-data.ts'

/** REST routes to download and erase one's own messages, with a visitor's or a user's token, or the cookie. */
export const myDataRoutes = (words: Words): Route[] => [
  route({
    method: 'get',
    path: '/me/words',
    who: 'writer',
    cost: 20,
    summary: 'Download all of your own messages in the chat',
    answer: WordsOfOne,
    async handle({ caller, res }) {
      const pieces = await words.download(caller.person)
      res.type('json').attachment('my-words.json').set('Cache-Control', 'no-store')
      // A client that disconnects during the download is no fault.
      await pipeline(Readable.from(pieces), res).catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
      })
    },
  }),
  route({
    method: 'delete',
    path: '/me/words',
    who: 'writer',
    fresh: true,
    cost: 20,
    summary: 'Erase all of your own messages and reactions in all rooms, permanently',
    handle: ({ caller }) => words.erase(caller.person),
  }),
]
