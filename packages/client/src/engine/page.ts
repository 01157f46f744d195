/**
 * Watches the page or worker, where there is one: `onOffline` when the machine loses its network, `onLeave` when the
 * page is about to be left. Returns how to stop.
 */
export function watchPage(onOffline: () => void, onLeave: (() => void) | undefined): () => void {
  const { addEventListener, removeEventListener } = globalThis;
  if (typeof addEventListener !== "function") return () => {};
  addEventListener("offline", onOffline);
  // Only on demand: a page with such a listener is not kept for the back button.
  if (onLeave) addEventListener("beforeunload", onLeave);
  return () => {
    removeEventListener("offline", onOffline);
    if (onLeave) removeEventListener("beforeunload", onLeave);
  };
}
