// What cases have in common. Waiting comes from support/wait.ts: for things to happen, never for time to pass.
export { collect, next, until, within } from "../../src/support/wait.ts";

/** What a call throws, or that it does not. */
export function thrown(call: () => unknown): string {
  try {
    call();
    return "nothing was thrown";
  } catch (error) {
    return error instanceof Error ? error.message : `not an error: ${String(error)}`;
  }
}

/** How a promise ends. */
export async function outcome(
  promise: Promise<unknown>,
): Promise<{ resolved: unknown } | { rejected: unknown }> {
  try {
    return { resolved: await promise };
  } catch (error) {
    return { rejected: error };
  }
}

/** A round trip of its own on a line: what was sent before it, in either direction, has come. */
export async function roundTrip(
  client: { emitWithAck(event: string): Promise<unknown> },
  server: {
    on(event: string, listener: (done: () => void) => void): unknown;
    off(event: string, listener: (done: () => void) => void): unknown;
  },
): Promise<void> {
  const answer = (done: () => void): void => done();
  server.on("round trip", answer);
  await client.emitWithAck("round trip");
  server.off("round trip", answer);
}

/** Turns of the event loop, for what happens without telling anybody. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** In an order of its own, for what has none. */
export function sorted<T>(list: Iterable<T>): T[] {
  const keyed = [...list].map((each): [string, T] => [JSON.stringify(each) ?? "", each]);
  return keyed.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}
