import { createOwnerApi } from '../e2e/support/owner-api.ts'
import { seedConversation } from './support/seed-conversation.ts'
import { connectOwner, connectVisitor, signIn } from './support/chat-client.ts'
import { expect, test } from './support/tour.ts'

const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}.`)

test('a conversation, a reply, and a message’s toolbar', async ({ server, guest, picture }) => {
  seedConversation(server)
  const [, otter, nordlys] = [
    await connectOwner(server),
    await connectVisitor(server, 'otter'),
    await connectVisitor(server, 'nordlys'),
  ]
  // The reader's last visit was yesterday.
  const seen = { origin: server.url, localStorage: [{ name: 'me.chat.seen.lobby', value: '3' }] }
  const fox = await guest({ storageState: { cookies: [], origins: [seen] } })
  await fox.chooseNick('quiet-fox')
  await fox.send('Hej! First time here. The lamp in the corner is a lovely touch.')
  await expect(fox.page.getByText('sending…')).toHaveCount(0)
  await fox.send('Does it light up when you are around?')
  await expect(fox.page.getByText('sending…')).toHaveCount(0)
  nordlys.startTyping()
  await expect(fox.page.getByText('nordlys is typing…')).toBeVisible()
  const typing = setInterval(nordlys.startTyping, 2_000)
  await picture(fox.page, 'chat')
  clearInterval(typing)
  await otter.send('It does. Look at the house up there.')
  await fox.message('The lamp in the corner').hover()
  await fox.message('The lamp in the corner').getByRole('button', { name: 'Reply' }).click()
  await fox.page.mouse.move(0, 0)
  await picture(fox.page, 'chat-replying')
  await fox.page.keyboard.press('Escape')
  await fox.page.setViewportSize({ width: 1280, height: 800 })
  await fox.message('The lamp in the corner').hover()
  await picture(fox.page, 'chat-tools')
})

test('the chat at a first visit', async ({ server, guest, picture }) => {
  seedConversation(server)
  const { page, expectLive } = await guest()
  await expectLive()
  await picture(page, 'chat-first-visit')
})

test('an empty room', async ({ guest, picture }) => {
  const { page, expectLive } = await guest()
  await expectLive()
  await picture(page, 'chat-empty')
})

test('the list of people while the owner is away', async ({ server, guest, picture }) => {
  seedConversation(server)
  await connectVisitor(server, 'otter')
  const { page, chooseNick } = await guest({ viewport: { width: 390, height: 844 } })
  await chooseNick('quiet-fox')
  await expect(page.getByRole('button', { name: '2 here' })).toBeVisible()
  await page.getByRole('button', { name: '2 here' }).click()
  await expect(page.getByRole('dialog')).toContainText('The lamp is off')
  await picture(page, 'chat-owner-away')
})

test('formatted messages and a folded one', async ({ server, guest, picture }) => {
  const long = 'It began with a lamp in a window, and somebody who wondered whether anybody was home. '
  server.seedMessages([
    'an *emphatic* word, `code`, and ~~nothing~~',
    '🎉',
    long.repeat(30),
    '> quoted\n\nanswered',
    'שלום, how are you?',
  ])
  server.seedMessages(
    [
      '1. one\n2. two\n\n```ts\nexport const answer: number = 42 // as always\nconst longer = await somethingWithAVeryLongName(thatTakes, many, different, parameters)\n```',
    ],
    'nordlys',
  )
  const { page, expectLive, log } = await guest()
  await expectLive()
  await picture(page, 'chat-formatted')
  await log.evaluate((box) => (box.scrollTop = 0))
  await picture(page, 'chat-folded')
})

test('the beginning of the history', async ({ server, guest, picture }) => {
  server.seedMessages(lines(40))
  const { page, log, expectLive } = await guest()
  await expectLive()
  await log.evaluate((box) => (box.scrollTop = 0))
  await expect(page.getByText('This is where it began, 3 March 2026')).toBeInViewport()
  await picture(page, 'chat-beginning')
})

