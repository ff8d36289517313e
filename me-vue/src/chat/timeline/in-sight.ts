/** Whether any of a row is within what a scrolled box shows. */
export function isInSight(box: Element, row: Element | null): boolean {
  const { top, bottom } = box.getBoundingClientRect()
  const edges = row?.getBoundingClientRect()
  return edges !== undefined && edges.bottom > top && edges.top < bottom
}
