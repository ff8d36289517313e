/** All that a page needs to be shown as it was kept, as one file. */
export { default } from './KeptNote.vue'
export { keepPage, showKept } from './kept-page.ts'
