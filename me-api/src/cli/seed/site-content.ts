import { createPresentation } from '../../presentation/presentation.ts'
import { createPresentationStore } from '../../presentation/presentation.store.ts'
import { systemClock } from '../../clock.ts'
import { LESSON_ROOM, LOBBY } from '../../contract/index.ts'
import type { Database } from '../../db/tables.ts'

/** What somebody has put on the site, in a word or two; null where it is empty. An owner alone is no content, nor is the lesson. */
export async function contentOf(db: Database): Promise<string | null> {
  const store = createPresentationStore(db)
  if (await createPresentation({ store, clock: systemClock, language: 'en', onChanged: () => {} }).name()) {
    return 'a presentation'
  }
  const found = await db
    .selectNoFrom(({ exists, selectFrom }) => [
      exists(selectFrom('reports').select('week')).as('reports'),
      exists(selectFrom('messages').select('id').where('room', '!=', LESSON_ROOM)).as('messages'),
      exists(selectFrom('rooms').select('name').where('name', 'not in', [LOBBY, LESSON_ROOM])).as('rooms'),
      exists(selectFrom('users').select('id').where('role', '!=', 'owner')).as('members'),
    ])
    .executeTakeFirstOrThrow()
  return (['reports', 'messages', 'rooms', 'members'] as const).find((part) => found[part]) ?? null
}
