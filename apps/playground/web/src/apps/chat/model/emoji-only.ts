const emoji: RegExp =
  /^(?:(?:\p{Regional_Indicator}{2}|\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\ufe0f|\u20e3|\u200d\p{Extended_Pictographic}|[\u{e0020}-\u{e007f}])*)\s*){1,3}$/u;

/** One to three emoji and nothing else: they are shown large. */
export function isEmojiOnly(text: string): boolean {
  return text.length <= 60 && emoji.test(text);
}
