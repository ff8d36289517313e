import { text as readAll } from 'node:stream/consumers'
import { isCancel, password as askPassword } from '@clack/prompts'
import { createAccountsStore } from '../accounts/accounts.store.ts'
import { createOwner, ownersNickWasHeld } from '../accounts/owner.ts'
import { createWeakPasswords } from '../accounts/weak-passwords.ts'
import { readNick } from '../nicks/nick.ts'
import { systemClock } from '../clock.ts'
import { type Config, readConfig, readEnvironment } from '../config.ts'
import { OwnerAccount, PASSWORD_MIN, lengthOf } from '../contract/index.ts'
import { Stop, parse } from '../errors.ts'
import { siteNameOf } from '../presentation/presentation.ts'
import { createPresentationStore } from '../presentation/presentation.store.ts'
import { orHelp, readArguments, withDatabase } from './run.ts'

const usage = `npm run owner -- --email you@example.org [--nick NICK]
Makes the owner, or resets the owner's e-mail and password and turns the second step off. The password is asked for, or read from standard input.
--nick NICK  the owner's nick in the chat; without it, the beginning of the e-mail
--help       prints this`

await orHelp(usage, async () => {
  const { values } = readArguments(usage, {
    options: {
      email: { type: 'string' },
      nick: { type: 'string' },
    },
  })
  const { email, nick } = values
  if (!email) throw new Stop(usage)
  const wanted = nick === undefined ? undefined : readNick(nick)
  const account = parse(OwnerAccount, { email, password: await readPassword() })
  await withDatabase(
    async (db) => {
      const owner = createOwner({
        store: createAccountsStore(db),
        weakPasswords: createWeakPasswords({ siteName: () => siteNameOf(createPresentationStore(db)) }),
        clock: systemClock,
      })
      const { was, nick: given, heldNick } = await owner.set(account, wanted)
      process.stdout.write(
        was === 'made'
          ? `${account.email} is the owner now.\n`
          : `The owner is ${account.email} now, with a new password.\n`,
      )
      if (heldNick) process.stdout.write(`${ownersNickWasHeld(heldNick, given)}\n`)
      process.stdout.write(`Sign in ${signInPlace(readConfig(readEnvironment()))}.\n`)
    },
    { mayMake: true },
  )
})

/** A container does not know by which address its site is reached. */
function signInPlace({ SITE_URL, HOST, PORT }: Config): string {
  if (SITE_URL) return `at ${SITE_URL}/sign-in`
  return HOST === '127.0.0.1' ? `at http://localhost:${PORT}/sign-in` : 'by the link at the foot of the site'
}

/** Never an argument: those are seen by every user of the machine, and kept in the shell's history. */
async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return (await readAll(process.stdin)).replace(/\r?\n$/, '')
  const message = `Password, at least ${PASSWORD_MIN} characters`
  const password = await askPassword({
    message,
    validate: (typed) => (lengthOf(typed ?? '') < PASSWORD_MIN ? message : undefined),
  })
  if (isCancel(password)) throw new Stop('Nothing was changed.')
  return password
}
