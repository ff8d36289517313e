import type { PresentationInput } from '../../contract/index.ts'

export const presentation: PresentationInput = {
  name: 'Robin Lykta',
  headline: 'I learn how the web talks in real time, and write down what broke.',
  text: `Hello, and welcome in! I build small web things and take them apart again. This spring I am teaching myself **real-time
technology**: sockets, streams, and what happens to a message when the train enters a tunnel.

Each week I write a [report](/reports) about what I tried, what I measured, and what went wrong. The last part is usually
the longest.

## What is on my desk

- a chat that loses nothing, also under ground (it is [right here](/chat), say hello)
- a weather station that blinks when somebody writes
- a notebook with far too many drawings of arrows between boxes

## How to reach me

The quickest way is the chat. When the lamp is on, I am in. When it is off, write all the same: I read everything, mostly
with the first coffee.

> If it works on the first try, I have tested the wrong thing.`,
  links: [
    { label: 'Write to me', href: 'mailto:robin@example.org' },
    { label: 'What a WebSocket is', href: 'https://developer.mozilla.org/en-US/docs/Web/API/WebSockets_API' },
  ],
}
