import { describe, expect, test } from '@jest/globals'
import { api, bearer, memberToken, ownerToken, refusal } from './support/rest.ts'
import { startApp } from './support/start-app.ts'

const presentation = {
  name: 'Ada Lovelace',
  headline: 'I make engines that think.',
  text: 'Most days you find me **between** numbers.',
  links: [{ label: 'Code', href: 'https://example.org/ada' }],
}

test('the presentation of a new site tells the owner what to do next', async () => {
  const app = await startApp()
  const { body } = await api(app).get('/api').expect(200)
  expect(body.data).toEqual({
    name: expect.any(String),
    headline: expect.any(String),
    text: expect.stringContaining('npm run owner'),
    html: expect.stringContaining('<code>npm run owner'),
    links: [],
    version: expect.any(Number),
    language: 'en',
    updatedAt: expect.stringMatching(/Z$/),
  })
})

test('the owner changes the presentation, and everybody reads it', async () => {
  const app = await startApp()
  const saved = await api(app)
    .put('/api')
    .set(bearer(await ownerToken(app)))
    .send(presentation)
    .expect(200)
  expect(saved.body.data).toEqual({
    ...presentation,
    html: '<p>Most days you find me <strong>between</strong> numbers.</p>',
    version: expect.any(Number),
    language: 'en',
    updatedAt: expect.stringMatching(/Z$/),
  })
  const read = await api(app).get('/api').expect(200)
  expect(read.body).toEqual(saved.body)
  await api(app)
    .put('/api')
    .set(bearer(await ownerToken(app)))
    .send(read.body.data)
    .expect(200)
})

test('SITE_LANGUAGE is the language of the presentation and of the feed', async () => {
  const app = await startApp({ settings: { SITE_LANGUAGE: 'sv' } })
  const { body } = await api(app).get('/api').expect(200)
  expect(body.data.language).toBe('sv')
  const feed = await api(app).get('/feed.xml').buffer(true).expect(200)
  expect(feed.text ?? String(feed.body)).toContain('<feed xml:lang="sv" xmlns="http://www.w3.org/2005/Atom">')
})

test('only the owner can change the presentation', async () => {
  const app = await startApp()
  const none = await api(app).put('/api').send(presentation).expect(401)
  expect(none.body).toEqual(refusal(401, 'UNAUTHENTICATED'))
  const member = await api(app)
    .put('/api')
    .set(bearer(await memberToken(app)))
    .send(presentation)
    .expect(403)
  expect(member.body).toEqual(refusal(403, 'FORBIDDEN'))
})

test.each([
  [{ name: '' }, 'INVALID', '/name'],
  [{ name: 'x'.repeat(81) }, 'TOO_LONG', '/name'],
  [{ headline: null }, 'INVALID', '/headline'],
  [{ text: undefined }, 'INVALID', '/text'],
  [{ links: 'x' }, 'INVALID', '/links'],
  [{ links: [{ label: 'x', href: 'javascript:alert(1)' }] }, 'INVALID', '/links/0/href'],
])('the presentation refuses %j', async (fault, code, pointer) => {
  const app = await startApp()
  const { body } = await api(app)
    .put('/api')
    .set(bearer(await ownerToken(app)))
    .send({ ...presentation, ...fault })
    .expect(400)
  expect(body).toEqual(refusal(400, code, pointer))
})

describe('Markdown to safe HTML', () => {
  test.each([
    ['<script>alert(1)</script>', '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>'],
    ['<img src=x onerror=alert(1)>', '<p>&lt;img src=x onerror=alert(1)&gt;</p>'],
    ['[x](javascript:alert(1))', '<p>[x](javascript:alert(1))</p>'],
    ['[x](data:text/html;base64,AA)', '<p>[x](data:text/html;base64,AA)</p>'],
    ['[x](//evil.example)', '<p><a>x</a></p>'],
    ['[x](https://a.example)', '<p><a href="https://a.example" rel="noopener noreferrer">x</a></p>'],
    [
      '![x](https://a.example/x.png)',
      '<p><a href="https://a.example/x.png" rel="noopener noreferrer">x</a></p>',
    ],
    ['![x](/x.png)', '<p><img src="/x.png" alt="x" loading="lazy" /></p>'],
    ['[x](/chat)', '<p><a href="/chat">x</a></p>'],
    ['(c) (r) (tm) +- a -- b --- c ... ,, "q"', '<p>(c) (r) (tm) +- a -- b --- c ... ,, “q”</p>'],
    ['# One', '<h2 id="h-one">One<a class="anchor" href="#h-one" aria-labelledby="h-one"></a></h2>'],
    ['98. a\n99. b', '<ol start="98">\n<li>a</li>\n<li>b</li>\n</ol>'],
    ['99. a\n100. b', '<ol start="99" class="digits-3">\n<li>a</li>\n<li>b</li>\n</ol>'],
    [
      '- x\n\n  12345. a\n',
      '<ul>\n<li>\n<p>x</p>\n<ol start="12345" class="digits-9">\n<li>a</li>\n</ol>\n</li>\n</ul>',
    ],
    ['```js\na < b\n```', '<pre><code class="language-js">a &lt; b\n</code></pre>'],
  ])('Markdown becomes safe HTML: %s', async (text, html) => {
    const app = await startApp()
    const { body } = await api(app)
      .post('/api/markdown')
      .set(bearer(await ownerToken(app)))
      .send({ text })
      .expect(200)
    expect(body).toEqual({ data: { html } })
  })
})
