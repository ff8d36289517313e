import type { io, Socket } from 'socket.io-client'
import {
  bytesOf,
  type EnginePacket,
  eventBytes,
  frameBytes,
  type Meter,
  packetText,
  payloadBytes,
  wireBody,
} from './meter.ts'

/**
 * The browser's own means and Socket.IO's client, which count on a meter what goes over them. What a page cannot see is
 * not counted: WebSocket's own pings and closings, and the comment lines of a stream.
 */
export function meterFetch(meter: Meter): typeof fetch {
  return (input, init) => {
    meter.requests += 1
    return fetch(input, init)
  }
}

export function meterWebSocket(meter: Meter): typeof WebSocket {
  return class extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols)
      meter.requests += 1
      this.addEventListener('open', () => (meter.connections += 1))
      this.addEventListener('message', ({ data }) => (meter.down += frameBytes(String(data), 'server')))
    }

    override send(data: string): void {
      meter.up += frameBytes(data, 'browser')
      super.send(data)
    }
  }
}

/** A stream's browser asks again by itself, which only the end of that request tells. */
export function meterEventSource(meter: Meter): typeof EventSource {
  return class extends EventSource {
    constructor(address: string | URL, options?: EventSourceInit) {
      super(address, options)
      meter.requests += 1
      let isAsked = true
      let isOpen = false
      const answered = () => {
        if (!isAsked) meter.requests += 1
        isAsked = false
      }
      this.addEventListener('open', () => {
        answered()
        isOpen = true
        meter.connections += 1
      })
      this.addEventListener('error', () => {
        if (!isOpen) answered()
        isOpen = false
      })
      this.addEventListener('room:changed', (event) => (meter.down += eventBytes(event)))
    }
  }
}

/** Over what Socket.IO's connection goes, and what it has learned about the way. */
export type EngineState = { over: 'polling' | 'websocket'; isRefused: boolean }

/**
 * Socket.IO's client on a connection of its own, as two on one page would share theirs. Its polls are seen by
 * `watchAnswers`, which knows them by the name of the lane in their address; packets and the upgrade by its engine.
 */
export function meterSocketIo(
  client: typeof io,
  lane: string,
  meter: Meter,
  tell: (now: EngineState) => void,
) {
  const metered = (path: string, options: object = {}): Socket => {
    const socket = client(path, { ...options, forceNew: true, query: { lane } })
    meterEngine(socket.io.engine, meter, tell)
    // Each attempt has an engine of its own, which is made right after this event.
    socket.io.on('reconnect_attempt', () => queueMicrotask(() => meterEngine(socket.io.engine, meter, tell)))
    return socket
  }
  return metered as typeof io
}

type Engine = Socket['io']['engine']

function meterEngine(engine: Engine, meter: Meter, tell: (now: EngineState) => void): void {
  let pending: string[] = []
  let isOpen = false
  let isWebSocket = false
  const up = (...packets: string[]) => {
    for (const packet of packets) meter.up += frameBytes(packet, 'browser')
  }
  tell({ over: 'polling', isRefused: false })

  engine.on('packetCreate', (packet: EnginePacket) => pending.push(packetText(packet)))
  engine.on('flush', () => {
    if (isWebSocket) up(...pending)
    else meter.up += payloadBytes(pending)
    pending = []
  })
  engine.on('packet', (packet: EnginePacket) => {
    if (isWebSocket) meter.down += frameBytes(packetText(packet), 'server')
  })
  engine.on('handshake', ({ upgrades }: { upgrades: string[] }) => {
    isOpen = true
    if (upgrades.includes('websocket')) meter.requests += 1
  })
  engine.on('upgrading', () => {
    meter.connections += 1
    up('2probe')
    meter.down += frameBytes('3probe', 'server')
  })
  engine.on('upgrade', () => {
    isWebSocket = true
    up('5')
    tell({ over: 'websocket', isRefused: false })
  })
  engine.on('upgradeError', () => engine.readyState === 'open' && tell({ over: 'polling', isRefused: true }))
  engine.on('close', (reason: string) => {
    // Whoever ends polling says so in a packet of which the engine does not tell.
    if (isOpen && !isWebSocket && reason !== 'transport close') meter.up += bytesOf('1')
  })
}

type Observed = { owns: (address: URL) => boolean; isCounted: boolean; meter: Meter }

/** Counts the bodies of answers, and the requests of lanes that do not count their own, until the returned function is called. */
export function watchAnswers(lanes: Observed[]): () => void {
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntriesByType('resource') as PerformanceResourceTiming[]) {
      const address = new URL(entry.name)
      const lane = lanes.find(({ owns }) => owns(address))
      if (!lane) continue
      if (!lane.isCounted) lane.meter.requests += 1
      lane.meter.down += wireBody(entry)
    }
  })
  observer.observe({ type: 'resource' })
  return () => observer.disconnect()
}
