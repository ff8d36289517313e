import type { InjectionKey, Ref } from 'vue'

/** Whether the room is locked for this reader, for components deep in its log. */
export const CLOSED: InjectionKey<Readonly<Ref<boolean>>> = Symbol('closed')
