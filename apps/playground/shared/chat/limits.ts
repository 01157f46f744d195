/** What the chat accepts. The page checks first, to explain early; the server checks always. */
export const limits = {
  nameCharsMax: 32,
  roomTitleCharsMax: 48,
  roomIdCharsMax: 40,
  textCharsMax: 4000,
  pictureBytesMax: 8_000_000,
  pictureEdgePixelsMax: 32_768,
  pageMessagesMax: 50,
  /** Of a room that is joined: enough to count what is unread. */
  joinMessagesMax: 100,
  roomsPerSocketMax: 50,
  secretCharsMin: 22,
  secretCharsMax: 128,
  messageKeyCharsMin: 8,
  messageKeyCharsMax: 64,
} as const;
