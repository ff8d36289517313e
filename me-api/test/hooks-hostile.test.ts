import { describe, expect, test } from '@jest/globals'
import { code, link, plain } from '../src/chat/hooks/chat-text.ts'
import { type Node, isMentioned, readMarkdown } from '../src/contract/message-markdown.ts'
import { fromGithub, hook, payload, startWithBot } from './support/bots.ts'
import { history } from './support/leaving.ts'

/** What stands in a text, at any depth. */
const kindsIn = (nodes: Node[]): string[] =>
  nodes.flatMap((node) => [
    node.kind === 'element' ? node.tag : node.kind,
    ...('children' in node ? kindsIn(node.children) : []),
  ])
const list = (item: string, count: number) => `[${Array.from({ length: count }, () => item).join(',')}]`

describe('words of strangers', () => {
  test.each([
    '- a list',
    '+ a list',
    '12. a list',
    '3) a list',
    'https://x.example/?` and `code`',
    'https://x.example/.*bold*',
    'https://x.example/[ `code`',
    '<https://x.example/> `code`',
    'http://x.example__](@ada🎉@ada',
    'https://](@ada@ada x',
    'https://ada:@ada@x.example @ada',
    '&\0](https://evil.example)@ada&@ada',
  ])('format nothing and mention nobody: %j', (words) => {
    const text = plain(words)
    for (const kind of kindsIn(readMarkdown(text))) expect(['p', 'text', 'address']).toContain(kind)
    expect(isMentioned(text, 'ada')).toBe(false)
  })

  test.each([
    'https://x.example/(](https://evil.example)- |',
    'https://x.example/`[',
    'https://x.example/(http://x.example[ada)!',
    'http://x.example](\\',
  ])('lead nowhere else than the link of which they are the words: %j', (words) => {
    const [paragraph] = readMarkdown(link(`#1 ${words}`, 'https://good.example/1'))
    expect(paragraph).toMatchObject({
      children: [{ kind: 'link', href: 'https://good.example/1' }],
    })
  })

  test('keep an address as a link where nothing else begins beside it', () => {
    for (const words of ['see https://x.example/a_b?c=1.', '(https://x.example/a), and *this*'])
      expect(kindsIn(readMarkdown(plain(words)))).toContain('address')
  })

  test('cannot turn the line around by the name of a branch', () => {
    expect(code('fix\u202e`\u2066txt.\0sh')).toBe('`fix txt.\uFFFDsh`')
  })
})

describe('lists beyond what their maker sends', () => {
  const lists = [
    ['attachments', `{"text":"x","attachments":${list('{}', 340_000)}}`],
    ['attachments', `{"text":"x","attachments":${list('1', 500_000)}}`],
    ['attachments/0/fields', `{"text":"x","attachments":[{"fields":${list('{}', 340_000)}}]}`],
    ['blocks', `{"blocks":${list('{"type":"divider"}', 50_000)}}`],
    ['embeds', `{"content":"x","embeds":${list('{}', 340_000)}}`],
    ['embeds/0/fields', `{"content":"x","embeds":[{"fields":${list('0', 500_000)}}]}`],
  ] as const

  test.each(lists)('are refused unread: %s', async (pointer, body) => {
    const { app, token } = await startWithBot()
    const answer = await hook(app, token, body)
    const { errors } = (await answer.json()) as { errors: object[] }
    expect([answer.status, errors]).toEqual([
      400,
      [expect.objectContaining({ code: 'INVALID', source: { pointer: `/${pointer}` } })],
    ])
    expect(await history(app)).toEqual([])
  })

  test('so are more commits than GitHub sends', async () => {
    const { app, token, secret } = await startWithBot()
    const push = JSON.parse(payload('github-push')) as { commits: unknown[] }
    push.commits = Array.from({ length: 100_000 }, () => 0)
    const body = JSON.stringify(push)
    const answer = await hook(app, token, body, { headers: fromGithub('push', body, secret, 'd1') })
    expect(answer.status).toBe(400)
  })

  test('as many as are sent are said, cut with a link', async () => {
    const { app, token } = await startWithBot()
    const attachment = {
      title: 'A title of words',
      title_link: 'https://a.example/',
      text: 'word '.repeat(50),
    }
    const body = JSON.stringify({ text: 'x', attachments: Array.from({ length: 100 }, () => attachment) })
    expect((await hook(app, token, body)).status).toBe(200)
    const [message] = await history(app)
    expect(message?.text).toMatch(/^x\n> \*\*\[A title[^]+…\nhttps:\/\/a\.example\/$/)
  })
})
