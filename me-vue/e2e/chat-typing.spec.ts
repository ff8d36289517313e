import { adaAndBo, expect, test, visitor } from './support/chat.ts'

test('the chat shows who is typing and when they stop', async ({ browser, server }) => {
  const ada = await visitor(browser, server, { nick: 'Ada' })
  const bo = await visitor(browser, server, { nick: 'Bo' })
  const cy = await visitor(browser, server, { nick: 'Cy' })
  await bo.field.pressSequentially('hm')
  await expect(ada.page.getByText('Bo is typing…')).toBeVisible()
  await expect(bo.page.getByText('is typing…')).toHaveCount(0)
  await cy.field.pressSequentially('well')
  await expect(ada.page.getByText('Bo and Cy are typing…')).toBeVisible()
  await ada.field.pressSequentially('so')
  await expect(bo.page.getByText('Cy and Ada are typing…')).toBeVisible()
  const late = await visitor(browser, server)
  await cy.field.pressSequentially(' well')
  await late.expectLive()
  await bo.field.press('Enter')
  await cy.field.fill('')
  await ada.field.blur()
  for (const { page } of [ada, bo, cy, late]) await expect(page.getByText(/typing…/)).toHaveCount(0)
})

test('the typing notice disappears when the person’s tab is closed', async ({ browser, server }) => {
  const { ada, bo } = await adaAndBo(browser, server)
  await bo.field.pressSequentially('hm')
  await expect(ada.page.getByText('Bo is typing…')).toBeVisible()
  await bo.page.close()
  await expect(ada.page.getByText('Bo is typing…')).toHaveCount(0)
})

test('a nick that is read from right to left does not turn the sentence round', async ({
  browser,
  server,
}) => {
  const { ada, bo } = await adaAndBo(browser, server)
  const sara = await visitor(browser, server, { nick: 'שרה' })
  await sara.field.pressSequentially('hm')
  const one = ada.page.getByText('\u2068שרה\u2069 is typing…')
  await expect(one).toBeVisible()
  await expect(one).toHaveCSS('direction', 'ltr')
  await bo.field.pressSequentially('hm')
  await expect(ada.page.getByText('\u2068שרה\u2069 and Bo are typing…')).toBeVisible()
})
