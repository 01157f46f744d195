import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** What `process.memoryUsage` says once the garbage is gone. */
export async function memoryInUse(): Promise<NodeJS.MemoryUsage> {
  for (let round = 0; round < 3; round++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage();
}

/** Bytes in use: the heap, and the memory of buffers. */
export async function bytesInUse(): Promise<number> {
  const { heapUsed, arrayBuffers } = await memoryInUse();
  return heapUsed + arrayBuffers;
}
