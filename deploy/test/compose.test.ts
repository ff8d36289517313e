/**
 * The compose file on a real Docker engine, from a clean copy of the working tree: built, started, used, killed,
 * backed up, restored and upgraded. One story, in the order of its tests.
 */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { chromium } from '@playwright/test'
import { eventually, freePort, join, json, reader, say, texts } from './people.ts'
import { cleanCopy, createStack, needEngine, previousVersion } from './stack.ts'

needEngine()
const executablePath = process.env['CHROMIUM_PATH'] ?? ''
if (!existsSync(executablePath)) {
  process.stderr.write('Set CHROMIUM_PATH to a Chromium, for example: CHROMIUM_PATH=/usr/bin/chromium\n')
  process.exit(1)
}

const stack = createStack(cleanCopy(), await freePort())
const { url } = stack
const readers: { close: () => void }[] = []

before(async () => {
  await stack.must('--profile', '*', 'build')
  await stack.up()
})
after(async () => {
  readers.forEach(({ close }) => close())
  await stack.remove()
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
    const differing = [...fromApi.keys()].filter((name) => fromCaddy.headers.get(name) !== fromApi.get(name))
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
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic'],
  })
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
  assert.doesNotMatch(await stack.logs('api'), /TRUST_PROXY is 0/)
})

test('down and up: everything is still there, and readers catch up by themselves', async () => {
  const patient = reader(url, 'polling')
  readers.push(patient)
  await eventually(() => assert.equal(patient.seen.length, 2))
  await stack.must('down')
  await stack.up()
  assert.deepEqual(await texts(url), ['hello through the door', 'hello from a browser'])
  await say(url, await join(url, 'cy'), 'after the pause')
  await eventually(() => assert.equal(patient.seen.at(-1), 'after the pause'))
})

test('the stop was graceful: the API heard SIGTERM, and ended by itself', async () => {
  const id = (await stack.must('ps', '--quiet', 'api')).trim()
  await stack.must('stop', 'api')
  const { out } = await stack.docker('inspect', '--format', '{{.State.ExitCode}}', id)
  assert.equal(out.trim(), '0')
  await stack.up()
})

test('the API killed with -9 is back by itself, and its readers miss nothing', async () => {
  const patient = reader(url, 'websocket')
  readers.push(patient)
  await eventually(() => assert.equal(patient.seen.at(-1), 'after the pause'))
  const dee = await join(url, 'dee')
  await say(url, dee, 'before the crash')
  const id = (await stack.must('ps', '--quiet', 'api')).trim()
  const pid = (await stack.docker('inspect', '--format', '{{.State.Pid}}', id)).out.trim()
  const image = `${stack.project}-api:local`
  const kill = await stack.docker(
    'run',
    '--rm',
    '--pid=host',
    '--user=0',
    image,
    'sh',
    '-c',
    `kill -9 ${pid}`,
  )
  assert.equal(kill.code, 0, kill.err)
  await eventually(() => say(url, dee, 'after the crash'), 30_000)
  await eventually(() => assert.deepEqual(patient.seen.slice(-2), ['before the crash', 'after the crash']))
  const { out } = await stack.docker('inspect', '--format', '{{.RestartCount}}', id)
  assert.equal(out.trim(), '1')
})

test('nothing in the containers is root, can become so, or can write where it should not', async () => {
  for (const service of ['api', 'web']) {
    const status = await stack.must('exec', '-T', service, 'sh', '-c', 'cat /proc/1/status')
    assert.match(status, /^Uid:\t1000\t1000\t1000\t1000$/m)
    assert.match(status, /^CapPrm:\t0+$/m)
    assert.match(status, /^CapEff:\t0+$/m)
    // Caddy's bound names one right that its file is marked with, and which it cannot gain.
    assert.match(status, service === 'api' ? /^CapBnd:\t0+$/m : /^CapBnd:\t0+400$/m)
    assert.match(status, /^NoNewPrivs:\t1$/m)
    const touched = await stack.compose('exec', '-T', service, 'touch', '/app', '/srv', '/etc/x')
    assert.match(touched.err, /Read-only file system/)
  }
})

test('backup, wipe, restore: what was said is there, with search', async () => {
  await stack.inApi('npm', 'run', '-s', 'backup', '--', '/backups/today.db')
  const again = await stack.compose(
    'exec',
    '-T',
    'api',
    'npm',
    'run',
    '-s',
    'backup',
    '--',
    '/backups/today.db',
  )
  assert.match(again.err, /is there already/)
  await say(url, await join(url, 'eve'), 'never backed up')
  await stack.must('stop', 'api')
  await stack.must('run', '--rm', '--no-deps', 'api', 'sh', '-c', 'rm /data/me.db*')
  await stack.up()
  assert.deepEqual(await texts(url), [])
  await stack.must('stop', 'api')
  // As docs/deploy.md tells it.
  const restore = 'cp /backups/today.db /data/new.db && rm -f /data/me.db* && mv /data/new.db /data/me.db'
  await stack.must('run', '--rm', '--no-deps', 'api', 'sh', '-c', restore)
  await stack.up()
  const restored = await texts(url)
  assert.deepEqual(restored.slice(-2), ['before the crash', 'after the crash'])
  const { messages } = await json<{ messages: unknown[] }>(`${url}/api/chat/search?q=crash`)
  assert.equal(messages.length, 2)
})

