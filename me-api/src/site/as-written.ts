/** A path as the site itself writes it: `/Reports/week/%34/` is another address of `/reports/week/4`. */
export const asWritten = (path: string): string =>
  path
    .toLowerCase()
    .replace(/%3(\d)/g, '$1')
    .replace(/(?<=[^/])\/$/, '')
