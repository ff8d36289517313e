import { expect, test } from '@jest/globals'
import { api } from './support/rest.ts'
import { siteWithReport } from './support/site-with-report.ts'
import { visitor } from './support/visitors.ts'

/** What begins a line in every text browser; w3m knows no `header`, `main` or `nav`. */
const BLOCK =
  /<\/?(?:div|p|h[1-6]|ul|ol|li|pre|form|blockquote|table|thead|tbody|tr|t[dh]|[hb]r|option|noscript)\b[^<>]*>/g
const CONTROL = /<(?:input|select|textarea)\b[^<>]*>/g
const UNSEEN = /<!--[\s\S]*?-->|<(script|pre)\b[\s\S]*?<\/\1>/g

/** Words of neighbouring elements with nothing between them: a text browser shows them as one word. */
function gluedWords(document: string): string[] {
  const body = document.slice(document.indexOf('<body'))
  const lines = body.replaceAll(UNSEEN, '').replaceAll(BLOCK, '\n').replaceAll(CONTROL, '[field]')
  return Array.from(lines.matchAll(/[^\s<>](?:<[^<>]*>)+[^\s<>.,:;?!]+/g), ([words]) => words)
}

test('no words are glued together where a text browser knows no style', async () => {
  const app = await siteWithReport()
  const ada = await visitor(app, 'Ada')
  const { id } = await ada.send('see **this** and `that`')
  await ada.ask('message:edit', { id, text: 'see **this**' })
  await ada.send({ room: 'lobby', text: 'an answer', replyTo: id })
  const paths = [
    '/',
    '/reports',
    '/reports/week/4',
    '/privacy',
    '/transports',
    '/sign-in',
    '/register',
    '/account',
    '/nowhere',
  ]
  for (const path of [...paths, '/chat', '/chat/lobby/1', '/chat/lobby/9', '/chat/nowhere']) {
    const { text } = await api(app).get(path)
    expect([path, ...gluedWords(text)]).toEqual([path])
  }
})
