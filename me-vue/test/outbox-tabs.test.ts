import { describe, expect, test } from '@jest/globals'
import { settled } from './support/clock.ts'
import { testOutbox } from './support/outbox.ts'

describe('two tabs', () => {
  async function twoTabs() {
    const one = testOutbox()
    const other = testOutbox({ of: one.of })
    await one.flow(true)
    await other.flow(true)
    return { one, other }
  }

  test('two tabs show the same messages, and the tab written in last sends them', async () => {
    const { one, other } = await twoTabs()
    one.write('here')
    await settled()
    expect(other.states()).toEqual(['here: sending'])
    other.write('there')
    await settled()
    expect(one.texts()).toEqual(['here'])
    // The message that the first tab had under way is sent again with its id, so that the order is kept.
    expect(other.texts()).toEqual(['here', 'there'])
    await other.accept(0, 7)
    await other.accept(1, 8)
    expect(one.states()).toEqual(['here: sent', 'there: sent'])
    await one.accept(0, 7)
    expect(one.states()).toEqual(['here: sent', 'there: sent'])
    expect(other.states()).toEqual(one.states())
    one.show(8)
    expect(one.states()).toEqual([])
  })

  test('the other tab takes over when the sending tab is closed', async () => {
    const { one, other } = await twoTabs()
    one.write('mine')
    await settled()
    expect(other.texts()).toEqual([])
    one.close()
    await settled()
    expect(other.texts()).toEqual(['mine'])
  })

  test('the other tab takes over when the sending tab is disconnected', async () => {
    const { one, other } = await twoTabs()
    await one.flow(false)
    one.write('from the tunnel')
    await settled()
    expect(other.texts()).toEqual(['from the tunnel'])
  })

  test('the other tab sends its message although a suspended tab holds the lock', async () => {
    const { one, other } = await twoTabs()
    one.suspend()
    other.write('from here')
    await settled()
    expect(other.texts()).toEqual(['from here'])
  })

  test('a message removed in one tab is gone in the other', async () => {
    const one = testOutbox()
    const other = testOutbox({ of: one.of })
    one.write('never mind')
    await settled()
    expect(other.states()).toEqual(['never mind: waiting'])
    void other.outbox.drop(other.outbox.list()[0]!.key)
    await settled()
    expect(one.states()).toEqual([])
  })
})

describe('full browser storage', () => {
  test('messages are sent although storage is full, and the user is warned while they would be lost with the tab', async () => {
    const { of, write, flow, accept, states, shown } = testOutbox()
    of.state.full = true
    write('one')
    await settled()
    expect(states()).toEqual(['one: waiting'])
    expect(shown.fragile.value).toBe(true)
    await flow(true)
    expect(states()).toEqual(['one: sending'])
    expect(shown.fragile.value).toBe(false)
    await accept(0, 1)
    expect(shown.fragile.value).toBe(false)
  })

  test('each tab sends the messages that full storage could not share', async () => {
    const one = testOutbox()
    const other = testOutbox({ of: one.of })
    await one.flow(true)
    await other.flow(true)
    one.of.state.full = true
    other.write('only here')
    await settled()
    expect(one.texts()).toEqual([])
    expect(other.texts()).toEqual(['only here'])
    await other.accept(0, 7)
    other.show(7)
    expect(other.states()).toEqual([])
  })
})
