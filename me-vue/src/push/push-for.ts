/** Where a browser keeps whose pushes it gets: a person's id. */
export const PUSH_FOR = 'me.push.for'