test('the backup service makes its first copy at once', async () => {
  await stack.must('--profile', 'backup', 'up', '--detach', 'backup')
  await eventually(async () => assert.match(await stack.inApi('ls', '/backups'), /^me-\d{4}-.*Z\.db$/m))
  await stack.must('--profile', 'backup', 'rm', '--stop', '--force', 'backup')
})

/** The API's image by itself: how it ended, and what it said. */
async function alone(...args: string[]) {
  const { code, out, err } = await stack.docker('run', '--rm', ...args, `${stack.project}-api:local`)
  return { code, lines: (out + err).trim().split('\n') }
}

test('a volume that cannot be written is told in a line', async () => {
  const shut = await alone('--read-only', '--tmpfs', '/data:mode=0755,uid=0')
  assert.deepEqual(shut, { code: 1, lines: ['DATABASE_URL: cannot open /data/me.db: it cannot be written'] })
})

test('a wrong SITE_ADDRESS is told in a line, and a taken port by Docker', async () => {
  const image = `${stack.project}-web:local`
  for (const address of ['https://example.org/blog', 'my house', 'example.org:8080', 'example']) {
    const { code, err } = await stack.docker('run', '--rm', '--env', `SITE_ADDRESS=${address}`, image)
    assert.equal(code, 1)
    assert.match(err.trim(), /^SITE_ADDRESS: must be a domain such as example\.org[^\n]*$/)
  }
  const taken = await stack.docker('run', '--rm', '--publish', `127.0.0.1:${new URL(url).port}:80`, image)
  assert.match(taken.err, /port is already allocated|address already in use/)
})

test('with PostgreSQL, by the profile scale: it waits for the server, and refuses a wrong password', async () => {
  const before = await texts(url)
  const database = 'postgres://me:a-password@postgres/me'
  stack.set({
    COMPOSE_PROFILES: 'scale',
    POSTGRES_PASSWORD: 'a-password',
    API_DATABASE_URL: database,
  })
  const secret = ['--env', 'SESSION_SECRET=a secret for tests that is long enough']
  const network = ['--network', `${stack.project}_default`]
  const early = alone(
    ...network,
    ...secret,
    '--env',
    `DATABASE_URL=${database}`,
    '--name',
    `${stack.project}-early`,
  )
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  await stack.must('up', '--detach', '--wait', 'postgres', 'valkey')
  await eventually(async () => {
    const { code } = await stack.docker(
      'exec',
      `${stack.project}-early`,
      'node',
      'me-api/src/cli/is-ready.ts',
    )
    assert.equal(code, 0)
  })
  await stack.docker('stop', `${stack.project}-early`)
  assert.match((await early).lines.join('\n'), /cannot use PostgreSQL at postgres\/me: .*; waiting for it/)

  const wrong = await alone(
    ...network,
    ...secret,
    '--env',
    `DATABASE_URL=${database.replace('a-password', 'not-it')}`,
  )
  assert.equal(wrong.code, 1)
  assert.match(
    wrong.lines.join('\n'),
    /^DATABASE_URL: cannot use PostgreSQL at postgres\/me: password auth[^\n]*$/,
  )
  assert.deepEqual(await texts(url), before)
  stack.set({})
})

test('an upgrade from the version before keeps what was said, and readers stay', async (context) => {
  const previous = previousVersion()
  if (!previous) return context.skip('there is no version before this one in this history')
  context.diagnostic(`from ${previous.name}`)
  const image = `${stack.project}-api:previous`
  const built = await stack.docker(
    'build',
    '-q',
    '-f',
    `${previous.folder}/me-api/Dockerfile`,
    '-t',
    image,
    previous.folder,
  )
  assert.equal(built.code, 0, built.err)
  const own = `${stack.project}-api:local`
  await stack.must('down', '--volumes')
  await stack.docker('tag', own, `${stack.project}-api:next`)
  await stack.docker('tag', image, own)
  await stack.up('--no-build')
  const fay = await join(url, 'fay')
  await say(url, fay, 'said to the old version')
  const patient = reader(url, 'websocket')
  readers.push(patient)
  await eventually(() => assert.deepEqual(patient.seen, ['said to the old version']))

  await stack.docker('tag', `${stack.project}-api:next`, own)
  await stack.up('--no-build')
  await say(url, fay, 'said to the new one')
  await eventually(() => assert.deepEqual(patient.seen, ['said to the old version', 'said to the new one']))
})
