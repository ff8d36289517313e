import type { TestServer } from '../../e2e/support/test-server.ts'
import { ownerAccount } from '../../e2e/support/server.ts'

const DAY = 24 * 60 * 60_000

const presentation = {
  name: 'Your Name',
  headline: 'I make small, fast things for the web.',
  text: [
    'Student of web development in Karlskrona. I write about what I learn each week, and I leave the door to the chat open.',
    'Most days you find me between a terminal and a cup of coffee. I like programs that start in the blink of an eye, texts that end before they have to, and people who ask why.',
  ].join('\n\n'),
  links: [
    { label: 'Code', href: 'https://example.org/code' },
    { label: 'E-mail', href: 'mailto:me@example.org' },
  ],
}

const reports = [
  { week: 4, title: 'Tests that take two seconds', text: 'One server per file, on a port of its own.' },
  {
    week: 5,
    title: 'What a database promises, and when',
    text: [
      'A commit is a promise. This week I learned *when* it is made, and what it costs to make it **before** anybody hears of it.',
      '## The short of it',
      'With `synchronous=FULL` an acknowledged write is on the disk. That is one sync, and a sync is slow, so the writes of a busy moment share one:',
      "```sql\nbegin immediate;\nupdate rooms set rev = rev + 12, seq = seq + 12 where name = 'lobby' returning rev;\ninsert into messages (room, seq, rev, author_id, nick, text, sent_at) values (?, ?, ?, ?, ?, ?, ?);\ncommit;\n```",
      '> Nothing is shown before it is stored.',
      '| load | one by one | together |\n| --- | ---: | ---: |\n| 50 a second | 44 % | 20 % |\n| 400 a second | 103 % | 26 % |',
      '- Write it down before you say it.\n- Say it once, to all.\n- Let the reader remember where they were.',
      'More in [the documentation of SQLite](https://sqlite.org/pragma.html#pragma_synchronous).',
    ].join('\n\n'),
  },
  {
    week: 6,
    title: 'One log, four ways to listen',
    text: 'Sockets, streams, polling, and a page that slept.',
  },
]

/** Fills the site with a presentation and three reports of the last weeks. */
export async function seedSite(server: TestServer): Promise<void> {
  const send = async (method: string, path: string, body: object, token = '') => {
    const answer = await fetch(server.url + path, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()).data
  }
  const { token } = await send('POST', '/api/login', {
    email: ownerAccount.email,
    password: ownerAccount.password,
  })
  await send('PUT', '/api', presentation, token)
  for (const [relativeTime, report] of reports.toReversed().entries()) {
    await send('POST', '/api/reports', report, token)
    const when = `created_at - ${(3 + 7 * relativeTime) * DAY}`
    server.runSql(`update reports set created_at = ${when}, updated_at = ${when} where week = ${report.week}`)
  }
  server.runSql(`update users set nick = '${presentation.name}' where role = 'owner'`)
}
