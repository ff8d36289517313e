import type { Clock } from '../../src/clock.ts'
import { api, bearer, ownerToken } from './rest.ts'
import { startApp } from './start-app.ts'

export const week4 = { week: 4, title: 'Tests & <two> seconds', text: 'One server *per file*, if a < b.' }

/** A site with a presentation and a report on week 4. */
export async function siteWithReport(clock?: Clock) {
  const app = await startApp(clock ? { clock } : {})
  const token = bearer(await ownerToken(app))
  const page = { name: 'Ada "L"', headline: 'Engines.', text: 'Hello there.', links: [] }
  await api(app).put('/api').set(token).send(page).expect(200)
  await api(app).post('/api/reports').set(token).send(week4).expect(201)
  return app
}
