// One sample: one fresh server, one load, one figure.
import { generate, hold } from "./generator.mjs";
import { ServerProcess } from "./server-process.mjs";

const warmConnections = 200; // code and pools that the first connections bring are not charged to the 10,000

function loadOf(peer, scenario, times) {
  return { ...scenario.load, dialect: peer.dialect, ...times };
}

async function measureMemory(server, peer, scenario) {
  const { connections } = scenario.load;
  server.requireFiles(connections);
  const load = loadOf(peer, scenario, {});
  await hold(server, { ...load, connections: warmConnections }, () => {});
  const before = await server.memory();
  const held = await hold(server, load, () => server.memory());
  return {
    value: (held.rss - before.rss) / connections,
    heapBytes: (held.heapUsed + held.external - before.heapUsed - before.external) / connections,
    rssBytes: { empty: before.rss, held: held.rss },
  };
}

async function measureMemberships(server, peer, scenario) {
  const { memberships, rooms, ...load } = scenario.load;
  const run = () => server.task("memberships", { count: memberships, rooms });
  const { joined, joinUs, leaveUs, bytes } = await hold(server, loadOf(peer, { load }, {}), run);
  return { value: scenario.of === "bytes" ? bytes / joined : (joinUs + leaveUs) / joined };
}

function sampleOf(scenario, result) {
  const { completed, seconds, server, generator, latencyUs } = result;
  if (completed === 0) throw new Error("nothing was completed within the window");
  const cpu = (server.cpu * 1e6) / completed;
  return {
    value: scenario.measure === "latency" ? latencyUs.p50 : cpu,
    cpuUs: cpu,
    systemShare: server.system / Math.max(server.user + server.system, 0.01),
    perSecond: completed / seconds,
    latencyUs,
    // Busy: on its core or waiting for it. The rest of the time it had nothing to do.
    serverBusy: Math.min(1, (server.cpu + server.waited) / seconds),
    generatorBusy: 1 - Math.min(1, generator.idle / seconds),
    disturbed: Math.min(1, server.waited / seconds),
    completed,
    checked: result.checked,
  };
}

/** Throws when the server fails or a message is lost, repeated or wrong. */
export async function measure({ peer, scenario, node, times, flags }) {
  const { role, rooms } = scenario;
  const server = await ServerProcess.start({ peer, role, rooms, node, flags });
  try {
    if (scenario.measure === "memory") return await measureMemory(server, peer, scenario);
    if (scenario.measure === "memberships") return await measureMemberships(server, peer, scenario);
    return sampleOf(scenario, await generate(server, loadOf(peer, scenario, times)));
  } catch (error) {
    const complaint = server.complaint;
    throw complaint === "" ? error : new Error(`${error.message}\n${complaint}`, { cause: error });
  } finally {
    await server.stop();
  }
}
