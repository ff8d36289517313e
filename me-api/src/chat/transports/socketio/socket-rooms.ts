/*
 * Socket.IO's rooms: groups of connections that get the same events.
 */

/** Connections that have got `welcome`, which is always the first event. */
export const WELCOMED = 'welcomed'
/** Readers that are here for as long as a ban lasts. */
export const BARRED = 'barred'

/** The readers of one of the chat's rooms. */
export const readersOf = (room: string): string => `room ${room}`
/** The connections of a user's session. */
export const sessionRoom = (id: string): string => `session ${id}`
