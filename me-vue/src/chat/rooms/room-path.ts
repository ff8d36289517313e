import { LOBBY } from 'me-api/contract/limits'

/** The address of a room's page. */
export const roomPath = (name: string): string => (name === LOBBY ? '/chat' : `/chat/${name}`)
