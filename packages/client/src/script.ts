// The bundles for script tags have one export, the function that becomes the global `io`.
export { io as default } from "./io.ts";
