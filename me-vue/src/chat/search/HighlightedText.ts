import { type FunctionalComponent, h } from 'vue'
import { partsWithShortcodes } from 'me-api/contract/shortcodes'
import { piecesOf } from './highlight-hits.ts'

type Props = { text: string; marks: [number, number][] }

/** Text with what was searched for in it marked, and emoji for their names; but not for a name that was searched for. */
const MarkedText: FunctionalComponent<Props> = ({ text: snippet, marks }) => {
  const pieces = piecesOf(snippet, marks)
  const shown = partsWithShortcodes(pieces.map(({ text }) => text))
  return pieces.map(({ text, isHit }, index) => (isHit ? h('mark', text) : shown[index]))
}
MarkedText.props = ['text', 'marks']
export default MarkedText
