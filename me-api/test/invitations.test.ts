import { describe, expect, test } from '@jest/globals'
import { manualClock } from './support/manual-clock.ts'
import { owners, siteWithMember, tokenIn } from './support/members.ts'
import {
  api,
  bosAccount,
  memberAccount,
  ownerAccount,
  ownerToken,
  refusal,
  signIn,
  withOwner,
} from './support/rest.ts'
import { type TestApp, startApp } from './support/start-app.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

const register = (app: TestApp, account: object) => api(app).post('/api/register').send(account)
const badInvitation = refusal(403, 'FORBIDDEN', '/invitation')

/** A site for the invited, with its owner. */
async function invitedSite() {
  const clock = manualClock()
  const settings = { REGISTRATION: 'invited', LIMIT_JOINS: 'off' }
  const app = await withOwner(await startApp({ clock, settings }))
  return { app, clock, ...owners(app, await ownerToken(app)) }
}

describe('an invitation', () => {
  test('lets one person register within seven days where REGISTRATION=invited', async () => {
    const { app, clock, ...site } = await invitedSite()
    const link = await site.invite()
    expect(link).toEqual({
      url: expect.stringMatching(new RegExp(`^${app.url}/register#[\\w-]{43}$`)),
      expiresAt: new Date(clock.now() + 7 * DAY).toISOString(),
    })
    clock.advance(7 * DAY - 1)
    const invitation = tokenIn(link)
    const { body } = await register(app, { ...bosAccount, invitation }).expect(201)
    expect(body.data).toEqual({ user: expect.objectContaining({ nick: 'Bo' }), token: expect.any(String) })
    await register(app, { ...memberAccount, invitation }).expect(403)
  })

  test('missing, unknown, used, old or a link of another kind is refused in the same words', async () => {
    const { app, clock, ...site } = await invitedSite()
    const old = tokenIn(await site.invite())
    clock.advance(7 * DAY)
    const fresh = owners(app, await signIn(app, ownerAccount))
    const [used, resetting] = [tokenIn(await fresh.invite()), 'x'.repeat(43)]
    await register(app, { ...bosAccount, invitation: used }).expect(201)
    const reset = tokenIn(await fresh.resetLink('Bo'))
    const words = new Set<string>()
    for (const invitation of [undefined, '', 'x', resetting, used, old, reset]) {
      const { body } = await register(app, { ...memberAccount, invitation }).expect(403)
      expect(body).toEqual(badInvitation)
      words.add(JSON.stringify(body))
    }
    expect(words.size).toBe(1)
  })

  test('is not used up where registering fails for another reason', async () => {
    const { app, ...site } = await invitedSite()
    await register(app, { ...bosAccount, invitation: tokenIn(await site.invite()) }).expect(201)
    const invitation = tokenIn(await site.invite())
    const faults = [
      [{ email: bosAccount.email }, 409],
      [{ nick: 'bo' }, 409],
      [{ nick: '<b>' }, 400],
      [{ password: 'password123' }, 400],
      [{ email: 'nobody' }, 400],
    ] as const
    for (const [fault, status] of faults)
      await register(app, { ...memberAccount, ...fault, invitation }).expect(status)
    await register(app, { ...memberAccount, invitation }).expect(201)
  })

  test('used by several at once makes one account', async () => {
    const { app, ...site } = await invitedSite()
    const invitation = tokenIn(await site.invite())
    const answers = await Promise.all(
      ['Ada', 'Bo', 'Cy'].map((nick) =>
        register(app, { email: `${nick}@example.org`, password: 'a lovely engine', nick, invitation }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 403, 403])
    for (const { status, body } of answers) if (status === 403) expect(body).toEqual(badInvitation)
    expect((await site.list()).map(({ role }) => role).toSorted()).toEqual(['member', 'owner'])
  })

  test('is checked before anything that a stranger could learn from', async () => {
    const { app } = await invitedSite()
    for (const fault of [{ email: ownerAccount.email }, { nick: 'owner' }, { password: 'password123' }])
      expect((await register(app, { ...memberAccount, ...fault }).expect(403)).body).toEqual(badInvitation)
  })

  test('is not needed where REGISTRATION=open, but one that is given must be valid', async () => {
    const { app, invite } = await siteWithMember()
    await register(app, { ...bosAccount, invitation: 'no such one' }).expect(403)
    const invitation = tokenIn(await invite())
    await register(app, { ...bosAccount, invitation }).expect(201)
    await register(app, { ...bosAccount, email: 'cy@example.org', nick: 'Cy', invitation }).expect(403)
    await register(app, { ...bosAccount, email: 'cy@example.org', nick: 'Cy' }).expect(201)
  })

  test('does not help where REGISTRATION=closed', async () => {
    const app = await withOwner(await startApp({ settings: { REGISTRATION: 'closed' } }))
    const { invite } = owners(app, await ownerToken(app))
    const { body } = await register(app, { ...bosAccount, invitation: tokenIn(await invite()) }).expect(403)
    expect(body).toEqual(refusal(403, 'FORBIDDEN'))
  })

  test('does not replace another', async () => {
    const { app, ...site } = await invitedSite()
    const [first, second] = [tokenIn(await site.invite()), tokenIn(await site.invite())]
    await register(app, { ...bosAccount, invitation: second }).expect(201)
    await register(app, { ...memberAccount, invitation: first }).expect(201)
  })
})
