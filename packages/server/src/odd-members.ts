/** Gives a server the members that Socket.IO never documented, each with who reads it. */
export function addOddMembers(prototype: object): void {
  Object.defineProperty(prototype, "eio", {
    // Projects that look at the options of the engine, from the time before `engine` was a public name.
    get(this: { engine: unknown }): unknown {
      return this.engine;
    },
    configurable: true,
  });
}
