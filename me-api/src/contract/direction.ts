/** Letters that are read from right to left, and the characters that change the direction of text. */
const TURNS =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u
const CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g

/** A text without the characters that change the direction of what follows them. */
export const withoutDirectionControls = (text: string): string => text.replace(CONTROLS, '')

/**
 * Somebody's text for a place in a sentence: set between FSI and PDI where it could turn the rest of the sentence round,
 * and else as it is.
 */
export const isolated = (text: string): string =>
  TURNS.test(text) ? `\u2068${withoutDirectionControls(text)}\u2069` : text
