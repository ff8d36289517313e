import { describe, expect, test } from '@jest/globals'
import { saysPlace, shownAddress, shownHost } from '../src/chat/formatting/shown-host.ts'

describe('the shown form of an address', () => {
  test.each([
    ['https://bank.example@evil.example/', 'evil.example'],
    ['https://bank.example:pass@evil.example:8080/login', 'evil.example:8080/login'],
    ['https://bank.example%2flogin@evil.example', 'evil.example'],
    ['https://evil.example/https://bank.example', 'evil.example/https://bank.example'],
    ['https://evil.example\\@bank.example', 'evil.example\\@bank.example'],
    ['https:///evil.example/bank.example', 'evil.example/bank.example'],
    ['http://bank.example。evil/a', 'bank.example.evil/a'],
    ['https://b\u00adank.example/', 'bank.example'],
    ['https://ＢＡＮＫ.example/', 'bank.example'],
    ['https://BANK.example./a', 'bank.example./a'],
    ['https://bank.example:443/', 'bank.example'],
    ['https://0x7f.1/', '127.0.0.1'],
    ['https://2130706433/', '127.0.0.1'],
    ['https://evil.example/\u202egnp.knab', 'evil.example/%E2%80%AEgnp.knab'],
    ['https://example.org/a_b?c=d#e', 'example.org/a_b?c=d#e'],
    [`https://bank.example:${'x'.repeat(60)}@evil.example/a/b`, 'evil.example/a/b'],
    [`https://example.org/${'long/'.repeat(20)}end`, 'example.org/…/end'],
    [`https://example.org?${'q'.repeat(60)}`, `example.org/…/?${'q'.repeat(23)}`],
  ])('the address %s is shown as %s', (address, shown) => {
    expect(shownAddress(address)).toBe(shown)
  })
})

describe('hosts with other letters', () => {
  test.each([
    'https://smörgås.example/',
    'https://Blåbær.example:81/a',
    'https://почта.рф',
    'https://例え.テスト',
  ])('the host of %s is shown in its own letters', (address) =>
    expect(shownHost(address)).toBe(/\/\/([^/]+)/.exec(address)?.[1]?.toLowerCase()),
  )

  test.each([
    ['mixed scripts in a label', 'https://b\u0430nk.example'],
    ['a whole word of look-alikes', 'https://аррӏе.com'],
    ['Greek below a Latin name', 'https://οοο.com'],
    ['a letter like another', 'https://ban\u0138.example'],
    ['a dotless i', 'https://pa\u0131d.example'],
    ['a Latin letter from far away', 'https://\u0251pple.example'],
    ['a combining mark', 'https://ba\u0323nk.example\u0301'],
    ['a slash look-alike', 'https://bank.example⁄login.evil.example'],
    ['right to left', 'https://مثال.إختبار'],
    ['punycode as it was written', 'https://xn--smrgs-pra0j.example'],
  ])('a deceptive host is shown as the browser uses it: %s', (_, address) => {
    expect(shownHost(address)).toBe(new URL(address).host)
    expect(shownHost(address)).toMatch(/^[!-~]+$/)
  })
})

describe('link texts that name their host', () => {
  test.each([
    ['evil.example', 'evil.example'],
    ['https://Evil.example/a?b', 'evil.example'],
    [' evil.example:8080/ ', 'evil.example:8080'],
    ['smörgås.example/a', 'smörgås.example'],
    ['mailto:ada@example.org', 'ada@example.org'],
  ])('the link text %s names %s', (words, place) => expect(saysPlace(words, place)).toBe(true))

  test.each([
    ['here', 'evil.example'],
    ['/login', 'evil.example'],
    ['https://bank.example', 'evil.example'],
    ['bank.example/login', 'evil.example'],
    ['https://bank.example/?to=evil.example', 'evil.example'],
    ['https://bank.example@evil.example', 'evil.example'],
    ['evil.example.bank.example', 'evil.example'],
    ['evil.example@bank.example', 'evil.example'],
    ['evil.example, that is bank.example', 'evil.example'],
    ['evil.example/\u202eelpmaxe.knab', 'evil.example'],
    ['evil.example/ bank.example', 'evil.example'],
    ['evil.example:8080', 'evil.example'],
    ['bank', 'b'],
    ['the shop is at co', 'co'],
    ['', 'evil.example'],
  ])('the link text %j does not name %s', (words, place) => expect(saysPlace(words, place)).toBe(false))
})
