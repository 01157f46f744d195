const warned = new Set<string>();

/**
 * Tells the developer something once a process, as a Node warning (`process.on("warning")`, `--no-warnings`). What
 * `about` names is not repeated; it must not come from the network.
 */
export function warnOnce(code: string, message: string, about = ""): void {
  const key = `${code} ${about}`;
  if (warned.has(key)) return;
  warned.add(key);
  process.emitWarning(message, { type: "HawserWarning", code });
}
