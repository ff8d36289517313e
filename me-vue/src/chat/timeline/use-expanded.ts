import { reactive } from 'vue'

/** Which long messages are shown whole. */
export function useExpanded() {
  const expanded = reactive(new Set<string>())
  function setExpanded(id: string, isExpanded: boolean): void {
    if (isExpanded) expanded.add(id)
    else expanded.delete(id)
  }
  return { expanded, setExpanded }
}
