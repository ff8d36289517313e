import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createTestServer, type TestServer } from '../e2e/support/test-server.ts'
import { mixedMessages } from '../e2e/support/mixed-messages.ts'
import { BrowserCrash, type Device, type OpenTab, type Tab } from './tab.ts'

const pictures = join(import.meta.dirname, '../test-results')
/** Milliseconds in which something must have come about: generous, for machines that are busy with other things. */
const PATIENCE = 60_000

/**
 * What visitors do, in the order in which they do it, with each device in front of a server of its own. A browser that
 * itself crashes tells nothing of the site: all of it is done again with another one, once.
 */
export function flows(browser: string, openTab: OpenTab, devices: Device[]): void {
  for (const device of devices) {
    const name = `${browser} as ${device.name}`
    test(name, async (t) => {
      try {
        await visit(t, name, () => openTab(device))
      } catch (error) {
        if (!(error instanceof BrowserCrash)) throw error
        t.diagnostic(`${error.message} All of it is done again with another one.`)
        await visit(t, name, () => openTab(device))
      }
    })
  }
}

/** @throws {BrowserCrash} */
async function visit(t: TestContext, name: string, openTab: () => Promise<Tab>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'me-browsers-'))
  const server = createTestServer(directory)
  await server.start()
  server.importMessages(mixedMessages(330))
  let tab: Tab | undefined
  try {
    tab = await openTab()
    await doAll(t, name, server, tab)
  } finally {
    await server.kill()
    rmSync(directory, { recursive: true })
    await tab?.close()
  }
}

