import { createAccountsStore } from '../../src/accounts/accounts.store.ts'
import { addUser } from '../../src/accounts/users.ts'
import { systemClock } from '../../src/clock.ts'
import type { Member, OneTimeLink } from '../../src/contract/index.ts'
import { readNick } from '../../src/nicks/nick.ts'
import { manualClock } from './manual-clock.ts'
import { api, bearer, memberAccount, memberToken, ownerAccount, signIn, withOwner } from './rest.ts'
import { type TestApp, startApp } from './start-app.ts'

/** A member who has their account from before there was a rule against it. */
export async function addMember({ db }: TestApp, { nick, ...account } = memberAccount) {
  const parts = { store: createAccountsStore(db), clock: systemClock }
  await addUser(parts, { ...account, role: 'member' }, readNick(nick))
}

/** The folder of a site, closed again, in which Ada is a member and nobody the owner. */
export async function folderWithMember(): Promise<string> {
  const app = await startApp()
  await addMember(app)
  await app.close()
  return app.folder
}

/** A site with its owner and a member. */
export async function siteWithMember(settings: Record<string, string> = {}) {
  const clock = manualClock()
  const app = await startApp({ clock, settings: { LIMIT_JOINS: 'off', ...settings } })
  await withOwner(app)
  clock.advance(1_000)
  const member = await memberToken(app)
  const owner = await signIn(app, ownerAccount)
  return { app, clock, member, owner, ...owners(app, owner) }
}

/** What the owner can do with members. */
export function owners(app: TestApp, token: string) {
  const list = async () => {
    const { body } = await api(app).get('/api/members').set(bearer(token)).expect(200)
    return (body as { data: Member[] }).data
  }
  const link = async (path: string): Promise<OneTimeLink> => {
    const { body } = await api(app).post(path).set(bearer(token)).expect(201)
    return (body as { data: OneTimeLink }).data
  }
  const idOf = async (nick: string) => (await list()).find((one) => one.nick === nick)?.id ?? ''
  return {
    list,
    idOf,
    invite: () => link('/api/invitations'),
    resetLink: async (nick = 'Ada') => link(`/api/members/${await idOf(nick)}/reset`),
  }
}

/** The secret of a link that is valid once. */
export const tokenIn = ({ url }: OneTimeLink): string => url.split('#')[1] ?? ''
