// Promises in milliseconds, kept on machines that stand still now and then.
import { Worker } from 'node:worker_threads';

/** A machine that lets nobody run for so long breaks promises of half a second that the server kept. */
const STALL_MILLIS = 200;

// Sleeps 20 ms at a time and notes the longest time that it was not woken: nothing else runs in that thread.
const heartbeat = `
  const { workerData } = require('node:worker_threads');
  const longest = new Int32Array(workerData);
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (let last = performance.now(); ; ) {
    Atomics.wait(never, 0, 0, 20);
    const now = performance.now();
    const late = Math.round(now - last) - 20;
    last = now;
    if (late > Atomics.load(longest, 0)) Atomics.store(longest, 0, late);
  }`;

let longest;

function watch() {
  if (longest) return;
  longest = new Int32Array(new SharedArrayBuffer(4));
  new Worker(heartbeat, { eval: true, workerData: longest.buffer }).unref();
}

/**
 * A test whose bounds are so tight that they mean nothing on a machine that stood still meanwhile: if it was seen to,
 * and the test failed, it is repeated once, and says so.
 */
export const unlessStalled = (body) => async (test) => {
  watch();
  Atomics.store(longest, 0, 0);
  try {
    await body(test);
  } catch (error) {
    const stalled = Atomics.load(longest, 0);
    if (stalled < STALL_MILLIS) throw error;
    test.diagnostic(`once more, because the machine stood still for ${stalled} ms: ${error.message}`);
    await body(test);
  }
};
