import { defineAsyncComponent, type AsyncComponentOptions, type Component } from 'vue'
import { loadControlMessages } from './control-messages.ts'

type OnError = AsyncComponentOptions['onError']

/** A part of the chat that the first look at a room does without, with the messages of the chat's controls. */
export const lazyControl = <T extends Component>(load: () => Promise<{ default: T }>, onError?: OnError) =>
  defineAsyncComponent({
    loader: async () => {
      const [loaded] = await Promise.all([load(), loadControlMessages()])
      return loaded.default
    },
    onError,
  })
