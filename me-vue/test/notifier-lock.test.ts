import { expect, test } from '@jest/globals'
import { claimNotifierLock } from '../src/chat/notifications/notifier-lock.ts'
import { settled } from './support/clock.ts'

test.each(['SecurityError', 'InvalidStateError'])(
  'where locks are refused with %s, the tab notifies',
  async (name) => {
    const request = () => Promise.reject(new DOMException('denied', name))
    const isNotifier = claimNotifierLock({ request } as never)
    await settled()
    expect(isNotifier.value).toBe(true)
  },
)

test('a tab notifies once it holds the lock', async () => {
  let grant = () => {}
  const request = (_name: string, _options: object, call: () => unknown) =>
    new Promise((resolve) => (grant = () => resolve(call())))
  const isNotifier = claimNotifierLock({ request } as never)
  await settled()
  expect(isNotifier.value).toBe(false)
  grant()
  await settled()
  expect(isNotifier.value).toBe(true)
})
