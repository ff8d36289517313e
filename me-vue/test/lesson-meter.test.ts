import { describe, expect, test } from '@jest/globals'
import { eventBytes, frameBytes, headsOf, packetText, payloadBytes, wireBody } from '../src/lesson/meter.ts'

describe('the bytes of a frame', () => {
  test.each([
    ['', 2, 6],
    ['hello', 7, 11],
    ['å', 4, 8],
    ['a'.repeat(125), 127, 131],
    ['a'.repeat(126), 130, 134],
    ['å'.repeat(63), 130, 134],
    ['a'.repeat(65_535), 65_539, 65_543],
    ['a'.repeat(65_536), 65_546, 65_550],
  ])('%#: a header of 2, 4 or 10 bytes, and a mask from the browser', (text, fromServer, fromBrowser) => {
    expect(frameBytes(text, 'server')).toBe(fromServer)
    expect(frameBytes(text, 'browser')).toBe(fromBrowser)
  })
})

test('an event of the stream has three lines and an empty one', () => {
  const lines = 'event: room:changed\nid: 41\ndata: {"å":1}\n\n'
  expect(eventBytes({ type: 'room:changed', lastEventId: '41', data: '{"å":1}' })).toBe(
    Buffer.byteLength(lines),
  )
})

describe('the body of an answer', () => {
  test('is what was sent, compressed or not', () => {
    expect(wireBody({ transferSize: 357, encodedBodySize: 57 })).toBe(57)
  })
  test('is nothing where the server answered that the cached one is still so', () => {
    expect(wireBody({ transferSize: 300, encodedBodySize: 57 })).toBe(0)
  })
  test('is nothing where no request was sent or no answer came', () => {
    expect(wireBody({ transferSize: 0, encodedBodySize: 57 })).toBe(0)
    expect(wireBody({ transferSize: 0, encodedBodySize: 0 })).toBe(0)
  })
})

test('heads are one for each request, and 300 bytes for each answer', () => {
  expect(headsOf(4, 511)).toEqual({ up: 2_044, down: 1_200 })
})

test('a packet of Engine.IO has its type before its data, and several share a body', () => {
  expect(packetText({ type: 'message', data: '0/chat,' })).toBe('40/chat,')
  expect(packetText({ type: 'pong' })).toBe('3')
  expect(payloadBytes([])).toBe(0)
  expect(payloadBytes(['3'])).toBe(1)
  expect(payloadBytes(['40/chat,', '3'])).toBe(Buffer.byteLength('40/chat,\x1e3'))
})
