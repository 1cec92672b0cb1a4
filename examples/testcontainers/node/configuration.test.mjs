// The configuration of the container, without a container engine.
import assert from 'node:assert/strict';
import test from 'node:test';

import { ENVIRONMENT, mockContainer, PORT } from './container.mjs';

test('the container waits for its health check and has a control API', () => {
  const made = mockContainer();
  assert.equal(made.imageName.string, 'aiimage-mock:latest');
  assert.deepEqual(made.exposedPorts, [PORT]);
  assert.deepEqual(made.environment, ENVIRONMENT);
  assert.equal(made.waitStrategy.constructor.name, 'HealthCheckWaitStrategy');
});
