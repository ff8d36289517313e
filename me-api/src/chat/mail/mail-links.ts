import { type Signatures, createSignatures } from './signatures.ts'

/** Milliseconds for which the answer box of a conversation can be opened from a mail. */
export const ANSWERABLE_FOR = 7 * 24 * 3_600_000

/** The messages of a conversation that a mail told of, and until when they can be answered from it. */
export type AnswerLink = { room: string; from: number; to: number; expiresAt: number }

/**
 * The tokens of the links in mails: signed, and not stored. One to answer is bound to the owner and to how often the owner's
 * sessions were ended all at once, so that whatever ends all sessions ends these links too.
 */
export function createMailLinks(secrets: string[]) {
  const answers = createSignatures(secrets, 'mail: answer')
  const offs = createSignatures(secrets, 'mail: off')

  /** Returns what follows the signature, if it was made for this, with what is not part of the token. */
  function open(signatures: Signatures, token: string, bound: string): string | null {
    const dot = token.indexOf('.')
    const said = token.slice(dot + 1)
    return signatures.isSigned(`${bound}\n${said}`, token.slice(0, Math.max(dot, 0))) ? said : null
  }

  const make = (signatures: Signatures, said: string, bound: string): string =>
    `${signatures.sign(`${bound}\n${said}`)}.${said}`

  const boundTo = (ownerId: string, resets: number): string => `${ownerId} ${resets}`

  return {
    answerToken: ({ room, from, to, expiresAt }: AnswerLink, ownerId: string, resets: number): string =>
      make(answers, [room, from, to, expiresAt].join('.'), boundTo(ownerId, resets)),

    /** Returns what may be answered, whether or not it has expired; null for what nobody was mailed. */
    readAnswer(token: string, ownerId: string, resets: number): AnswerLink | null {
      const said = open(answers, token, boundTo(ownerId, resets))
      if (said === null) return null
      const [room = '', from, to, expiresAt] = said.split('.')
      return { room, from: Number(from), to: Number(to), expiresAt: Number(expiresAt) }
    },

    offToken: (userId: string): string => make(offs, userId, ''),

    /** Returns the id of the user whose mails are to be switched off, or null. */
    readOff: (token: string): string | null => open(offs, token, ''),
  }
}

export type MailLinks = ReturnType<typeof createMailLinks>
