type Reactions = Readonly<Record<string, readonly string[]>>

/** Emoji → whether the reader's own reaction is to be there. */
export type Wanted = Readonly<Record<string, boolean>>

/** The reactions as they will be once everything wanted is there. */
export function withOptimisticReactions(reactions: Reactions | undefined, wanted: Wanted, self: string) {
  const next: Record<string, string[]> = {}
  for (const emoji of Object.keys({ ...reactions, ...wanted })) {
    const people = reactions?.[emoji] ?? []
    const others = people.filter((id) => id !== self)
    const unchanged = !(emoji in wanted) || wanted[emoji] === people.includes(self)
    next[emoji] = unchanged ? [...people] : wanted[emoji] ? [...others, self] : others
  }
  return next
}
