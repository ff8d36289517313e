import { ownersHand } from '../e2e/support/rooms.ts'
import { conversation } from './support/conversation.ts'
import { ownerPresent, present } from './support/present.ts'
import { expect, test } from './support/tour.ts'

test.beforeEach(({ house }) => conversation(house))

test('the chat offline with unsent messages', async ({ guest, picture }) => {
  const { page, comeIn, say } = await guest()
  await comeIn('quiet-fox')
  await page.context().setOffline(true)
  await expect(page.getByText('Offline').first()).toBeVisible()
  await say('one from the tunnel')
  await say('two from the tunnel')
  await expect(page.getByText('2 waiting to be sent')).toBeVisible()
  await picture(page, 'chat-offline')
})

test('the chat while it reconnects', async ({ house, guest, picture }) => {
  const { page, comeIn } = await guest()
  await comeIn('quiet-fox')
  await house.kill()
  await expect(page.getByRole('button', { name: 'Try now' })).toBeVisible()
  await picture(page, 'chat-reconnecting')
})

test('a taken and an invalid nick', async ({ house, guest, picture }) => {
  await present(house, 'otter')
  const { page, field } = await guest()
  await field.fill('Otter')
  await field.press('Enter')
  await expect(page.getByRole('button', { name: 'Use Otter-2' })).toBeVisible()
  await picture(page, 'chat-nick-taken')
  await field.fill('<<otter>>')
  await field.press('Enter')
  await expect(page.getByText('Up to 24 letters')).toBeVisible()
  await picture(page, 'chat-nick-invalid')
})

test('a message in slow mode', async ({ house, guest, picture }) => {
  const hand = await ownersHand(house)
  await hand.change('lobby', { slowSeconds: 60 })
  const { page, comeIn, say } = await guest()
  await comeIn('quiet-fox')
  await say('one')
  await expect(page.getByText('sending…')).toHaveCount(0)
  await say('and another')
  await expect(page.getByText(/slow mode/)).toBeVisible()
  await picture(page, 'chat-slow')
})

test('a locked room', async ({ house, guest, picture }) => {
  const { page, comeIn } = await guest()
  await comeIn('quiet-fox')
  const hand = await ownersHand(house)
  await hand.change('lobby', { locked: true })
  await expect(page.getByText('The room is locked')).toBeVisible()
  await picture(page, 'chat-locked')
})

for (const action of ['mute', 'ban'] as const)
  test(`${action === 'ban' ? 'banned' : 'muted'}`, async ({ house, guest, picture }) => {
    const { page, comeIn, say } = await guest()
    await comeIn('quiet-fox')
    await say('Buy my watches')
    await expect(page.getByText('sending…')).toHaveCount(0)
    const owner = await ownerPresent(house)
    const answer = await fetch(`${house.url}/api/chat/presence`).then((got) => got.json())
    const { id } = answer.data.people.find(({ nick }: { nick: string }) => nick === 'quiet-fox')
    await owner.moderate(id, action)
    await expect(page.getByText(/You are (muted|banned)/).first()).toBeVisible()
    await picture(page, action === 'ban' ? 'chat-banned' : 'chat-muted')
  })

test('a message that is too long', async ({ guest, picture }) => {
  const { page, comeIn, field } = await guest()
  await comeIn('quiet-fox')
  await field.fill('and so on '.repeat(410))
  await expect(page.getByText(/too many/)).toBeVisible()
  await picture(page, 'chat-too-long')
})

test('a missing message, an unknown room, and history that cannot be loaded', async ({
  house,
  guest,
  picture,
}) => {
  const { page, live } = await guest()
  await live()
  await page.goto('/chat/lobby/4711')
  await expect(page.getByText('That message no longer exists.')).toBeVisible()
  await picture(page, 'chat-message-gone')
  await page.goto('/chat/nowhere')
  await expect(page.getByText("This room doesn't exist, or it has been deleted.")).toBeVisible()
  await picture(page, 'chat-no-room')
  house.remember(Array.from({ length: 100 }, (_, index) => `line ${index + 1}.`))
  await page.route('**/messages?before=*', (route) => route.abort())
  await page.goto('/chat')
  await expect(page.getByRole('log').getByRole('article').last()).toBeVisible()
  await page.getByRole('log').evaluate((box) => (box.scrollTop = 0))
  await expect(page.getByText("Couldn't load earlier messages.")).toBeInViewport()
  await picture(page, 'chat-history-failed')
})
