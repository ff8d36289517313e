import { createAccountsStore } from '../../src/accounts/accounts.store.ts'
import { addUser } from '../../src/accounts/users.ts'
import { readNick } from '../../src/nicks/nick.ts'
import { systemClock } from '../../src/clock.ts'
import { memberAccount } from './rest.ts'
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
