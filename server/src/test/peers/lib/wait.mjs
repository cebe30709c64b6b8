// Bounded waiting. Nothing in these tests waits without a limit or sleeps for luck.

export const pause = (millis) => new Promise((done) => setTimeout(done, millis));

/**
 * Asks `probe` until it answers something truthy, and returns that. A probe that throws counts as
 * "not yet"; its last words go into the failure.
 */
export async function until(what, probe, { timeoutMillis = 10_000, everyMillis = 50 } = {}) {
  const deadline = performance.now() + timeoutMillis;
  let last;
  for (;;) {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) {
      throw new Error(`not within ${timeoutMillis} ms: ${what}; last seen: ${describe(last)}`);
    }
    await pause(everyMillis);
  }
}

/** `promise`, or a failure that says what did not come. */
export function within(timeoutMillis, what, promise) {
  let timer;
  const limit = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not within ${timeoutMillis} ms: ${what}`)), timeoutMillis);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

function describe(value) {
  if (value instanceof Error) return value.message;
  return JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? String(v) : v))?.slice(0, 1500);
}

/** Small seeded generator (mulberry32), so that a random run can be repeated by its seed. */
export function seeded(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  return { next, below: (n) => Math.floor(next() * n), pick: (list) => list[Math.floor(next() * list.length)] };
}
