export { Connection } from "./engine/connection.ts";
export type { ClientErrors } from "./errors.ts";
