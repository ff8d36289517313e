import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Browser, chromium } from '@playwright/test'
import { pageOptions } from '../../me-vue/e2e/support/chromium.ts'
import { commandsUnder } from './docs.ts'
import { type Said, type Talker, eventually, join, json, reader, say, talker, texts } from './people.ts'
import type { Stack } from './stack.ts'

/**
 * Milliseconds that anybody may wait for a word of theirs when a node dies or stops. CI's machines are busy: each test
 * says how long the longest wait was, and COMPOSE_WAIT_MAX=3000 makes more than three seconds fail by hand.
 */
const WAIT_MAX = Number(process.env['COMPOSE_WAIT_MAX'] ?? 10_000)
/** Milliseconds between an answer and the next message of the same person, who types faster than anybody does. */
const EVERY = 1_000
/** Ten people talk: two in a Chromium, which a small machine bears, or as many as COMPOSE_BROWSERS says; the others by a script. */
const PEOPLE = 10
const IN_CHROMIUM = Number(process.env['COMPOSE_BROWSERS'] ?? 2)

/** Two API containers behind Caddy: one chat, of which either half may go. */
export function scales(stack: Stack): void {
  const { url, project } = stack
  const nodes = [`${project}-api-1`, `${project}-api-2`]

  /** What a node itself answers, past Caddy. */
  async function textsOf(node: string): Promise<string[]> {
    const path = '/api/chat/rooms/lobby/messages?limit=200'
    const script = `fetch('http://127.0.0.1:1337${path}').then((it) => it.text()).then(console.log)`
    const { out, err } = await stack.docker('exec', node, 'node', '-e', script)
    assert.equal(err, '')
    const { data } = JSON.parse(out) as { data: { messages: { text: string }[] } }
    return data.messages.map(({ text }) => text)
  }

  test('the profile scale makes two API containers one chat', async () => {
    await stack.must('--profile', '*', 'down', '--volumes')
    stack.dotEnv({
      COMPOSE_PROFILES: 'scale',
      POSTGRES_PASSWORD: 'a-password',
      API_DATABASE_URL: 'postgres://me:${POSTGRES_PASSWORD}@postgres/me',
      SESSION_SECRET: 'a secret for tests that is long enough',
      API_NODES: '2',
      API_UPSTREAMS: nodes.map((node) => `${node}:1337`).join(' '),
      ...{ LIMIT_CONNECTIONS: 'off', LIMIT_JOINS: 'off', LIMIT_MESSAGES: 'off', LIMIT_NEWCOMER: 'off' },
      ...{ LIMIT_ADDRESS_MESSAGES: 'off', LIMIT_REQUESTS: 'off' },
    })
    await stack.up('--no-build', '--scale', 'api=2')
    assert.equal((await stack.must('ps', '--quiet', 'api')).trim().split('\n').length, 2)
    const ready = await json<{ redis: string }>(`${url}/readyz`)
    assert.equal(ready.redis, 'connected')
    const ada = await join(url, 'ada')
    const words: string[] = []
    // Caddy asks the node with the fewest open requests, and readers hold some: what is said at once gets to both, as soon
    // as Caddy has found both ready.
    await eventually(async () => {
      const some = Array.from({ length: 10 }, (_, index) => `word ${words.length + index}`)
      words.push(...some)
      await Promise.all(some.map((word) => say(url, ada, word)))
      for (const node of nodes) {
        const { out } = await stack.docker('logs', node)
        assert.match(out, /"method":"POST","path":"\/api\/chat\/rooms\/lobby\/messages"/, `${node} was asked`)
      }
    }, 5_000)
    const stored = await texts(url)
    assert.deepEqual(stored.toSorted(), words.toSorted())
    for (const node of nodes) assert.deepEqual(await textsOf(node), stored)
  })

  test('Socket.IO’s polling stays at its node: by a cookie for pages, by the address for programs', async () => {
    const poll = (headers: Record<string, string>, more = '') =>
      fetch(`${url}/socket.io/?EIO=4&transport=polling${more}`, { headers })
    const page = { 'sec-fetch-site': 'same-origin' }
    const cookies = new Set<string>()
    for (let count = 0; count < 20; count++) {
      const opened = await poll(page)
      const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? ''
      cookies.add(cookie)
      const { sid } = JSON.parse((await opened.text()).slice(1)) as { sid: string }
      const went = await fetch(`${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, {
        method: 'POST',
        headers: { ...page, cookie, 'content-type': 'text/plain' },
        body: '1',
      })
      assert.equal(went.status, 200)
    }
    assert.equal(cookies.size, nodes.length, 'a cookie for each node')
    for (let count = 0; count < 10; count++) {
      const opened = await poll({})
      assert.equal(opened.headers.get('set-cookie'), null)
      const { sid } = JSON.parse((await opened.text()).slice(1)) as { sid: string }
      const went = await fetch(`${url}/socket.io/?EIO=4&transport=polling&sid=${sid}`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: '1',
      })
      assert.equal(went.status, 200)
    }
    assert.equal((await fetch(url)).headers.get('set-cookie'), null, 'nothing else sets it')
  })

  test('one node killed with -9 while ten people talk: all talk on, and nothing is lost', async (t) => {
    const started = async () =>
      (await stack.docker('inspect', '--format', '{{.RestartCount}}', nodes[0]!)).out.trim()
    const before = Number(await started())
    const talk = await tenTalk(t, url)
    await pause(3_000)
    const killedAt = performance.now()
    await stack.kill(nodes[0]!)
    await pause(6_000)
    await talk.end(killedAt)
    assert.equal(Number(await started()), before + 1)
    await stack.up('--no-recreate')
  })

  test('a rolling restart, as the documentation has it, loses nothing and nobody', async (t) => {
    const talk = await tenTalk(t, url)
    await pause(2_000)
    const began = performance.now()
    for (const command of commandsUnder('## Several API processes', 1))
      await stack.shell(command.replaceAll('me-api-', `${project}-api-`))
    await pause(3_000)
    await talk.end(began)
  })

  test('a rolling upgrade, as the documentation has it, loses nothing and nobody, and keeps the names', async (t) => {
    const ids = async () =>
      (await stack.docker('inspect', '--format', '{{.Id}}', ...nodes)).out.trim().split('\n')
    const before = await ids()
    // Another image, as a newer version is.
    const image = `${project}-api:local`
    await stack.shell(`printf 'FROM ${image}\\nLABEL version=newer\\n' | docker build -q -t ${image} -`)
    const talk = await tenTalk(t, url)
    await pause(2_000)
    const began = performance.now()
    for (const command of commandsUnder('## Several API processes', 3)) await stack.shell(command)
    await pause(3_000)
    await talk.end(began)
    const after = await ids()
    assert.equal(after.length, 2)
    assert.ok(after.every((id) => !before.includes(id)))
  })
}

/** Ten people who talk, until `end` finds that nobody waited too long and everybody has all. */
async function tenTalk(t: TestContext, url: string) {
  const browser = await chromium.launch(pageOptions())
  t.after(() => browser.close())
  const names = Array.from({ length: PEOPLE }, (_, index) => `${run++} n${index}`)
  const witness = reader(url, 'websocket')
  t.after(witness.close)
  const heard = (text: string) =>
    eventually(() =>
      assert.ok(
        witness.seen.includes(text),
        `${text} is heard, by somebody ${witness.socket.connected ? 'connected' : 'gone'}`,
      ),
    )
  const people = await Promise.all(
    names.map((name, index) =>
      index < IN_CHROMIUM ? inChromium(browser, url, name, heard) : talker(url, name, index % 2 === 0),
    ),
  )
  for (const { close } of people) t.after(close)
  // A page that comes in works more than one that talks, and ten at once keep a small machine busy: this is not the wait.
  await Promise.all(people.map((one) => one.say(`${one.name} is here.`)))
  let isOver = false
  t.after(() => void (isOver = true))
  const speaking = people.map(async (one, index) => {
    await pause((EVERY * index) / PEOPLE)
    for (let count = 1; !isOver; count++) {
      await one.say(`${one.name} says ${count}.`)
      await pause(EVERY)
    }
  })

  const everybody = Promise.all(speaking)
  // Thrown where it is awaited, at the end.
  everybody.catch(() => {})

  return {
    /** Ends the talk; counts waits that were not over at `since`, or began later. */
    async end(since: number): Promise<void> {
      isOver = true
      await everybody
      const waits = people.map((one) => longestWait(one.said.filter(({ at, took }) => at + took > since)))
      t.diagnostic(`the longest wait of each: ${waits.join(', ')} ms`)
      const said = people.flatMap((one) => one.said.map(({ text }) => text))
      for (const one of people) {
        await eventually(async () => {
          const seen = (await one.seen()).filter((text) => said.includes(text))
          assert.deepEqual(seen.toSorted(), said.toSorted(), `${one.name} has all, once`)
        })
        assert.ok(one.said.length >= 3, `${one.name} said ${one.said.length}`)
      }
      assert.ok(Math.max(...waits) < WAIT_MAX, `somebody waited ${Math.max(...waits)} ms`)
    },
  }
}
let run = 1

const longestWait = (said: Said[]): number => Math.round(Math.max(0, ...said.map(({ took }) => took)))

/** What a page has shown of messages, by their ids. */
type Witness = { seen: Map<string, string> }

/** A visitor with the site's own page; `heard` resolves once somebody else has a text. */
async function inChromium(
  browser: Browser,
  url: string,
  name: string,
  heard: (text: string) => Promise<void>,
): Promise<Talker> {
  const page = await browser.newPage({
    baseURL: url,
    locale: 'en-GB',
    viewport: { width: 360, height: 500 },
    reducedMotion: 'reduce',
  })
  await page.goto('/chat')
  const field = page.getByRole('textbox')
  await field.fill(name)
  await field.press('Enter')
  const message = page.getByRole('textbox', { name: 'Message' })
  await message.waitFor()
  // Only rows near what is in sight are in the page; each message is counted when it appears.
  await page.evaluate(() => {
    const seen = ((globalThis as unknown as Witness).seen = new Map<string, string>())
    const look = () => {
      for (const row of document.querySelectorAll<HTMLElement>('article[data-id]')) {
        if (seen.has(row.dataset['id']!)) continue
        const text = row.querySelector('.text')?.firstChild?.textContent
        if (text) seen.set(row.dataset['id']!, text)
      }
    }
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true })
    look()
  })
  await message.focus()
  const said: Talker['said'] = []
  return {
    name,
    said,
    // Of many messages that came together only the last are in sight: the log is read from its end up.
    async seen() {
      await page.getByRole('log').evaluate(async (log) => {
        const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
        log.scrollTop = log.scrollHeight
        for (await frame(); log.scrollTop > 0; await frame()) log.scrollTop -= log.clientHeight / 2
      })
      return page.evaluate(() => [...(globalThis as unknown as Witness).seen.values()])
    },
    async say(text) {
      const began = performance.now()
      await page.keyboard.insertText(text)
      await page.keyboard.press('Enter')
      await heard(text)
      said.push({ text, at: began, took: performance.now() - began })
    },
    // The browser closes the page with itself.
    close: () => {},
  }
}
