import type { Database } from '../db/tables.ts'
import { orHelp, readArguments, withDatabase } from './run.ts'
import { seed } from './seed/seed.ts'

const usage = `npm run seed [-- --email you@example.org]
Fills an empty site with a demo: a presentation, weekly reports, a week of talk, and an owner where there is none, whose
password it prints. Changes nothing where the site has content. To start again from nothing, stop the server and remove data/.`

await orHelp(usage, async () => {
  const { values } = readArguments(usage, {
    options: {
      email: { type: 'string', default: 'owner@example.org' },
    },
  })
  const fill = async (db: Database) => {
    const { owner, reports, messages, rooms } = await seed(db, values.email)
    const signIn = owner.password ? `with the password ${owner.password}` : 'with the password you know'
    process.stdout.write(
      `The site has a presentation, ${reports} reports, and ${messages} messages in ${rooms} rooms now.\n` +
        `Its owner signs in as ${owner.email} ${signIn}\n` +
        'Start it with npm start. A server that is running shows all of it after a restart.\n',
    )
  }
  await withDatabase(fill, { mayMake: true })
})
