import type { Device } from './tab.ts'

const safari = (system: string, more = '') =>
  `Mozilla/5.0 (${system}) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 ${more}Safari/605.1.15`

export const iPhone: Device = {
  name: 'an iPhone',
  userAgent: safari('iPhone; CPU iPhone OS 18_5 like Mac OS X', 'Mobile/15E148 '),
  width: 447,
  height: 844,
}

export const iPad: Device = {
  name: 'an iPad',
  userAgent: safari('iPad; CPU OS 18_5 like Mac OS X', 'Mobile/15E148 '),
  width: 820,
  height: 1_180,
}

export const android: Device = {
  name: 'an Android phone',
  userAgent:
    'Mozilla/5.0 (Linux; Android 15; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36',
  width: 447,
  height: 839,
}

export const desktop: Device = {
  name: 'a desktop computer',
  userAgent: safari('Macintosh; Intel Mac OS X 10_15_7'),
  width: 1_280,
  height: 800,
}

/** Safari 16.4, the oldest that README names: what came to it later is not there. */
export const olderIPhone: Device = {
  ...iPhone,
  name: 'an iPhone with Safari 16.4',
  userAgent: iPhone.userAgent.replaceAll('18_5', '16_4').replace('18.5', '16.4'),
  before: () => {
    const later: [object, string[]][] = [
      [AbortSignal, ['any']],
      [Array, ['fromAsync']],
      [Map, ['groupBy']],
      [Object, ['groupBy']],
      [Promise, ['withResolvers', 'try']],
      [
        Set.prototype,
        ['union', 'intersection', 'difference', 'isSubsetOf', 'isSupersetOf', 'isDisjointFrom'],
      ],
      [URL, ['canParse', 'parse']],
      [RegExp, ['escape']],
      [globalThis, ['Iterator', 'requestIdleCallback', 'cancelIdleCallback', 'scheduler', 'onscrollend']],
      [Document.prototype, ['startViewTransition']],
      [HTMLElement.prototype, ['showPopover', 'hidePopover', 'togglePopover']],
    ]
    for (const [owner, names] of later) for (const name of names) Reflect.deleteProperty(owner, name)
  },
}
