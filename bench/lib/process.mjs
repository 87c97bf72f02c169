// What the kernel knows about a process.
import fs from "node:fs";

/**
 * The CPU time of one thread in ns, from whichever file this kernel has.
 *
 * @type {((dir: string) => number)[]}
 */
const sources = [
  (dir) => Number(/^\d+/.exec(read(`${dir}/schedstat`))?.[0]),
  (dir) => Number(/^se\.sum_exec_runtime\s*:\s*([\d.]+)/m.exec(read(`${dir}/sched`))?.[1]) * 1e6,
];

/** @param {string} file */
function read(file) {
  try {
    return fs.readFileSync(file, "latin1");
  } catch {
    return "";
  }
}

/** @param {number | undefined} pid */
function threads(pid) {
  try {
    return fs.readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

const source = sources.find((nanoseconds) => nanoseconds("/proc/self/task/" + process.pid) > 0);

/** Whether CPU time can be measured here: the files are Linux's. */
export const canMeasure = source !== undefined;

/**
 * CPU time of each thread of a process, in ns. Not the ticks of /proc/PID/stat: those are 10 ms.
 *
 * @param {number | undefined} pid
 */
export function cpu(pid) {
  return new Map(threads(pid).map((id) => [id, source?.(`/proc/${pid}/task/${id}`) || 0]));
}

/**
 * CPU time between two calls of `cpu`, in µs. A thread that ended in between is left out.
 *
 * @param {Map<string, number>} before
 * @param {Map<string, number>} after
 */
export function spent(before, after) {
  let sum = 0;
  for (const [id, time] of after) sum += time - (before.get(id) ?? 0);
  return sum / 1000;
}

/**
 * Resident memory of a process, in MB.
 *
 * @param {number | undefined} pid
 */
export function memory(pid) {
  return Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? NaN) / 1024;
}
