import { expect, test } from '@jest/globals'
import { isMentioned } from '../src/contract/message-markdown.ts'

const here = ['bob', 'Bo', 'bob.smith', 'Bo Ek', 'Åsa Öst', "O'Neill", '中文', '_ada_']
const isMeant = (text: string, nick = 'bob') => isMentioned(text, nick, here)

test.each([
  ['hej @bob', 'bob'],
  ['@bob. @bobby', 'bob'],
  ['@bob, are you there?', 'bob'],
  ["@bob's idea", 'bob'],
  ['@bob’s idea', 'bob'],
  ['(@bob) “@bob” @bob: @bob; @bob!', 'bob'],
  ['@bob... and @bob…', 'bob'],
  ['@bob- @bob_ @bob.', 'bob'],
  ['*@bob* _@bob_ **@bob**', 'bob'],
  ['> @bob\n\nno', 'bob'],
  ['- @bob', 'bob'],
  ['`x` @bob `y`', 'bob'],
  ['https://a.b/c @bob', 'bob'],
  ['mail bob@example.org or @bob', 'bob'],
  ['@BOB', 'bob'],
  ['@bob.smith hi', 'Bob.Smith'],
  ['(@Åsa Öst)', 'åsa öst'],
  ['hej @asa ost', 'Åsa Öst'],
  ['@ZOE?', 'Zoë'],
  ['@oyvind', 'Øyvind'],
  ['@Straße', 'STRASSE'],
  ["@o'neill's", "O'Neill"],
  ['@bob @bob.smith', 'bob'],
  ['@bo-ek @bo ek and @bo', 'Bo'],
  ['@o’neill', "O'Neill"],
  ['foo @ann.smith/@bob, and/@bob', 'bob'],
  // Scripts without spaces between words.
  ['@bobさん、こんにちは', 'bob'],
  ['你好@bob你好', 'bob'],
  ['＠bob', 'bob'],
  ['@bob님', 'bob'],
  ['@중문 @中文，', '中文'],
  // Marks of emphasis that are part of a nick.
  ['hi @_ada_', '_ada_'],
])('the text %j mentions %s', (text, nick) => expect(isMeant(text, nick)).toBe(true))

test.each([
  ['bob', 'bob'],
  ['@bobby', 'bob'],
  ['bob@example.org', 'bob'],
  ['mail x@bob.se', 'bob'],
  ['@bob@example.org', 'bob'],
  ['@bob.com', 'bob'],
  ['@bob-x', 'bob'],
  ['@bob_x @bob.1', 'bob'],
  ['x@bob _@bob', 'bob'],
  // In a link, written out or not.
  ['https://medium.com/@bob/post', 'bob'],
  ['https://medium.com/@bob', 'bob'],
  ['medium.com/@bob and www.example.org/@bob', 'bob'],
  ['mastodon.social/@bob and ftp://example.org/@bob', 'bob'],
  ['https://@bob/ and https://x:@bob:8080', 'bob'],
  ['[x](https://medium.com/@bob)', 'bob'],
  ['[@bob](https://medium.com/)', 'bob'],
  ['**[*@bob*](https://medium.com/)**', 'bob'],
  // In code.
  ['`@bob`', 'bob'],
  ['``@bob ` x``', 'bob'],
  ['` @bob\nx`', 'bob'],
  ['```\n@bob\n```', 'bob'],
  ['~~~js\n@bob\n~~~', 'bob'],
  ['```\n@bob, never closed', 'bob'],
  ['> ```\n> @bob\n> ```', 'bob'],
  ['- x\n\n  ```\n  @bob\n  ```', 'bob'],
  ['````\n```\n@bob\n````', 'bob'],
  // The longest nick is meant.
  ['@bob.smith hi', 'bob'],
  ['@bo ek, hi', 'Bo'],
  ['@Bo EK', 'Bo'],
  // A nick goes on in its own script.
  ['@中文系', '中文'],
  ['@bobéさん', 'bob'],
])('the text %j does not mention %s', (text, nick) => expect(isMeant(text, nick)).toBe(false))

test('a longer nick counts only while somebody has it', () => {
  expect(isMentioned('@bo ek, hi', 'Bo')).toBe(true)
  expect(isMentioned('@bo ek, hi', 'Bo', ['Bo', 'Bo Ekman'])).toBe(true)
})

test.each(['@bob', '@', '@bob.', '`@bob', '@bo ek ', '[@bob](', 'a.b/@bob '])(
  'four thousand characters of %j are read',
  (piece) => expect(typeof isMeant(piece.repeat(4_000 / piece.length))).toBe('boolean'),
)
