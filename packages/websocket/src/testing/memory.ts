import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

/** What is in use once the garbage is gone. */
async function collected(): Promise<NodeJS.MemoryUsage> {
  for (let round = 0; round < 3; round++) {
    gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage();
}

/** Bytes in use: the heap, and the memory of buffers. */
export async function bytesInUse(): Promise<number> {
  const { heapUsed, arrayBuffers } = await collected();
  return heapUsed + arrayBuffers;
}

/** Bytes of buffers in use. */
export async function bufferBytesInUse(): Promise<number> {
  return (await collected()).arrayBuffers;
}
