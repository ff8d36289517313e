import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chromium } from '@playwright/test'
import { pageOptions } from '../../me-vue/e2e/support/chromium.ts'
import { type Readers, eventually, join, json, reader, say, texts } from './people.ts'
import type { Stack } from './stack.ts'

/** What a visitor gets through Caddy: pages, files, REST, the chat, and their own address. */
export function serves(stack: Stack, readers: Readers): void {
  const { url } = stack

  test('a domain is the API’s SITE_URL, unless .env has one; without a domain any host is believed', async () => {
    const siteUrl = async (settings: Record<string, string>) => {
      stack.set(settings)
      const config = await stack.must('config', '--format', 'json')
      stack.set({})
      type Config = { services: { api: { environment: { SITE_URL?: string } } } }
      return (JSON.parse(config) as Config).services.api.environment.SITE_URL
    }
    const [SITE_ADDRESS, SITE_URL] = ['example.org', 'https://www.example.org']
    assert.equal(await siteUrl({}), '')
    assert.equal(await siteUrl({ SITE_ADDRESS }), 'https://example.org')
    assert.equal(await siteUrl({ SITE_ADDRESS, SITE_URL }), SITE_URL)
    assert.equal(await siteUrl({ SITE_URL }), SITE_URL)
  })

  test('the compose file needs no settings; a domain opens 80 and 443 to the world, and nothing else does', async () => {
    const ports = (config: string) =>
      (
        JSON.parse(config) as { services: { web: { ports: { host_ip?: string; published: string }[] } } }
      ).services.web.ports.map(({ host_ip = '*', published }) => `${host_ip}:${published}`)
    const plain = await stack.must('config', '--format', 'json')
    assert.deepEqual(ports(plain), [`127.0.0.1:${new URL(url).port}`])
    stack.set({ SITE_ADDRESS: 'example.org' })
    const domain = await stack.must('config', '--format', 'json')
    stack.set({})
    assert.deepEqual(ports(domain), ['*:80', '*:443', '*:443'])
  })

  test('the first page, a deep link, the feed and REST answer through Caddy', async () => {
    const page = await fetch(url)
    assert.equal(page.status, 200)
    assert.match(await page.text(), /<title>Your Name/)
    const deep = await (await fetch(`${url}/chat`)).text()
    assert.match(deep, new RegExp(`rel="canonical" href="${url}/chat"`))
    assert.equal((await fetch(`${url}/feed.xml`)).status, 200)
    assert.equal((await json<{ name: string }>(`${url}/api`)).name, 'Your Name')
    assert.equal((await fetch(`${url}/api/nothing`)).status, 404)
    assert.match((await json<{ version: string }>(`${url}/readyz`)).version, /^\d+\.\d+\.\d+/)
  })

  test('every file that the page names comes from Caddy, packed, with the very headers the API would send', async () => {
    const document = await (await fetch(url)).text()
    const files = [...document.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path)
    assert.ok(files.length >= 3)
    for (const path of files) {
      const fromCaddy = await fetch(url + path)
      assert.equal(fromCaddy.status, 200, path)
      const script = `fetch('http://127.0.0.1:1337${path}').then((it) => console.log(JSON.stringify([...it.headers])))`
      const fromApi = new Map(JSON.parse(await stack.inApi('node', '-e', script)) as [string, string][])
      const differing = [...fromApi.keys()].filter(
        (name) => fromCaddy.headers.get(name) !== fromApi.get(name),
      )
      const own =
        /^(accept-ranges|connection|content-length|content-type|date|etag|keep-alive|last-modified|x-request-id)$/
      assert.deepEqual(
        differing.filter((name) => !own.test(name)),
        [],
        path,
      )
    }
    const script = files.find((path) => path.endsWith('.js')) ?? ''
    for (const encoding of ['br', 'zstd', 'gzip']) {
      const packed = await fetch(url + script, { headers: { 'accept-encoding': encoding } })
      assert.equal(packed.headers.get('content-encoding'), encoding)
      await packed.body?.cancel()
    }
    assert.equal((await fetch(`${url}/assets/none.js`)).status, 404)
  })

  test('both images hold one build of the site', async () => {
    const list = (place: string) => [
      'sh',
      '-c',
      `cd ${place} && find . -type f | sort | xargs sha256sum | sha256sum`,
    ]
    const web = await stack.must('exec', '-T', 'web', ...list('/srv/assets'))
    assert.equal(web, await stack.inApi(...list('/app/me-vue/dist/assets')))
  })

  test('the chat is live through Caddy over WebSocket, over Socket.IO’s polling, and for a script that waits', async () => {
    const byWebSocket = reader(url, 'websocket')
    const byPolling = reader(url, 'polling')
    readers.push(byWebSocket, byPolling)
    await eventually(() => assert.ok(byWebSocket.socket.connected && byPolling.socket.connected))
    const waiting = json<{ messages: unknown[] }>(`${url}/api/chat/rooms/lobby/changes?after=0&wait=20`)
    const began = Date.now()
    await say(url, await join(url, 'ada'), 'hello through the door')
    for (const { seen } of [byWebSocket, byPolling])
      await eventually(() => assert.deepEqual(seen, ['hello through the door']))
    assert.equal((await waiting).messages.length, 1)
    assert.ok(Date.now() - began < 10_000, 'nothing on the way held anything back')
  })

  test('a visitor in Chromium reads and writes, and the page breaks none of its own rules', async () => {
    const browser = await chromium.launch(pageOptions())
    try {
      const page = await browser.newPage({ baseURL: url, locale: 'en-GB' })
      const complaints: string[] = []
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto('/chat')
      const field = page.getByRole('textbox')
      await field.fill('Bo')
      await field.press('Enter')
      await page.getByRole('textbox', { name: 'Message' }).fill('hello from a browser')
      await field.press('Enter')
      await page.getByRole('article').filter({ hasText: 'hello from a browser' }).waitFor()
      assert.deepEqual(complaints, [])
    } finally {
      await browser.close()
    }
    assert.deepEqual(await texts(url), ['hello through the door', 'hello from a browser'])
  })

  test("a client's own address is what limits it, whatever it claims", async () => {
    const attempt = (number: number) =>
      fetch(`${url}/api/chat/visitors`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `203.0.113.${number}` },
        body: JSON.stringify({ nick: `guest ${number}` }),
      }).then(({ status }) => status)
    const statuses = await Promise.all(Array.from({ length: 40 }, (_, number) => attempt(number)))
    assert.ok(statuses.includes(429), String(statuses))
    // Caddy is on the API's own network, and yet who comes through it is not taken for this machine.
    assert.equal((await fetch(`${url}/metrics`)).status, 403)
    assert.doesNotMatch(await stack.logs('api'), /TRUST_PROXY is 0/)
  })
}
