/** A JSON pointer (RFC 6901) to what lies at `path`, from the root of a message. */
export function pointerTo(path: readonly (string | number)[]): string {
  let pointer = "";
  for (const step of path) pointer += `/${escapeStep(String(step))}`;
  return pointer;
}

function escapeStep(step: string): string {
  return step.replaceAll("~", "~0").replaceAll("/", "~1");
}
