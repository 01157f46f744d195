/** The document's title: how much is unread anywhere, where one is, and what this is. */
export function pageTitle(room: string, unread: number): string {
  const count = unread > 0 ? `(${unreadText(unread)}) ` : "";
  return `${count}${room} · Hawser`;
}

export function unreadText(unread: number): string {
  return unread > 99 ? "99+" : String(unread);
}
