import { createHmac } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Message } from '../src/contract/index.ts'
import { isMentioned } from '../src/contract/message-markdown.ts'
import { fromGithub, hook, makeBot, payload, say, startWithBot } from './support/bots.ts'
import { history } from './support/leaving.ts'
import { moderate } from './support/moderation.ts'
import { describeNodes, startPair } from './support/nodes.ts'
import { api, bearer, ownerToken, refusal } from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

/** What the hooks have said, in its order. */
const texts = async (app: TestApp, room = 'lobby'): Promise<string[]> =>
  (await history(app, room)).map(({ text }) => text)
const latest = async (app: TestApp): Promise<Message> => (await history(app)).at(-1)!
const plain = { type: 'text/plain' }

describe('a hook', () => {
  test('says a plain text as its bot', async () => {
    const { app, bot, token } = await startWithBot()
    expect((await hook(app, token, 'The *backup* is done. Æøå 🎉\n', plain)).status).toBe(204)
    expect(await latest(app)).toMatchObject({
      room: 'lobby',
      author: { id: bot.id, nick: 'Robbie', role: 'bot' },
      text: 'The *backup* is done. Æøå 🎉',
    })
  })

  test('says it in the room that is asked for, else in the bot’s first, and only where the bot may', async () => {
    const app = await startApp()
    const owner = await ownerToken(app)
    await api(app).post('/api/chat/rooms').set(bearer(owner)).send({ name: 'builds', title: 'Builds' })
    const { token } = await makeBot(app, owner, { nick: 'Robbie', rooms: ['builds'] })
    expect((await hook(app, token, 'one', plain)).status).toBe(204)
    expect((await hook(app, token, 'two', { ...plain, query: '?room=builds' })).status).toBe(204)
    expect(await texts(app, 'builds')).toEqual(['one', 'two'])
    const answers = []
    for (const room of ['lobby', 'nowhere', '~private-conversations-name', 'No%20room!']) {
      const answer = await hook(app, token, 'three', { ...plain, query: `?room=${room}` })
      answers.push([answer.status, ((await answer.json()) as { errors: { code: string }[] }).errors[0]?.code])
    }
    expect(answers).toEqual([
      [403, 'FORBIDDEN'],
      [403, 'FORBIDDEN'],
      [404, 'NOT_FOUND'],
      [400, 'INVALID'],
    ])
    const other = await makeBot(app, owner, { nick: 'Other' })
    expect((await hook(app, other.token, 'x', { ...plain, query: '?room=nowhere' })).status).toBe(404)
  })

  test('with an unknown token is answered like any path that is not there, for every method', async () => {
    const { app, owner, bot, token } = await startWithBot()
    const unknown = `bot_${'x'.repeat(43)}`
    const answer = await hook(app, unknown, 'x', plain)
    expect([answer.status, await answer.json()]).toEqual([404, refusal(404, 'NOT_FOUND')])
    expect((await hook(app, 'x', 'x', plain)).status).toBe(404)
    for (const method of ['GET', 'HEAD'])
      for (const path of [token, unknown])
        expect((await fetch(`${app.url}/hooks/${path}`, { method })).status).toBe(404)
    await api(app).delete(`/api/bots/${bot.id}`).set(bearer(owner)).expect(204)
    expect((await hook(app, token, 'x', plain)).status).toBe(404)
    expect(await texts(app)).toEqual([])
  })

  test('keeps its token out of the log, also where something fails', async () => {
    const logLines: string[] = []
    const { app, token } = await startWithBot({
      logLines,
      settings: { LOG_LEVEL: 'trace', LIMIT_BOTS: '2/1m' },
    })
    await hook(app, token, 'fine', plain)
    await hook(app, token, '{', {})
    await hook(app, token, 'too fast', plain)
    await fetch(`${app.url}/HOOKS/${token}/x?room=y`, { method: 'POST' })
    await fetch(`${app.url}/hooks/${token}`)
    await fetch(`${app.url}/api/hooks/${token}`)
    await app.app.close()
    const log = logLines.join('')
    expect(log).toContain('/hooks/:token')
    expect(log).not.toContain(token)
    expect(log).not.toContain(token.slice(4))
    expect(await app.app.metrics.metrics()).not.toContain(token)
  })

  test('believes a signature that fits the body as it came, and refuses any other', async () => {
    const { app, token, secret } = await startWithBot()
    const body = '{"text":  "signed \\u00e5"}'
    const sign = (bytes: string, key: string) =>
      `sha256=${createHmac('sha256', key).update(bytes).digest('hex')}`
    const send = (signature: string) =>
      hook(app, token, body, { headers: { 'x-hub-signature-256': signature } })
    expect((await send(sign(body, secret))).status).toBe(200)
    for (const wrong of [
      sign(body, 'another secret'),
      sign('{"text":"signed å"}', secret),
      sign(body, secret).slice(0, -1),
      sign(body, secret).slice(7),
      'sha256=',
      'x',
    ]) {
      const answer = await send(wrong)
      expect([answer.status, await answer.json()]).toEqual([403, refusal(403, 'FORBIDDEN')])
    }
    expect(await texts(app)).toEqual(['signed å'])
  })

  test('makes of a repeat one message, whatever comes between', async () => {
    const { app, owner, token } = await startWithBot()
    const send = (text: string, key: string, sender = token) =>
      hook(app, sender, text, { ...plain, headers: { 'idempotency-key': key } })
    const together = await Promise.all(Array.from({ length: 5 }, () => send('once', 'a')))
    expect(together.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204])
    await send('once, changed', 'a')
    await send('twice', 'b')
    const other = await makeBot(app, owner, { nick: 'Other' })
    await send('of another', 'a', other.token)
    expect(await texts(app)).toEqual(['once', 'twice', 'of another'])
    expect((await latest(app)).id).toMatch(/^[\da-f]{8}-[\da-f]{4}-5/)
    expect((await send('x', 'k'.repeat(256))).status).toBe(400)
  })

  test('answers the repeat of a stored message also beyond the limit', async () => {
    const { app, token } = await startWithBot({ settings: { LIMIT_BOTS: '1/1m' } })
    const send = (key: string) => hook(app, token, key, { ...plain, headers: { 'idempotency-key': key } })
    expect((await send('a')).status).toBe(204)
    const refused = await send('b')
    expect([refused.status, await refused.json()]).toEqual([429, refusal(429, 'RATE_LIMITED')])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await send('a')).status).toBe(204)
    expect(await texts(app)).toEqual(['a'])
  })

  test('refuses what is new beyond the limit unread, also where it has a key', async () => {
    const { app, token } = await startWithBot({ settings: { LIMIT_BOTS: '1/1m' } })
    expect((await hook(app, token, 'a', plain)).status).toBe(204)
    for (const name of ['idempotency-key', 'x-github-delivery'])
      expect((await hook(app, token, '{', { headers: { [name]: 'new' } })).status).toBe(429)
  })

  test('answers a repeat like the first, without composing what it says meanwhile', async () => {
    const { app, token } = await startWithBot()
    const send = (text: string) =>
      hook(app, token, JSON.stringify({ text }), { headers: { 'idempotency-key': 'a' } })
    for (const text of ['once', 'x'.repeat(5_000), '']) {
      const answer = await send(text)
      expect([answer.status, await answer.text()]).toEqual([200, 'ok'])
    }
    expect(await texts(app)).toEqual(['once'])
  })

  test('that is flooded slows down nobody at the same address, and no other bot', async () => {
    const { app, owner, token } = await startWithBot({
      settings: { LIMIT_BOTS: '5/1m', LIMIT_REQUESTS: '20/1m', LIMIT_ADDRESS_MESSAGES: '20/1m' },
    })
    const other = await makeBot(app, owner, { nick: 'Other' })
    const answers = []
    for (let round = 0; round < 10; round++)
      answers.push(...(await Promise.all(Array.from({ length: 30 }, () => hook(app, token, 'flood', plain)))))
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(5)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(295)
    expect((await hook(app, other.token, 'fine', plain)).status).toBe(204)
    const { body } = await api(app).post('/api/chat/visitors').send({ nick: 'ada' }).expect(201)
    await say(app, (body as { data: { token: string } }).data.token, 'here').expect(201)
    // What is unknown counts against its address, as everything else.
    const guesses = await Promise.all(Array.from({ length: 30 }, () => hook(app, 'guess', 'x', plain)))
    expect(guesses.some(({ status }) => status === 429)).toBe(true)
  })

  test('refuses what is too long or too large, what is no text, and a media type that it does not know', async () => {
    const { app, token } = await startWithBot()
    const codeOf = async (answer: Response) => [
      answer.status,
      ((await answer.json()) as { errors: { code: string }[] }).errors[0]?.code,
    ]
    expect((await hook(app, token, '🎉'.repeat(4_000), plain)).status).toBe(204)
    expect(await codeOf(await hook(app, token, '🎉'.repeat(4_001), plain))).toEqual([413, 'TOO_LARGE'])
    expect(await codeOf(await hook(app, token, ' '.repeat(1024 * 1024 + 1), plain))).toEqual([
      413,
      'TOO_LARGE',
    ])
    expect(await codeOf(await hook(app, token, '', plain))).toEqual([400, 'INVALID'])
    expect(await codeOf(await hook(app, token, Uint8Array.of(0xff, 0xfe), plain))).toEqual([400, 'INVALID'])
    expect(await codeOf(await hook(app, token, 'x', { type: 'text/plain; charset=utf-16' }))).toEqual([
      415,
      'INVALID',
    ])
    expect(await codeOf(await hook(app, token, '<x/>', { type: 'text/xml' }))).toEqual([415, 'INVALID'])
    expect(
      await codeOf(await hook(app, token, 'x', { ...plain, headers: { 'content-encoding': 'gzip' } })),
    ).toEqual([400, 'INVALID'])
    for (const body of [
      '{',
      '[]',
      'null',
      '"x"',
      '{}',
      '{"text":{}}',
      '{"username":"only a name"}',
      '{"embeds":5}',
    ])
      expect([body, await codeOf(await hook(app, token, body))]).toEqual([body, [400, 'INVALID']])
    expect(await texts(app)).toHaveLength(1)
  })

  test('of a bot that is muted or whose room is locked says so', async () => {
    const { app, owner, bot, token } = await startWithBot()
    await api(app).patch('/api/chat/rooms/lobby').set(bearer(owner)).send({ locked: true }).expect(200)
    expect((await hook(app, token, 'x', plain)).status).toBe(403)
    await api(app).patch('/api/chat/rooms/lobby').set(bearer(owner)).send({ locked: false }).expect(200)
    await moderate(app, owner, { id: bot.id, action: 'mute' }).expect(204)
    const answer = await hook(app, token, 'x', plain)
    expect(await answer.json()).toMatchObject({ errors: [{ code: 'MUTED' }] })
  })

  test('takes nothing from a page of another site', async () => {
    const { app, token } = await startWithBot()
    const answer = await hook(app, token, 'x', { ...plain, headers: { origin: 'https://evil.example' } })
    expect(answer.status).toBe(403)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('Slack’s format', () => {
  test('the documented message, as JSON and as a form, is answered with ok', async () => {
    const { app, token } = await startWithBot()
    const text = 'This is a line of text.\nAnd this is another one.'
    const asJson = await hook(app, token, payload('slack-text'))
    const form = new URLSearchParams({ payload: payload('slack-text') }).toString()
    const asForm = await hook(app, token, form, { type: 'application/x-www-form-urlencoded' })
    for (const answer of [asJson, asForm])
      expect([answer.status, answer.headers.get('content-type'), await answer.text()]).toEqual([
        200,
        'text/plain; charset=utf-8',
        'ok',
      ])
    expect(await texts(app)).toEqual([text, text])
    const noPayload = await hook(app, token, 'text=hej', { type: 'application/x-www-form-urlencoded' })
    expect(await noPayload.json()).toEqual(refusal(400, 'INVALID', '/payload'))
  })

  test('the documented attachment stands aside, and the name in it is text of the bot', async () => {
    const { app, token } = await startWithBot()
    await hook(app, token, payload('slack-attachment'))
    const { author, text } = await latest(app)
    expect(author.nick).toBe('Robbie')
    expect(text).toBe(
      [
        '**ghost-bot**',
        'A very important thing has occurred! [Click here](https://alert-system.com/alerts/1234) for details!',
        'Optional text that appears above the attachment block',
        '> [Bobby Tables](http://flickr.com/bobby/)',
        '> **[Slack API Documentation](https://api.slack.com/)**',
        '> Optional text that appears within the attachment',
        '> **Priority**',
        '> High',
        '> http://my-website.com/path/to/image.jpg',
      ].join('\n'),
    )
  })

  test.each([
    [
      '*bold*, _soft_, ~gone~ and `*code* &amp; <https://a.example>`',
      '**bold**, _soft_, ~~gone~~ and `*code* & https://a.example`',
    ],
    ['2*3*4 and a ** b', '2*3*4 and a ** b'],
    ['&lt;script&gt; &amp;lt; &quot;', '<script> &lt; &quot;'],
    ['<https://a.example/?a=1&amp;b=2|see [it](x)>', '[see \\[it\\](x)](https://a.example/?a=1&b=2)'],
    ['<https://a.example/(x)>', '[https://a.example/(x)](https://a.example/%28x%29)'],
    ['<javascript:alert(1)|click>', 'click'],
    ['<mailto:bob@example.com|Bob>', 'Bob'],
    ['<#C024BE7LR|general> <!date^1392734382^{date}|Feb 18>', '#general Feb 18'],
    ['&gt; a quote', '> a quote'],
    ['```*not bold* <!channel>```', '```*not bold* <!channel>```'],
  ])('%j becomes %j', async (slack, text) => {
    const { app, token } = await startWithBot()
    expect((await hook(app, token, JSON.stringify({ text: slack }))).status).toBe(200)
    expect((await latest(app)).text).toBe(text)
  })

  test('nobody is called by what Slack would call, by a name, or by a title', async () => {
    const { app, token } = await startWithBot()
    await hook(
      app,
      token,
      JSON.stringify({
        username: '@ada **boss**\n> owner',
        text: '<!channel> <!here|@here> <@U024BE7LH|ada> <@ada> <https://a.example|@ada>',
        attachments: [{ title: '@ada', author_name: '@ada', footer: '@ada', fallback: '@ada' }],
      }),
    )
    const { text } = await latest(app)
    expect(text.split('\n')[0]).toBe('**@\u2060ada \\*\\*boss\\*\\* \\> owner**')
    for (const nick of ['ada', 'channel', 'here', 'everyone', 'U024BE7LH'])
      expect([nick, isMentioned(text, nick)]).toEqual([nick, false])
  })

  test('a text that is too long is cut with a link where there is one, never within a character', async () => {
    const { app, token } = await startWithBot()
    const family = '👨‍👩‍👧‍👦'
    const long = family.repeat(1_000)
    const body = { text: long, attachments: [{ title: 'All of it', title_link: 'https://a.example/all' }] }
    expect((await hook(app, token, JSON.stringify(body))).status).toBe(200)
    const { text } = await latest(app)
    expect([...text].length).toBeLessThanOrEqual(4_000)
    expect(text).toMatch(/^(?:👨‍👩‍👧‍👦)+…\nhttps:\/\/a\.example\/all$/u)
    const fence = { ...body, text: `\`\`\`\n${'line\n'.repeat(1_000)}\`\`\`` }
    await hook(app, token, JSON.stringify(fence))
    expect((await latest(app)).text).toMatch(/\n```\n…\nhttps:/)
    expect((await hook(app, token, JSON.stringify({ text: long }))).status).toBe(413)
  })
})

describe('Discord’s format', () => {
  test('the documented message is answered with 204', async () => {
    const { app, token } = await startWithBot()
    expect((await hook(app, token, payload('discord'))).status).toBe(204)
    expect((await latest(app)).text).toBe(
      [
        '**Webhook**',
        'Text message. Up to 2000 characters.',
        '> [Birdie♫](https://www.reddit.com/r/cats/)',
        '> **[Title](https://google.com/)**',
        '> Text message. You can use Markdown here. *Italic* **bold** __underline__ ~~strikeout~~ [hyperlink](https://google.com) `code`',
        '> **Text**',
        '> More text',
        '> **Use \\`"inline": true\\` parameter**',
        '> okay...',
        '> https://upload.wikimedia.org/wikipedia/commons/5/5a/A_picture_from_China_every_day_108.jpg',
        '> Woah! So cool! :smirk:',
      ].join('\n'),
    )
  })

  test.each([
    ['# Heading  \n-# small\n||hidden||', '**Heading**\nsmall\nhidden'],
    ['<:mmLol:216154654256398347> <a:b1nzy:392938283556143104>', ':mmLol: :b1nzy:'],
    ['<t:1618953630> <t:1618953630:d>', '2021-04-20 21:20 UTC 2021-04-20 21:20 UTC'],
    ['</airhorn:816437322781949972> <#103735883630395392>', '/airhorn #103735883630395392'],
    ['<https://a.example>', 'https://a.example/'],
    ['`<t:1618953630>` a < b', '`<t:1618953630>` a < b'],
  ])('%j becomes %j', async (content, text) => {
    const { app, token } = await startWithBot()
    expect((await hook(app, token, JSON.stringify({ content }))).status).toBe(204)
    expect((await latest(app)).text).toBe(text)
  })

  test('nobody is called by what Discord would call, or by a name', async () => {
    const { app, token } = await startWithBot()
    const content = '@everyone @here <@80351110224678912> <@&165511591545143296>'
    await hook(app, token, JSON.stringify({ username: '@ada', content, embeds: [{ title: '@ada' }] }))
    const { text } = await latest(app)
    for (const nick of ['ada', 'everyone', 'here', '80351110224678912'])
      expect([nick, isMentioned(text, nick)]).toEqual([nick, false])
  })
})

describe('GitHub’s events', () => {
  const send = (
    app: TestApp,
    keys: { token: string; secret: string },
    name: string,
    body = payload(name),
  ) => {
    const event = name.replace(/^github-/, '').replace('push-tag', 'push')
    return hook(app, keys.token, body, { headers: fromGithub(event, body, keys.secret, crypto.randomUUID()) })
  }
  const repo = '[Codertocat/Hello-World](https://github.com/Codertocat/Hello-World)'

  test.each([
    [
      'github-push',
      `Codertocat pushed 1 commit to \`master\` in ${repo}\n- [6113728](https://github.com/Codertocat/Hello-World/commit/6113728f27ae82c7b1a177c8d03f9e96e0adf246) Initial commit`,
    ],
    ['github-push-tag', `Codertocat created the tag \`simple-tag\` in ${repo}`],
    [
      'github-release',
      `Codertocat released [0.0.1](https://github.com/Codertocat/Hello-World/releases/tag/0.0.1) of ${repo}`,
    ],
    [
      'github-issues',
      `Codertocat opened the issue [#1 Spelling error in the README file](https://github.com/Codertocat/Hello-World/issues/1) in ${repo}`,
    ],
    [
      'github-pull_request',
      `Codertocat opened the pull request [#2 Update the README with new information.](https://github.com/Codertocat/Hello-World/pull/2) in ${repo}`,
    ],
    [
      'github-workflow_run',
      '[Manually triggered workflow](https://github.com/octo-org/octo-repo/actions/runs/1589141559) ended on `main` in [Codertocat/Hello-World](https://github.com/Codertocat/Hello-World)',
    ],
  ])('%s, as GitHub documents it, is told', async (name, text) => {
    const { app, ...keys } = await startWithBot()
    expect((await send(app, keys, name)).status).toBe(204)
    expect((await latest(app)).text).toBe(text)
  })

  test('a ping and other events say nothing, but their signature has to fit', async () => {
    const { app, token, secret } = await startWithBot()
    const body = payload('github-ping')
    for (const event of ['ping', 'star', 'toString'])
      expect((await hook(app, token, body, { headers: fromGithub(event, body, secret, 'a') })).status).toBe(
        204,
      )
    const wrong = await hook(app, token, body, { headers: fromGithub('ping', body, 'wrong', 'b') })
    expect(wrong.status).toBe(403)
    expect(await texts(app)).toEqual([])
  })

  test('a delivery that comes again is one message, also as a form', async () => {
    const { app, token, secret } = await startWithBot()
    const body = new URLSearchParams({ payload: payload('github-issues') }).toString()
    const headers = fromGithub('issues', body, secret, '72d3162e-cc78-11e3-81ab-4c9367dc0958')
    for (let time = 0; time < 3; time++)
      expect(
        (await hook(app, token, body, { type: 'application/x-www-form-urlencoded', headers })).status,
      ).toBe(204)
    expect(await texts(app)).toHaveLength(1)
  })

  test('what strangers write there formats nothing and calls nobody', async () => {
    const { app, ...keys } = await startWithBot()
    const event = JSON.parse(payload('github-issues')) as { issue: { title: string } }
    event.issue.title = '@ada ](https://evil.example) **now** `x`\n# <!channel>'
    await send(app, keys, 'github-issues', JSON.stringify(event))
    const { text } = await latest(app)
    expect(text).toContain(
      '[#1 @\u2060ada \\](https://evil.example) \\*\\*now\\*\\* \\`x\\` # \\<!channel\\>](https://github.com',
    )
    expect(isMentioned(text, 'ada')).toBe(false)
  })

  test('a long push names the first commits and leads to the others', async () => {
    const { app, ...keys } = await startWithBot()
    const event = JSON.parse(payload('github-push')) as { commits: object[] }
    event.commits = Array.from({ length: 8 }, () => event.commits[0]!)
    await send(app, keys, 'github-push', JSON.stringify(event))
    const { text } = await latest(app)
    expect(text.split('\n')).toHaveLength(7)
    expect(text).toMatch(/pushed 8 commits to[^]+\n- \[… and 3 more\]\(https:/)
  })

  test('a title beyond every measure is cut, with a link to it', async () => {
    const { app, ...keys } = await startWithBot()
    const event = JSON.parse(payload('github-issues')) as { issue: { title: string } }
    event.issue.title = '😀'.repeat(5_000)
    expect((await send(app, keys, 'github-issues', JSON.stringify(event))).status).toBe(204)
    const { text } = await latest(app)
    expect(text.isWellFormed()).toBe(true)
    expect(text).toMatch(/…\nhttps:\/\/github\.com\/Codertocat\/Hello-World\/issues\/1$/)
  })

  test('what is no event of GitHub is refused', async () => {
    const { app, ...keys } = await startWithBot()
    expect((await send(app, keys, 'github-push', '{"zen":"x"}')).status).toBe(400)
    expect((await send(app, keys, 'github-push', 'x')).status).toBe(400)
  })

  test('it is told in the language of the site', async () => {
    const { app, ...keys } = await startWithBot({ settings: { SITE_LANGUAGE: 'sv' } })
    await send(app, keys, 'github-issues')
    expect((await latest(app)).text).toMatch(/^Codertocat öppnade ärendet \[#1/)
  })
})

describeNodes('hooks with several nodes', () => {
  test('a delivery that comes again through another node is one message, and the limit is one for both', async () => {
    const { one, other } = await startPair({ settings: { LIMIT_BOTS: '4/1m' } })
    const { token } = await makeBot(one, await ownerToken(one), { nick: 'Robbie' })
    const send = (node: { url: string }, key: string) =>
      hook(node, token, key, { ...plain, headers: { 'idempotency-key': key } })
    const answers = await Promise.all([send(one, 'a'), send(other, 'a'), send(one, 'a'), send(other, 'a')])
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204])
    expect(await texts(one)).toEqual(['a'])
  })
})
