import { useAccount } from '../accounts/account.store.ts'
import { visitorHeaders } from './visitor-token.ts'

/** Shows the server who asks: an account by its cookie, else the visitor of this browser by their token. */
export const ownHeaders = (): Record<string, string> => (useAccount().user ? {} : visitorHeaders())
