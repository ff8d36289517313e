import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { BrowserCrash, type Device, type Tab } from './tab.ts'

const [binary] = globSync('/usr/lib/*/webkit2gtk-4.1/MiniBrowser')
if (!binary) throw new Error('There is no WebKit: install webkit2gtk-driver and xvfb.')

/** The key of a reference to an element, and the key Enter: W3C WebDriver, 12.4.1 and 17.4.2. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'
const ENTER = '\uE007'

/**
 * A WebKit of its own, on a screen of its own, spoken to by W3C WebDriver. A library for it would bring fifteen packages
 * and three programs along, for the seven commands that are needed here.
 */
export async function openWebKit({ userAgent, width, height, before }: Device): Promise<Tab> {
  if (before) throw new Error('WebDriver runs nothing before the page.')
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1400x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const [display] = (await once(createInterface(screen.stdio[3] as never), 'line')) as [string]
  const port = await freePort()
  const driver = spawn('WebKitWebDriver', [`--port=${port}`], {
    env: { ...process.env, DISPLAY: `:${display}` },
    stdio: 'ignore',
  })
  const complaints: string[] = []

  const { sessionId } = await started(() =>
    ask<{ sessionId: string }>('', {
      capabilities: {
        alwaysMatch: {
          'webkitgtk:browserOptions': {
            binary,
            args: ['--automation', `--user-agent=${userAgent}`],
          },
        },
      },
    }),
  )

  /** @throws {BrowserCrash} where there is no session any more; otherwise with WebDriver's own words */
  async function ask<R>(path: string, body?: object, method = body ? 'POST' : 'GET'): Promise<R> {
    const answer = await fetch(`http://127.0.0.1:${port}/session${path}`, {
      method,
      body: body ? JSON.stringify(body) : null,
    })
    const { value } = (await answer.json()) as { value: R }
    if (answer.ok) return value
    const { error, message } = value as { error: string; message: string }
    if (error === 'invalid session id') throw new BrowserCrash('The browser itself crashed.')
    throw new Error(`${error}: ${message}`)
  }

  const told = <R>(path: string, body?: object) => ask<R>(`/${sessionId}/${path}`, body)
  const run = <R>(call: unknown, args: unknown[]) =>
    told<R>('execute/sync', { script: `return (${String(call)})(...arguments)`, args })

  await told('window/rect', { x: 0, y: 0, width, height })

  /** What a page complains of goes with it. */
  async function collect(): Promise<void> {
    complaints.push(...(await run<string[]>(() => Reflect.get(window, 'complaints') ?? [], [])))
  }

  return {
    async open(url) {
      await collect()
      await told('url', { url })
      // WebDriver tells nothing of them, and runs nothing before the page: what fails in its first moment is not heard.
      await run(() => {
        const found: string[] = []
        Object.assign(window, { complaints: found })
        addEventListener('error', ({ message }) => {
          // No fault: some rows are measured one frame later.
          if (!message.startsWith('ResizeObserver loop')) found.push(message)
        })
        addEventListener('unhandledrejection', ({ reason }) => found.push(String(reason)))
        addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
          found.push(`Content Security Policy: ${violatedDirective} forbids ${blockedURI}`),
        )
      }, [])
    },
    evaluate: (call, ...args) => run(call, args),
    async click(find, ...args) {
      const found = await run<{ [ELEMENT]: string }>(find, args)
      await told(`element/${found[ELEMENT]}/click`, {})
    },
    async write(text) {
      const found = await told<{ [ELEMENT]: string }>('element/active')
      await told(`element/${found[ELEMENT]}/value`, { text: text + ENTER })
    },
    async complaints() {
      await collect()
      return complaints
    },
    picture: async () => Buffer.from(await told<string>('screenshot'), 'base64'),
    async close() {
      try {
        await ask(`/${sessionId}`, undefined, 'DELETE')
      } finally {
        await Promise.all([stop(driver), stop(screen)])
      }
    },
  }
}

/** The driver listens a moment after its start. */
async function started<R>(ask: () => Promise<R>, attempts = 50): Promise<R> {
  try {
    return await ask()
  } catch (error) {
    if (attempts === 0 || !(error instanceof TypeError)) throw error
    await new Promise((resolve) => setTimeout(resolve, 100))
    return started(ask, attempts - 1)
  }
}

async function stop(program: ChildProcess): Promise<void> {
  const ended = once(program, 'exit')
  program.kill()
  await ended
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}
