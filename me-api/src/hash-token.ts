import { createHash } from 'node:crypto'

/**
 * The hash under which a random token is stored, or the name of a tab, because each gives access by itself. A fast
 * hash, because neither can be guessed.
 */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('base64url')
