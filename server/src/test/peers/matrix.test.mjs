// Two real Synapse homeservers in front of the token service.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startHomeservers } from './lib/homeservers.mjs';
import { synapse } from './lib/python.mjs';
import { skipUnless, skipUnlessServing } from './lib/server.mjs';
import { until } from './lib/wait.mjs';

const problem = synapse.prepare();
const skip = skipUnlessServing || skipUnless(!problem, `no Synapse here: ${problem}`);

describe('Two homeservers', { skip }, () => {
  let homeservers;

  before(async () => {
    assert.equal(problem, undefined);
    homeservers = await startHomeservers();
  });
  after(() => homeservers?.stop());

  it('federate: somebody of one joins a room of the other', async () => {
    const { alpha, beta } = homeservers;
    const [alice, bob] = [await alpha.register('alice'), await beta.register('bob')];
    const room = await alice.createRoom({ preset: 'public_chat' });
    await bob.join(room, alpha.name);
    await until('alice sees bob', async () => (await alice.members(room)).includes(bob.id));
  });
});
