/** Placeholder. */
export function msgpackAsText(_bytes: Buffer): string | undefined {
  return undefined;
}
