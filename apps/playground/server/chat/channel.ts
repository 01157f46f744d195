/** The socket room of a chat room: apart from the one that each socket has under its own id. */
export function channelOf(room: string): string {
  return `room:${room}`;
}
