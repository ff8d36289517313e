import { Refusal } from '../../errors.ts'

/** Reads the rooms to which a bot or webhook is kept, as its row has them: JSON, null for all. */
export const readChosenRooms = (rooms: string | null): string[] | null =>
  rooms === null ? null : (JSON.parse(rooms) as string[])

/** @throws {Refusal} INVALID where there is no such open room */
export async function requireRooms(
  rooms: { list: (by: null) => Promise<{ name: string }[]> },
  names: string[] | null | undefined,
): Promise<void> {
  if (!names) return
  const known = new Set((await rooms.list(null)).map(({ name }) => name))
  const unknown = names.findIndex((name) => !known.has(name))
  if (unknown >= 0)
    throw new Refusal('INVALID', `There is no room ${names[unknown]}.`, { pointer: `/rooms/${unknown}` })
}
