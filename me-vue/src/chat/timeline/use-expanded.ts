import { reactive } from 'vue'

/** Which long messages are shown whole. */
export function useExpanded() {
  const unfolded = reactive(new Set<string>())
  function fold(id: string, open: boolean): void {
    if (open) unfolded.add(id)
    else unfolded.delete(id)
  }
  return { unfolded, fold }
}
