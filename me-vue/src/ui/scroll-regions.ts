type Names = { code: string; table: string }

/**
 * Makes code and tables that are too wide for the page scrollable by keyboard: each is a stop for Tab with a name.
 * Returns a function that stops watching.
 */
export function createScrollRegions(root: HTMLElement, names: Names): () => void {
  const regions = Array.from(root.querySelectorAll<HTMLElement>('pre, .table'))
  const observer = new ResizeObserver(() => regions.forEach((region) => update(region, names)))
  for (const region of regions) observer.observe(region)
  return () => observer.disconnect()
}

function update(region: HTMLElement, names: Names): void {
  const name = region.matches('pre') ? names.code : names.table
  const isWide = region.scrollWidth > region.clientWidth
  for (const [attribute, value] of Object.entries({ tabindex: '0', role: 'region', 'aria-label': name }))
    if (isWide) region.setAttribute(attribute, value)
    else region.removeAttribute(attribute)
}
