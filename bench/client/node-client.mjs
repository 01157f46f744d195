// A client in a process of its own: its CPU is what is measured.
import { drive } from "./driver.mjs";

const [name, url, scenario, warmupMs, windowMs] = process.argv.slice(2);
const { io } = await import(name);

function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, Number(ms));
  });
}

if (scenario === "connect") {
  io(url, { transports: ["websocket"] }).on("connect", () => {
    process.send({ value: performance.now() * 1000 });
  });
} else {
  const state = await drive(io, url, scenario);
  await pause(warmupMs);
  const [cpu, count] = [process.cpuUsage(), state.count];
  await pause(windowMs);
  const { user, system } = process.cpuUsage(cpu);
  const completed = state.count - count;
  process.send({ value: (user + system) / completed, completed });
}
