import { expect, lines, openAsOwner, test, visitor } from './support/chat.ts'

test('older messages load above without moving the visible ones, up to the first message', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(400))
  const { page, log, message } = await visitor(browser, server)
  await expect(message('line 400.')).toBeInViewport()
  const jump = await log.evaluate(async (box) => {
    let worst = 0
    for (let step = 0; step < 2_000 && !box.textContent.includes('This is where it began'); step++) {
      box.scrollTop -= 150
      await new Promise(requestAnimationFrame)
      const edge = box.getBoundingClientRect().top + 100
      const rows = () => [...box.querySelectorAll('article')]
      const anchor = rows().find((row) => row.getBoundingClientRect().top > edge)
      if (!anchor) continue
      const [words, before] = [anchor.textContent, anchor.getBoundingClientRect().top]
      for (let frame = 0; frame < 3; frame++) {
        await new Promise(requestAnimationFrame)
        const now = rows()
          .find((row) => row.textContent === words)
          ?.getBoundingClientRect().top
        worst = Math.max(worst, Math.abs((now ?? Infinity) - before))
      }
    }
    return worst
  })
  expect(jump).toBeLessThan(3)
  await expect(async () => {
    await log.evaluate((box) => (box.scrollTop = 0))
    await expect(page.getByText('This is where it began, 3 March 2026')).toBeInViewport({ timeout: 100 })
  }).toPass()
  await expect(message('line 1.').first()).toBeInViewport()
})

test('the chat shows an error when history cannot be loaded, and can try again', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(200))
  const { page, log, message } = await visitor(browser, server)
  await page.route('**/messages?before=*', (route) => route.abort())
  await page.reload()
  await expect(message('line 200.')).toBeInViewport()
  await log.evaluate((box) => (box.scrollTop = 0))
  await expect(page.getByText("Couldn't load earlier messages.")).toBeInViewport()
  await page.unrouteAll()
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText("Couldn't load earlier messages.")).toHaveCount(0)
  await expect(message('line 150.')).toHaveCount(1)
})

test('a reader at the end follows new messages, and a reader further up keeps their place and sees a count', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(100))
  const ada = await visitor(browser, server)
  const bo = await visitor(browser, server, { nick: 'Bo' })
  await expect(ada.message('line 100.')).toBeInViewport()
  await bo.send('seen at once')
  await expect(ada.message('seen at once')).toBeInViewport()

  await ada.log.hover()
  await ada.page.mouse.wheel(0, -1_500)
  const pill = ada.page.getByRole('button', { name: /latest|new/ })
  await expect(pill).toHaveText(/Jump to latest/)
  const stays = ada.messages.nth(8)
  const words = await stays.textContent()
  const place = await ada.message(words!).first().boundingBox()
  for (const text of ['unseen one', 'unseen two', 'unseen three']) await bo.send(text)
  await expect(pill).toHaveText(/3 new/)
  expect(await ada.message(words!).first().boundingBox()).toEqual(place)
  await pill.click()
  await expect(ada.message('unseen three')).toBeInViewport()
  await expect(pill).toHaveCount(0)
})

test('sending a message scrolls to the end, also from far back in the history', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(100))
  const ada = await visitor(browser, server, { nick: 'Ada' })
  await ada.log.evaluate((box) => (box.scrollTop = 0))
  await expect(ada.message('line 100.')).toHaveCount(0)
  await ada.send('and I say')
  await expect(ada.message('and I say')).toBeInViewport()
})

test('a line marks the messages that are new since the last visit', async ({ browser, server }) => {
  server.seedMessages(lines(5))
  const ada = await visitor(browser, server)
  await expect(ada.message('line 5.')).toBeVisible()
  await ada.page.goto('about:blank')
  const bo = await visitor(browser, server, { nick: 'Bo' })
  for (const text of ['new one', 'new two']) await bo.send(text)
  await expect(bo.page.getByText('sending…')).toHaveCount(0)
  await ada.page.goto(`${server.url}/chat`)
  await expect(ada.log.getByText('2 new', { exact: true })).toBeVisible()
})

test('a screen reader announces each message, and only the number when many arrive at once', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server)
  const bo = await visitor(browser, server)
  await ada.expectLive()
  await bo.chooseNick('Bo')
  const announced = ada.page.locator('[aria-live=polite]')
  await bo.send('**hej** `du`')
  await expect(announced).toHaveText('Bo: hej du')
  await server.postMessages('Cy', ['burst 1', 'burst 2', 'burst 3', 'burst 4', 'burst 5'])
  await expect(announced).toHaveText('5 new messages')
})

test('the list of people is beside the messages on a wide screen and in a dialog on a phone', async ({
  browser,
  server,
}) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const phone = await visitor(browser, server, { nick: 'Bo', viewport: { width: 390, height: 844 } })
  const beside = ada.page.getByRole('complementary', { name: 'Here now' })
  await expect(beside.getByRole('listitem')).toContainText([/Ada\s*you/, 'Bo'])
  await expect(beside).toContainText('The lamp is off. Leave a word; the owner reads everything.')
  const people = phone.page.getByRole('button', { name: '2 here' })
  await expect(people).toHaveAccessibleName('2 here, show people')
  await people.click()
  const sheet = phone.page.getByRole('dialog', { name: 'Here now' })
  await expect(sheet.getByRole('listitem')).toContainText(['Ada', /Bo\s*you/])
  await phone.page.keyboard.press('Escape')
  await expect(sheet).toBeHidden()
  await expect(people).toBeFocused()
})

test('the list of people says when the owner was last here, however wrong the visitor’s clock is', async ({
  browser,
  server,
}) => {
  const owner = await openAsOwner(browser, server)
  await owner.expectLive()
  await owner.page.context().close()
  for (const hours of [0, 2, -2, 30]) {
    const ada = await visitor(browser, server, { now: Date.now() + hours * 3_600_000 })
    await ada.expectLive()
    const beside = ada.page.getByRole('complementary', { name: 'Here now' })
    await expect(beside).toContainText('Last here 1 minute ago.', { timeout: 30_000 })
  }
})

test('an unknown room shows that it does not exist', async ({ browser, server }) => {
  const { page } = await visitor(browser, server)
  await page.goto('/chat/nowhere')
  await expect(page.getByText("This room doesn't exist, or it has been deleted.")).toBeVisible()
})

test('a reader of a short room stays at the end when many messages arrive at once', async ({
  browser,
  server,
}) => {
  server.seedMessages(lines(2))
  const ada = await visitor(browser, server)
  await ada.expectLive()
  const burst = Array.from({ length: 400 }, (_, index) => `burst ${index + 1}. ${'word '.repeat(index % 40)}`)
  await server.postMessages('Bo', burst.slice(0, 399))
  await server.postMessages('Cy', ['the last of them'])
  await expect(ada.message('the last of them')).toBeInViewport()
  await expect(ada.page.getByRole('button', { name: /latest|new/ })).toHaveCount(0)
})
