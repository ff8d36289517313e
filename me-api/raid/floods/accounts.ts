import { again } from './again.ts'
import { type Flood, addressOf } from './flood.ts'

/** Floods that make the server hash passwords and store state. */
export const accountFloods: Flood[] = [
  {
    name: 'sign-ins',
    what: '400 sign-ins at once, again and again, from 250 addresses',
    start: ({ ask, note }) =>
      again({ abreast: 400, most: 20_000, every: 100 }, async (n) => {
        const body = { email: `member${n % 1_000}@example.org`, password: 'a guess of mine' }
        note(String((await ask('POST', '/api/login', { from: addressOf(n), body })).status))
      }),
  },
  {
    name: 'made-up-accounts',
    what: 'refused sign-ins with made-up e-mails, from one address',
    start: ({ ask, note }) =>
      again({ abreast: 50, most: 40_000 }, async (n) => {
        const body = { email: `nobody${n}@example.org`, password: 'a guess of mine' }
        note(String((await ask('POST', '/api/login', { from: addressOf(0), body })).status))
      }),
  },
  {
    name: 'newcomers',
    what: 'registrations and nicks from one address',
    start: ({ ask, note }) =>
      again({ abreast: 32, most: 40_000 }, async (n) => {
        const body =
          n % 2
            ? { nick: `newcomer ${n}` }
            : { email: `member${n}@example.org`, password: 'a guess of mine', nick: `member ${n}` }
        const path = n % 2 ? '/api/chat/visitors' : '/api/register'
        note(String((await ask('POST', path, { from: addressOf(0), body })).status))
      }),
  },
]
