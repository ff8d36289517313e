import { describe, expect, test } from '@jest/globals'
import { settled } from './support/clock.ts'
import { postOffice } from './support/post-office.ts'

describe('two tabs', () => {
  async function twoTabs() {
    const one = postOffice()
    const other = postOffice({ of: one.of })
    await one.flow(true)
    await other.flow(true)
    return { one, other }
  }

  test('show the same, and the one that was written in last sends', async () => {
    const { one, other } = await twoTabs()
    one.write('here')
    await settled()
    expect(other.states()).toEqual(['here: sending'])
    other.write('there')
    await settled()
    expect(one.texts()).toEqual(['here'])
    // What the one had under way is sent again with its id, so that the order is kept.
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

  test('the other takes over when the one is closed', async () => {
    const { one, other } = await twoTabs()
    one.write('mine')
    await settled()
    expect(other.texts()).toEqual([])
    one.close()
    await settled()
    expect(other.texts()).toEqual(['mine'])
  })

  test('the other takes over when the one is no longer connected', async () => {
    const { one, other } = await twoTabs()
    await one.flow(false)
    one.write('from the tunnel')
    await settled()
    expect(other.texts()).toEqual(['from the tunnel'])
  })

  test('the other sends what the one cannot that was suspended with its lock', async () => {
    const { one, other } = await twoTabs()
    one.suspend()
    other.write('from here')
    await settled()
    expect(other.texts()).toEqual(['from here'])
  })

  test('what is removed in one is gone in the other', async () => {
    const one = postOffice()
    const other = postOffice({ of: one.of })
    one.write('never mind')
    await settled()
    expect(other.states()).toEqual(['never mind: waiting'])
    void other.outbox.drop(other.outbox.list()[0]!.key)
    await settled()
    expect(one.states()).toEqual([])
  })
})

describe('a storage that is full', () => {
  test('keeps nothing from being sent, and one is told what would be lost with the tab', async () => {
    const { of, write, flow, accept, states, shown } = postOffice()
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

  test('makes each tab send what only it has', async () => {
    const one = postOffice()
    const other = postOffice({ of: one.of })
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
