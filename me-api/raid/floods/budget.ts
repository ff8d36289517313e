/** A flood's remaining budget, which ends every flood. */
export function createBudget(limit: number) {
  let remaining = limit
  return {
    /** Takes up to `wanted`, as long as the budget lasts. */
    take(wanted = 1): number {
      const taken = Math.min(wanted, remaining)
      remaining -= taken
      return taken
    },
  }
}
