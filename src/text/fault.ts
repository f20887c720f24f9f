/** What is wrong with a text: a stable code, and a message, which names the character if there is one. */
export interface Fault {
  code: string
  message: string
}

/** `U+202E`, for messages: the character itself may be invisible, or change the order of the message. */
export function codePointOf(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0
  return `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`
}
