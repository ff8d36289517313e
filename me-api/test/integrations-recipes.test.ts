import { execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { startWithBot } from './support/bots.ts'
import { history } from './support/leaving.ts'
import { closeAfterTest } from './support/start-app.ts'
import { eventually, visitor } from './support/visitors.ts'

const root = join(import.meta.dirname, '../..')
const run = promisify(execFile)

/** The shell commands of a page that use a bot's keys. */
const recipesOf = (page: string): string[] =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/^ *```sh\n([^]*?)^ *```$/gm)]
    .map(([, recipe = '']) => recipe)
    .filter((recipe) => /\$(HOOK|BOT_TOKEN)/.test(recipe))

/** A site with a bot, and what the recipes know of it. */
async function startWithKeys() {
  const { app, token, secret } = await startWithBot()
  const env = {
    PATH: process.env['PATH'] ?? '',
    SITE: app.url,
    HOOK: `${app.url}/hooks/${token}`,
    BOT_TOKEN: token,
    BOT_SECRET: secret,
  }
  const cook = (recipe: string) =>
    run('sh', ['-ec', recipe.replaceAll('localhost:1337', app.url)], { env, timeout: 60_000 })
  return { app, cook }
}

test('each recipe of docs/integrations.md does what the page says', async () => {
  const { app, cook } = await startWithKeys()
  const recipes = recipesOf('docs/integrations.md')
  for (const recipe of recipes) await cook(recipe)
  const said = (await history(app)).map(({ text }) => text)
  expect(said).toEqual([
    'The backup is done.',
    'The **backup** of today is done.',
    expect.stringContaining('load average'),
    expect.stringMatching(/^ada released \[v1\.2\.3\]\(https:.+\) of \[ada\/engine\]\(https:/),
    '**Monitor**\n**example.org** is [down](https://status.example.org/42)\n> **Since**\n> 3 March, 08:00 & counting',
    'The build **failed**.',
    '**Deployed**\n> **[v1.2.3](https://example.org/v1.2.3)**',
    'beep',
  ])
  await cook(recipes[1]!)
  expect(await history(app)).toHaveLength(said.length)
})

test('what README.md says as a bot is said', async () => {
  const { app, cook } = await startWithKeys()
  for (const recipe of recipesOf('README.md')) await cook(recipe)
  const said = (await history(app)).map(({ author, text }) => [author.role, text])
  expect(said).toEqual([
    ['bot', 'The backup is done.'],
    ['bot', 'beep'],
  ])
})

test('the bot in twenty lines answers once, and neither itself nor what was said before', async () => {
  const { app, token } = await startWithBot({ settings: { LIMIT_MESSAGES: 'off' } })
  const ada = await visitor(app, 'ada')
  await ada.send('!roll')
  const bot = spawn(process.execPath, [join(root, 'docs/examples/bot.mjs'), app.url], {
    env: { ...process.env, BOT_TOKEN: token },
  })
  closeAfterTest(async () => void bot.kill())
  await eventually(async () => {
    const { data } = (await (await fetch(`${app.url}/api/chat/presence`)).json()) as {
      data: { total: number }
    }
    expect(data.total).toBe(2)
  })
  const asked = await eventually(async () => {
    const sent = await ada.send('!roll')
    // It may not be in the room yet.
    await eventually(async () => {
      const answers = (await history(app)).filter(({ replyTo }) => replyTo === sent.id)
      expect(answers).toHaveLength(1)
    }, 1_000)
    return sent
  })
  await ada.ask('message:react', { id: asked.id, emoji: '🎲', on: true })
  const last = await ada.send('!roll')
  const answers = await eventually(async () => {
    const all = (await history(app)).filter(({ author }) => author.role === 'bot')
    expect(all.at(-1)?.replyTo).toBe(last.id)
    return all
  })
  expect(answers.every(({ text }) => /^[1-6]$/.test(text))).toBe(true)
  expect(answers.filter(({ replyTo }) => replyTo === asked.id)).toHaveLength(1)
})
