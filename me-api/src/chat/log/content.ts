import type { Message } from '../../contract/index.ts'

/** What a message says, apart from who said it, where and when. It is written, edited and taken away as one. */
export type Content = Pick<Message, 'text'>

/** What is left of the content of a deleted message. */
export const noContent: Content = { text: '' }

/** The content of something that has one, without the rest. */
export const contentOf = ({ text }: Content): Content => ({ text })

export const isSameContent = (one: Content, other: Content): boolean => one.text === other.text
