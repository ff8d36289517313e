import { createOwnerApi } from '../e2e/support/owner-api.ts'
import { seedConversation } from './support/seed-conversation.ts'
import { connectOwner, connectVisitor } from './support/chat-client.ts'
import { expect, test } from './support/tour.ts'

test.beforeEach(({ server }) => seedConversation(server))

test('the chat offline with unsent messages', async ({ guest, picture }) => {
  const { page, chooseNick, send } = await guest()
  await chooseNick('quiet-fox')
  await page.context().setOffline(true)
  await expect(page.getByText('Offline').first()).toBeVisible()
  await send('one from the tunnel')
  await send('two from the tunnel')
  await expect(page.getByText('2 waiting to be sent')).toBeVisible()
  await picture(page, 'chat-offline')
})

test('the chat while it reconnects', async ({ server, guest, picture }) => {
  const { page, chooseNick } = await guest()
  await chooseNick('quiet-fox')
  await server.kill()
  await expect(page.getByRole('button', { name: 'Try now' })).toBeVisible()
  await picture(page, 'chat-reconnecting')
})

test('a taken and an invalid nick', async ({ server, guest, picture }) => {
  await connectVisitor(server, 'otter')
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

test('a message in slow mode', async ({ server, guest, picture }) => {
  const ownerApi = await createOwnerApi(server)
  await ownerApi.changeRoom('lobby', { slowSeconds: 60 })
  const { page, chooseNick, send } = await guest()
  await chooseNick('quiet-fox')
  await send('one')
  await expect(page.getByText('sending…')).toHaveCount(0)
  await send('and another')
  await expect(page.getByText(/slow mode/)).toBeVisible()
  await picture(page, 'chat-slow')
})

test('a locked room', async ({ server, guest, picture }) => {
  const { page, chooseNick } = await guest()
  await chooseNick('quiet-fox')
  const ownerApi = await createOwnerApi(server)
  await ownerApi.changeRoom('lobby', { locked: true })
  await expect(page.getByText('The room is locked')).toBeVisible()
  await picture(page, 'chat-locked')
})

for (const action of ['mute', 'ban'] as const)
  test(`${action === 'ban' ? 'banned' : 'muted'}`, async ({ server, guest, picture }) => {
    const { page, chooseNick, send } = await guest()
    await chooseNick('quiet-fox')
    await send('Buy my watches')
    await expect(page.getByText('sending…')).toHaveCount(0)
    const owner = await connectOwner(server)
    const answer = await fetch(`${server.url}/api/chat/presence`).then((got) => got.json())
    const { id } = answer.data.people.find(({ nick }: { nick: string }) => nick === 'quiet-fox')
    await owner.moderate(id, action)
    await expect(page.getByText(/You are (muted|banned)/).first()).toBeVisible()
    await picture(page, action === 'ban' ? 'chat-banned' : 'chat-muted')
  })

test('a message that is too long', async ({ guest, picture }) => {
  const { page, chooseNick, field } = await guest()
  await chooseNick('quiet-fox')
  await field.fill('and so on '.repeat(410))
  await expect(page.getByText(/too many/)).toBeVisible()
  await picture(page, 'chat-too-long')
})

test('a missing message, an unknown room, and history that cannot be loaded', async ({
  server,
  guest,
  picture,
}) => {
  const { page, expectLive } = await guest()
  await expectLive()
  await page.goto('/chat/lobby/4711')
  await expect(page.getByText('That message no longer exists.')).toBeVisible()
  await picture(page, 'chat-message-gone')
  await page.goto('/chat/nowhere')
  await expect(page.getByText("This room doesn't exist, or it has been deleted.")).toBeVisible()
  await picture(page, 'chat-no-room')
  server.seedMessages(Array.from({ length: 100 }, (_, index) => `line ${index + 1}.`))
  await page.route('**/messages?before=*', (route) => route.abort())
  await page.goto('/chat')
  await expect(page.getByRole('log').getByRole('article').last()).toBeVisible()
  await page.getByRole('log').evaluate((box) => (box.scrollTop = 0))
  await expect(page.getByText("Couldn't load earlier messages.")).toBeInViewport()
  await picture(page, 'chat-history-failed')
})
