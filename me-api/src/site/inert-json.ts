/** JSON for a script element, which no text within can end or turn into markup. */
export const inertJson = (data: object): string =>
  JSON.stringify(data).replace(
    /[<\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
