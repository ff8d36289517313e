import { type FunctionalComponent, h } from 'vue'
import { withShortcodes } from 'me-api/contract/shortcodes'
import { piecesOf } from './highlight-hits.ts'

type Props = { text: string; marks: [number, number][] }

/** Text with what was searched for in it marked, and emoji for their names; but not for a name that was searched for. */
const MarkedText: FunctionalComponent<Props> = ({ text: snippet, marks }) => {
  let end = 0
  return piecesOf(snippet, marks).map(({ text, isHit }) => {
    const start = end
    end += text.length
    return isHit ? h('mark', text) : withShortcodes(snippet, start, end)
  })
}
MarkedText.props = ['text', 'marks']
export default MarkedText
