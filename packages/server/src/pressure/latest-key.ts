/** Keys of one namespace are not those of another on the same line. */
export function latestKey(namespace: string, key: string): string {
  return `${namespace.length}:${namespace}${key}`;
}
