import { expect, test } from '@jest/globals'
import { readCommand } from '../src/chat/composer/slash-commands.ts'

test('text without a leading slash is sent as it is', () => {
  expect(readCommand('a/b')).toEqual({ is: 'send', text: 'a/b' })
  expect(readCommand('two\n/lines')).toEqual({ is: 'send', text: 'two\n/lines' })
})

test('slash commands are not sent as messages', () => {
  expect(readCommand('/nick Ada Lovelace ')).toEqual({ is: 'nick', nick: 'Ada Lovelace' })
  expect(readCommand('/nick')).toEqual({ is: 'nick', nick: '' })
  expect(readCommand('/help')).toEqual({ is: 'help' })
  expect(readCommand('/me')).toEqual({ is: 'help' })
  expect(readCommand('/nickname')).toEqual({ is: 'unknown', name: 'nickname' })
  expect(readCommand('/usr/bin is a place')).toEqual({ is: 'unknown', name: 'usr/bin' })
})

test('/me is sent with emphasis, and a double slash is sent as one', () => {
  expect(readCommand('/me waves')).toEqual({ is: 'send', text: '_waves_' })
  expect(readCommand('//nick is an order')).toEqual({ is: 'send', text: '/nick is an order' })
})