async function doAll(t: TestContext, name: string, server: TestServer, tab: Tab): Promise<void> {
  /** A test that leaves a picture where it fails. @throws {BrowserCrash} */
  async function flow(title: string, steps: () => Promise<void>): Promise<void> {
    let crash: BrowserCrash | undefined
    await t.test(title, async (t) => {
      try {
        await steps()
      } catch (error) {
        try {
          mkdirSync(pictures, { recursive: true })
          const file = join(pictures, `${name}, ${title}.png`.replaceAll(' ', '-'))
          writeFileSync(file, await tab.picture())
          throw new Error(`${String(error)}\nSee ${file}`, { cause: error })
        } catch (told) {
          if (!(told instanceof BrowserCrash)) throw told
          crash = told
          t.skip(told.message)
        }
      }
    })
    if (crash) throw crash
  }

  const connection = () =>
    tab.evaluate(() => document.querySelector('main header [role=status]')?.textContent ?? null)
  const expectLive = () => until(async () => (await connection()) === 'Live')

  const focusField = () => tab.click(() => document.querySelector('main textarea, main input'))
  const fieldName = () =>
    tab.evaluate(
      () => document.querySelector('main textarea, main input')?.getAttribute('aria-label') ?? null,
    )

  /** A message with that text is in sight, all of it or as much as there is room for. */
  const isInView = (text: string) =>
    until(() =>
      tab.evaluate((text: string) => {
        const box = document.querySelector('[role=log]')?.getBoundingClientRect()
        const row = [...document.querySelectorAll('article')].findLast((one) =>
          one.textContent.includes(text),
        )
        const { top = 0, bottom = 0 } = row?.getBoundingClientRect() ?? {}
        return box !== undefined && bottom > box.top + 1 && top < box.bottom - 1
      }, text),
    )

  /** The messages fill the log from its top to its bottom, without a stretch that is not drawn. */
  const isFilled = () =>
    until(() =>
      tab.evaluate(() => {
        const { top, bottom } = document.querySelector('[role=log]')!.getBoundingClientRect()
        const rows = [...document.querySelectorAll('[role=log] article')]
          .map((row) => row.getBoundingClientRect())
          .filter((row) => row.bottom > top && row.top < bottom)
        const edges = [top, ...rows.map((row) => row.bottom)].slice(0, -1)
        // A day's line and the space between two people's messages.
        return rows.length > 0 && rows.every((row, n) => row.top - edges[n]! < 120)
      }),
    )

  await flow('the home page leads to the chat, which shows the latest messages', async () => {
    await tab.open(server.url)
    await until(() => tab.evaluate(() => document.querySelector('h1') !== null))
    await tab.click(() => document.querySelector('nav a[href="/chat"]'))
    await expectLive()
    await isInView('the last one')
    await isFilled()
  })

  await flow('a reload shows the latest messages again', async () => {
    for (let opening = 0; opening < 3; opening++) {
      await tab.open(`${server.url}/chat`)
      await expectLive()
      await isInView('the last one')
      await isFilled()
    }
  })

  await flow('a visitor chooses a nick and writes; what others say follows', async () => {
    await focusField()
    await tab.write('Ada')
    await until(async () => (await fieldName()) === 'Message')
    await focusField()
    await tab.write('written here')
    await isInView('written here')
    await server.postMessages('Bo', ['said elsewhere, with https://example.org/a_b_c.'])
    await isInView('said elsewhere')
    assert.deepEqual(await stored(server), [
      'written here',
      'said elsewhere, with https://example.org/a_b_c.',
    ])
  })

  await flow('older messages come in while one scrolls back, to where the room began', async () => {
    await until(() =>
      tab.evaluate(async () => {
        const box = document.querySelector('[role=log]')!
        for (let step = 0; step < 20; step++) {
          box.scrollTop -= 400
          await new Promise(requestAnimationFrame)
        }
        const first = box.querySelector('article')
        const isFirst = first?.textContent.includes('line 1.') && box.textContent.includes('where it began')
        return isFirst === true && first!.getBoundingClientRect().top > box.getBoundingClientRect().top
      }),
    )
    await tab.click(() =>
      [...document.querySelectorAll('button')].find((one) => /latest|new/.test(one.textContent)),
    )
    await isInView('said elsewhere')
  })

  await flow('the address of a message opens the room at that message', async () => {
    await tab.open(`${server.url}/chat/lobby/61`)
    await isInView('line 61.')
    await isFilled()
    await tab.open(`${server.url}/chat/lobby/326`)
    await isInView('line 326.')
  })

  await flow('each lane of the lesson gets what is said', async () => {
    await tab.open(`${server.url}/transports`)
    const button = (name: string) =>
      [...document.querySelectorAll('button')].find((one) => one.textContent.trim() === name)
    await until(() =>
      tab.evaluate(() =>
        [...document.querySelectorAll('button')].some((one) => one.textContent.trim() === 'Start'),
      ),
    )
    await tab.click(button, 'Start')
    await until(() =>
      tab.evaluate(() => document.querySelectorAll('[data-lane][data-state=open]').length === 6),
    )
    await tab.click(button, 'Say something')
    await until(() => tab.evaluate(() => document.querySelectorAll('[data-lane] li.here').length === 6))
  })

  await flow(
    'without the server one reads and writes on, and all of it is sent once it is back',
    async () => {
      await tab.open(`${server.url}/chat`)
      await expectLive()
      await until(async () => (await fieldName()) === 'Message')
      await server.kill()
      await until(async () => (await connection()) !== 'Live')
      await focusField()
      await tab.write('written without a network')
      await isInView('written without a network')
      await until(() => tab.evaluate(() => document.body.textContent.includes('waiting to be sent')))
      await server.start()
      await expectLive()
      await until(async () => (await stored(server)).at(-1) === 'written without a network')
      await until(() => tab.evaluate(() => !document.body.textContent.includes('waiting to be sent')))
      assert.equal((await stored(server)).filter((text) => text === 'written without a network').length, 1)
    },
  )

  await flow('a page that was read can be read without the server, until it is back', async () => {
    const isOld = () =>
      tab.evaluate(() => document.querySelector('main > [role=status]')?.textContent.startsWith('As of'))
    await tab.open(`${server.url}/reports`)
    await until(() =>
      tab.evaluate(async () => {
        const isKept = await caches.match('/reports', { ignoreVary: true })
        return Boolean(isKept && navigator.serviceWorker.controller)
      }),
    )
    await server.kill()
    await tab.open(`${server.url}/reports`)
    await until(async () => (await isOld()) === true)
    assert.equal(await tab.evaluate(() => document.querySelector('h1')?.textContent), 'Weekly reports')
    await server.start()
    await until(async () => !(await isOld()))
  })

  await flow('nothing goes wrong unseen', async () => assert.deepEqual(await tab.complaints(), []))
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + PATIENCE
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`It never came about that ${String(holds)}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** What was said since the room was filled. */
async function stored(server: TestServer): Promise<string[]> {
  const answer = await fetch(`${server.url}/api/chat/rooms/lobby/messages?limit=20`)
  const { data } = (await answer.json()) as { data: { messages: { text: string; seq: number }[] } }
  return data.messages.filter(({ seq }) => seq > 330).map(({ text }) => text)
}
