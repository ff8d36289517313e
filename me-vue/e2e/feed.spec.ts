import { expect, test } from './support/test.ts'

test('the feed is well-formed XML, whatever a report holds, and its addresses are absolute', async ({
  page,
  request,
  siteUrl,
  publish,
}) => {
  const text = 'Bell\u0008 and \u001f, \ufffe\uffff. 🦊 ]]> & <b>\n\n[chat](/chat) [part](#part) ![a](/a.png)'
  await publish({ week: 30, title: 'Bell\u0008 & <two> ]]>', text })
  const feed = await (await request.get('/feed.xml')).text()
  await page.goto('about:blank')
  const read = await page.evaluate((xml) => {
    const document = new DOMParser().parseFromString(xml, 'application/xml')
    const entry = [...document.querySelectorAll('entry')].find((one) => one.innerHTML.includes('week/30'))
    const plain = (html = '') => new DOMParser().parseFromString(html, 'text/html')
    const content = plain(entry?.querySelector('content')?.textContent ?? '')
    return {
      fault: document.querySelector('parsererror')?.textContent ?? null,
      title: plain(entry?.querySelector('title')?.textContent ?? '').body.textContent,
      published: entry?.querySelector('published')?.textContent ?? null,
      links: [...content.querySelectorAll('a')].map((link) => link.getAttribute('href')),
      pictures: [...content.querySelectorAll('img')].map((picture) => picture.getAttribute('src')),
    }
  }, feed)
  expect(read).toMatchObject({
    fault: null,
    title: 'Bell & <two> ]]>',
    links: [`${siteUrl}/chat`, `${siteUrl}/reports/week/30#part`],
    pictures: [`${siteUrl}/a.png`],
  })
  expect(Date.parse(read.published ?? '')).toBeGreaterThan(0)
})
