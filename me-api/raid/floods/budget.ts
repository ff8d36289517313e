/** How much of something a flood has left: no flood is without an end. */
export function createBudget(most: number) {
  let left = most
  return {
    /** As many as wished, while there are. */
    take(wished = 1): number {
      const taken = Math.min(wished, left)
      left -= taken
      return taken
    },
  }
}
