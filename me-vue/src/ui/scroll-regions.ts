type Names = { code: string; table: string }

/**
 * Makes code and tables that are too wide for the page scrollable by keyboard: each is a stop for Tab with a name.
 * Returns a function that stops watching.
 */
export function createScrollRegions(root: HTMLElement, names: Names): () => void {
  const regions = [...root.querySelectorAll('pre'), ...Array.from(root.querySelectorAll('table'), wrapped)]
  const observer = new ResizeObserver(() => regions.forEach((region) => update(region, names)))
  for (const region of regions) observer.observe(region)
  return () => observer.disconnect()
}

/** A table that scrolls by itself is no table for screen readers. */
function wrapped(table: HTMLElement): HTMLElement {
  const region = document.createElement('div')
  region.className = 'table'
  table.replaceWith(region)
  region.append(table)
  return region
}

function update(region: HTMLElement, names: Names): void {
  const name = region.matches('pre') ? names.code : names.table
  const isWide = region.scrollWidth > region.clientWidth
  for (const [attribute, value] of Object.entries({ tabindex: '0', role: 'region', 'aria-label': name }))
    if (isWide) region.setAttribute(attribute, value)
    else region.removeAttribute(attribute)
}
