import type { Person } from 'me-api/contract'
import { authorName } from '../client/author-name.ts'

/** How somebody whom one moderates or hides is called. */
export const nickOf = ({ nick }: Pick<Person, 'nick'>) => (nick === null ? '…' : authorName(nick))
