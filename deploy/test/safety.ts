import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually, texts } from './people.ts'
import type { Stack } from './stack.ts'

/** What the containers may not do, and what is said where something around them is wrong. */
export function staysSafe(stack: Stack): void {
  const { url } = stack

  /** The API's image by itself: how it ended, and what it said. */
  async function alone(...args: string[]) {
    const { code, out, err } = await stack.docker('run', '--rm', ...args, `${stack.project}-api:local`)
    return { code, lines: (out + err).trim().split('\n') }
  }

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

  test('a volume that cannot be written is told in a line', async () => {
    const shut = await alone('--read-only', '--tmpfs', '/data:mode=0755,uid=0')
    assert.deepEqual(shut, {
      code: 1,
      lines: ['DATABASE_URL: cannot open /data/me.db: it cannot be written'],
    })
  })

  test('a wrong SITE_ADDRESS or API_UPSTREAMS is told in a line, and a taken port by Docker', async () => {
    const image = `${stack.project}-web:local`
    for (const address of ['https://example.org/blog', 'my house', 'example.org:8080', 'example']) {
      const { code, err } = await stack.docker('run', '--rm', '--env', `SITE_ADDRESS=${address}`, image)
      assert.equal(code, 1)
      assert.match(err.trim(), /^SITE_ADDRESS: must be a domain such as example\.org[^\n]*$/)
    }
    for (const upstreams of ['api', 'http://api:1337', 'a:1337, b:1337', 'a:1337 {b:1337}']) {
      const { code, err } = await stack.docker('run', '--rm', '--env', `API_UPSTREAMS=${upstreams}`, image)
      assert.equal(code, 1)
      assert.match(err.trim(), /^API_UPSTREAMS: must be names with ports[^\n]*$/)
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
    await eventually(async () => {
      const { out, err } = await stack.docker('logs', `${stack.project}-early`)
      assert.match(out + err, /cannot use PostgreSQL at postgres\/me: .*; waiting for it/)
    })
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
    await early

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
}
