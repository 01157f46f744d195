export { Connection } from "./engine/connection.ts";
export { clientErrors } from "./errors.ts";
