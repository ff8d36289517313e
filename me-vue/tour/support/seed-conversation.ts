import type { TestServer, SeedMessage } from '../../e2e/support/test-server.ts'

const YESTERDAY = '2026-03-03T'
const TODAY = '2026-03-04T'

const messages: [day: string, nick: string, text: string][] = [
  [`${YESTERDAY}21:46`, 'nordlys', 'Good evening. Is this where one asks?'],
  [
    `${YESTERDAY}21:48`,
    'nordlys',
    'Just read the report on week 4. How did you get the tests down to two seconds?',
  ],
  [
    `${YESTERDAY}22:05`,
    'Your Name',
    'One server per file, port 0, and never `setTimeout`. Like this:\n\n```js\nconst { url, close } = await startApp({ port: 0 })\n```',
  ],
  [`${TODAY}08:12`, 'otter', 'Good morning from the train. Signal comes and goes, so bear with me 🚆'],
  [`${TODAY}08:12`, 'otter', 'Is the code for the chat open? https://github.com/somebody/me'],
  [`${TODAY}08:14`, 'nordlys', '@otter it is, link is in the footer'],
]

/** Fills the lobby with earlier messages. */
export function seedConversation(server: TestServer): void {
  server.importMessages(
    messages.map(([at, nick, text]): SeedMessage => ({ nick, text, sentAt: `${at}:00.000Z` })),
  )
  server.runSql(`
    update messages set role = 'owner', author_id = (select id from users where role = 'owner') where nick = 'Your Name';
    update messages set reply_to = (select id from messages where seq = 2),
      reactions = json_object('👏', json_array('a', 'b'), '🔥', json_array('c')) where seq = 3;
  `)
}
