import type { Database } from '../../db/tables.ts'
import type { Tallies } from '../../nodes/tallies.ts'
import type { Eraser } from '../moderation/erase-author.ts'
import { createErasureQueue } from '../moderation/erasure-queue.ts'
import { createLimiter } from '../rate-limits/rate-limiter.ts'
import { createMyData } from './my-data.ts'
import { myDataRoutes } from './my-data.routes.ts'
import { createMyDataStore } from './my-data.store.ts'

/** How often one person may download or erase their messages. */
const OWN_WORDS = { count: 10, seconds: 600 }

/** Assembles the download and erasure of one's own messages. */
export function startMyData({ db, erase, tallies }: { db: Database; erase: Eraser; tallies: Tallies }) {
  const myData = createMyData({
    store: createMyDataStore(db),
    erasures: createErasureQueue(erase),
    limit: createLimiter(OWN_WORDS, 'You have downloaded or deleted your messages too often.', {
      name: 'own words',
      share: tallies.of('own words'),
    }),
  })
  return { routes: myDataRoutes(myData) }
}
