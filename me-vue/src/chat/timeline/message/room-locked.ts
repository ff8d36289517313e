import type { InjectionKey, Ref } from 'vue'

/** Whether the room takes nothing from this reader just now, for what stands deep in its log. */
export const CLOSED: InjectionKey<Readonly<Ref<boolean>>> = Symbol('closed')
