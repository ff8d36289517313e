import { repeat } from './repeat.ts'
import { type Flood, addressOf } from './flood.ts'

/** Floods that make the server hash passwords and store state. */
export const accountFloods: Flood[] = [
  {
    name: 'sign-ins',
    description: '400 concurrent sign-ins, repeated, from 250 addresses',
    start: ({ request, countAnswer }) =>
      repeat({ concurrency: 400, limit: 20_000, every: 100 }, async (n) => {
        const body = { email: `member${n % 1_000}@example.org`, password: 'a guess of mine' }
        countAnswer(String((await request('POST', '/api/login', { from: addressOf(n), body })).status))
      }),
  },
  {
    name: 'made-up-accounts',
    description: 'refused sign-ins with made-up e-mails, from one address',
    start: ({ request, countAnswer }) =>
      repeat({ concurrency: 50, limit: 40_000 }, async (n) => {
        const body = { email: `nobody${n}@example.org`, password: 'a guess of mine' }
        countAnswer(String((await request('POST', '/api/login', { from: addressOf(0), body })).status))
      }),
  },
  {
    name: 'newcomers',
    description: 'registrations and nicks from one address',
    start: ({ request, countAnswer }) =>
      repeat({ concurrency: 32, limit: 40_000 }, async (n) => {
        const body =
          n % 2
            ? { nick: `newcomer ${n}` }
            : { email: `member${n}@example.org`, password: 'a guess of mine', nick: `member ${n}` }
        const path = n % 2 ? '/api/chat/visitors' : '/api/register'
        countAnswer(String((await request('POST', path, { from: addressOf(0), body })).status))
      }),
  },
]
