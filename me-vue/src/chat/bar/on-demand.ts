import { defineAsyncComponent, type Component } from 'vue'
import { speakOf } from '../../i18n.ts'

/** A component that the first look at a room does without, with the words it needs. */
export const onDemand = <T extends Component>(load: () => Promise<{ default: T }>) =>
  defineAsyncComponent(async () => {
    const [loaded] = await Promise.all([load(), speakOf('bar')])
    return loaded.default
  })
