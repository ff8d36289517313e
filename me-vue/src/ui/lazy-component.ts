import { defineAsyncComponent, type AsyncComponentOptions, type Component } from 'vue'
import { loadMessages } from '../i18n.ts'

type OnError = AsyncComponentOptions['onError']

/** A component that the first look at a room does without, with the words it needs. */
export const lazyComponent = <T extends Component>(load: () => Promise<{ default: T }>, onError?: OnError) =>
  defineAsyncComponent({
    loader: async () => {
      const [loaded] = await Promise.all([load(), loadMessages('controls')])
      return loaded.default
    },
    onError,
  })

/** For what one cannot do without: asked for again every now and then, until it comes. */
export const retryForever: OnError = (_, retry, __, attempts) =>
  void setTimeout(retry, Math.min(attempts, 15) * 1_000)
