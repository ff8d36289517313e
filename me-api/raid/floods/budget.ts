/** A flood's remaining budget, which ends every flood. */
export function createBudget(most: number) {
  let left = most
  return {
    /** Takes up to `wished`, as long as the budget lasts. */
    take(wished = 1): number {
      const taken = Math.min(wished, left)
      left -= taken
      return taken
    },
  }
}
