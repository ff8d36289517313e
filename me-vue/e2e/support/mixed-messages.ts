import type { SeedMessage } from './test-server.ts'

const kinds = [
  (n: number) => `line ${n}.`,
  (n: number) => `A longer one, number ${n}. ${'Some words that fill a few lines on a phone. '.repeat(6)}`,
  (n: number) => `\`\`\`js\nconst n = ${n}\nconsole.log(n)\nreturn n * 2\n\`\`\``,
  (n: number) => `> quoted ${n}\n\n**and** answered, with https://example.org/${n}`,
  (n: number) => `- one\n- two\n- ${n}`,
]

/** Messages of every height, of several people. */
export const mixedMessages = (count: number): SeedMessage[] =>
  Array.from({ length: count }, (_, index) => ({
    nick: ['Ada', 'Bo', 'Cy'][(index >> 1) % 3]!,
    text: index === count - 1 ? 'the last one' : kinds[index % kinds.length]!(index + 1),
    sentAt: new Date(Date.UTC(2026, 2, 3, 12) + index * 60_000).toISOString(),
  }))
