import type { Message } from '../../contract/index.ts'

/** The content of a message, apart from its author, room and time. It is written, edited and deleted as one. */
export type Content = Pick<Message, 'text'>

/** The content of a deleted message. */
export const noContent: Content = { text: '' }

/** Picks the content from a message or a row. */
export const contentOf = ({ text }: Content): Content => ({ text })

export const isSameContent = (one: Content, other: Content): boolean => one.text === other.text
