/** An event inside the server. Its producer does not know the subscribers. */
export type Signal<Data> = {
  /**
   * Calls every subscriber, in the order of subscription. A subscriber that throws, or whose promise rejects, disturbs
   * neither the producer nor the others.
   */
  emit: (data: Data) => void
  /** Returns the function that ends the subscription. */
  subscribe: (subscriber: Subscriber<Data>) => () => void
}

type Subscriber<Data> = (data: Data) => unknown

/** `onFault` receives what a subscriber throws. */
export function createSignal<Data>(onFault: (error: unknown) => void): Signal<Data> {
  const subscribers = new Set<Subscriber<Data>>()
  return {
    emit(data) {
      for (const subscriber of subscribers) {
        try {
          const result = subscriber(data)
          if (result instanceof Promise) result.catch(onFault)
        } catch (error) {
          onFault(error)
        }
      }
    },

    subscribe(subscriber) {
      subscribers.add(subscriber)
      return () => void subscribers.delete(subscriber)
    },
  }
}
