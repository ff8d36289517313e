import type { Failure, Notice } from '../../../contract/index.ts'

/**
 * The packets of Socket.IO's protocol, version 5, that expect an answer: an event with an acknowledgement, and a
 * CONNECT.
 */
const eventWithAck = /^2\/chat,(\d+)\[/
const isConnect = (packet: unknown): boolean => typeof packet === 'string' && packet.startsWith('0/chat')

/** Returns the packet that refuses another one without parsing it; null if that one expects no answer. */
export function refusalOf(packet: unknown, error: Failure): string | null {
  const [, ack] = (typeof packet === 'string' && eventWithAck.exec(packet)) || []
  if (ack) return `3/chat,${ack}[${JSON.stringify({ ok: false, error })}]`
  return isConnect(packet) ? `4/chat,${JSON.stringify({ message: error.message, data: error })}` : null
}

export const noticePacket = (notice: Notice): string => `2/chat,["notice",${JSON.stringify(notice)}]`
