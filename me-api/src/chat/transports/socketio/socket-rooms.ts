/** Socket.IO's rooms: groups of connections that receive the same events. */

/** Connections that have received `welcome`, which is always the first event. */
export const WELCOMED = 'welcomed'
/** Connections that only read during a ban. */
export const BARRED = 'barred'

/** The readers of one of the chat's rooms. */
export const readersOf = (room: string): string => `room ${room}`
/** The connections of a user's session. */
export const sessionRoom = (id: string): string => `session ${id}`
