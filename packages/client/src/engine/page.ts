type Page = Partial<Pick<Window, "addEventListener" | "removeEventListener">>;

/** Listens to the page or worker, where there is one. Returns how to stop. */
export function onPage(
  event: "offline" | "beforeunload",
  listener: (() => void) | false | undefined,
): () => void {
  const page: Page = globalThis;
  if (listener) page.addEventListener?.(event, listener);
  return () => listener && page.removeEventListener?.(event, listener);
}
