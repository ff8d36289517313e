/** Where the browser keeps what is being written in a room. */
export const draftKey = (room: string, kind = 'draft'): string => `me.chat.${kind}.${room}`
