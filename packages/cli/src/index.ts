export { exitCodes } from "./errors.ts";
export { run } from "./run.ts";
export type { Input, Output, World } from "./terminal/world.ts";
export { version } from "./version.ts";
