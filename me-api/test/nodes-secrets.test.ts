import { expect, test } from '@jest/globals'
import { createClient } from '@redis/client'
import { readInstallation } from '../src/db/installation.ts'
import { createSealedTexts } from '../src/nodes/sealed-text.ts'
import { describeNodes, startPair } from './support/nodes.ts'
import { api, memberAccount, memberToken, signIn } from './support/rest.ts'
import { closeAfterTest } from './support/start-app.ts'
import { connect, eventually, visitor } from './support/visitors.ts'

describeNodes('what nodes tell each other', () => {
  test('is nothing that gives access, and no e-mail; with Redis alone nobody reads any of it', async () => {
    const { one, other } = await startPair()
    const sealed: string[] = []
    const texts: string[] = []
    const { open } = createSealedTexts(['a secret for tests that is long enough'], crypto.randomUUID())
    const redis = await createClient({ url: process.env['TEST_REDIS_URL']! }).connect()
    closeAfterTest(async () => redis.destroy())
    await redis.subscribe(`me:${(await readInstallation(one.db)).name}:nodes`, (text) => {
      sealed.push(text)
      texts.push(open(text) ?? '')
    })
    const token = await memberToken(one)
    const wrong = { ...memberAccount, password: 'not the right one' }
    await api(one).post('/api/login').send(wrong).expect(401)
    const tokens = [token, await signIn(one, memberAccount)]
    await connect(one, { auth: { token, tab: 'the tab of a member' } })
    const ada = await visitor(one, 'bo', 'the tab of a visitor')
    await visitor(other, 'cy')
    await ada.send('the last word')
    await eventually(() => expect(texts.join('\n')).toContain('the last word'))
    for (const kind of ['tab', 'userTab', 'counted', 'people', 'change'])
      expect(texts.join('\n')).toContain(`"kind":"${kind}"`)
    for (const known of ['the last word', '127.0.0.1', 'kind'])
      expect(sealed.filter((text) => text.includes(known))).toEqual([])
    const secrets = [...tokens, ada.welcome.token!, memberAccount.email, wrong.password, 'the tab of']
    for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([])
  })
})