test('deleted, edited and failed messages', async ({ server, guest, picture }) => {
  seedConversation(server)
  server.runSql(`update messages set text = '', deleted_at = sent_at where seq = 5;
    update messages set edited_at = sent_at + 60000 where seq = 6`)
  const { page, chooseNick, send, message } = await guest()
  await chooseNick('quiet-fox')
  await send('This one stays.')
  await expect(page.getByText('sending…')).toHaveCount(0)
  await send('This one I take back.')
  await expect(page.getByText('sending…')).toHaveCount(0)
  server.lock()
  await send('Too late, I am afraid.')
  await expect(message('Too late')).toContainText('Try again')
  server.runSql('update rooms set locked = 0')
  await message('This one I take back.').hover()
  await message('This one I take back.').getByRole('button', { name: 'Delete' }).click()
  await page.mouse.move(0, 0)
  await picture(page, 'chat-failed')
})

test('several rooms, and the owner’s settings', async ({ server, guest, picture }) => {
  seedConversation(server)
  const ownerApi = await createOwnerApi(server)
  await ownerApi.createRoom('tea', 'Tea & cake')
  await ownerApi.createRoom('homework', 'Homework, week 5')
  const { page, chooseNick } = await guest()
  await chooseNick('quiet-fox')
  await picture(page, 'chat-rooms')
  const own = await guest()
  await signIn(own.page.context(), server)
  await own.page.goto('/chat')
  await expect(own.field).toHaveAccessibleName('Message')
  await own.page.getByRole('button', { name: 'Settings' }).click()
  await expect(own.page.getByRole('heading', { name: 'New room' })).toBeVisible()
  await picture(own.page, 'chat-settings')
})

test('a private conversation', async ({ server, guest, picture }) => {
  seedConversation(server)
  const fox = await guest()
  await fox.chooseNick('quiet-fox')
  await fox.page.getByRole('button', { name: /^Write to .+ in private$/ }).click()
  await expect(fox.page).toHaveURL(/\/chat\/~/)
  await fox.send('May I send you a draft of my thesis?')
  await expect(fox.page.getByText('sending…')).toHaveCount(0)
  const own = await guest()
  await signIn(own.page.context(), server)
  await own.page.goto(new URL(fox.page.url()).pathname)
  await expect(own.message('May I send you')).toBeVisible()
  await own.send('Please do. The address is on the front page.')
  await expect(fox.message('Please do')).toBeVisible()
  await picture(fox.page, 'chat-private')
})

test('search with and without results', async ({ server, guest, picture }) => {
  seedConversation(server)
  const { page, expectLive } = await guest()
  await expectLive()
  await page.getByRole('button', { name: 'Search' }).click()
  await page.getByRole('searchbox').fill('the')
  await expect(page.getByRole('dialog').getByRole('link').first()).toBeVisible()
  await picture(page, 'chat-search')
  await page.getByRole('searchbox').fill('aardvark')
  await expect(page.getByText('No messages found')).toBeVisible()
  await picture(page, 'chat-search-nothing')
})

test('a mention, and suggestions while answering it', async ({ server, guest, picture }) => {
  seedConversation(server)
  const nordlys = await connectVisitor(server, 'nordlys')
  await connectVisitor(server, 'otter')
  const { page, chooseNick, field, message } = await guest()
  await chooseNick('quiet-fox')
  await nordlys.send('@quiet-fox there is a lamp in the corner')
  await expect(message('there is a lamp in the corner')).toBeInViewport()
  await field.pressSequentially('It is lovely, @')
  await expect(page.getByRole('option')).toHaveCount(2)
  await picture(page, 'chat-completing')
})

test('the emoji picker, the list of commands, and the connection panel', async ({
  server,
  guest,
  picture,
}) => {
  seedConversation(server)
  const { page, chooseNick, send } = await guest()
  await chooseNick('quiet-fox')
  await send('/help')
  await expect(page.getByText('changes your nick')).toBeVisible()
  await picture(page, 'chat-help')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Live' }).click()
  await expect(page.getByRole('dialog')).toContainText('Transport')
  await picture(page, 'chat-connection')
  await page.keyboard.press('Escape')
  await page.locator('article').last().hover()
  await page.locator('article').last().getByRole('button', { name: 'Add reaction' }).click()
  await expect(page.getByRole('searchbox')).toBeVisible()
  await picture(page, 'chat-emoji')
})
