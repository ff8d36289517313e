import type { AsyncComponentOptions } from 'vue'

/** For a part that the page cannot do without: tries again every now and then, until it is loaded. */
export const retryForever: AsyncComponentOptions['onError'] = (_, retry, __, attempts) =>
  void setTimeout(retry, Math.min(attempts, 15) * 1_000)
