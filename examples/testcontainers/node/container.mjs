// The mock in a container, by testcontainers. The image is built with: docker build -t aiimage-mock .
import { GenericContainer, Wait } from 'testcontainers';

export const PORT = 8010;
export const ENVIRONMENT = {
  AIIMAGE_MOCK_ADMIN_TOKEN: 'a-secret', // without it there is no control API
  AIIMAGE_MOCK_GENERATION_TIME: '0',
};

/** Return a container that is ready when the health check of its image passes. */
export function mockContainer() {
  return new GenericContainer('aiimage-mock')
    .withExposedPorts(PORT)
    .withEnvironment(ENVIRONMENT)
    .withWaitStrategy(Wait.forHealthCheck())
    .withStartupTimeout(60_000);
}

export function originOf(container) {
  return `http://${container.getHost()}:${container.getMappedPort(PORT)}`;
}

/** Call the control API of the mock at an origin, and return the JSON of its reply. */
export async function control(origin, method, path, body) {
  const headers = { Authorization: `Bearer ${ENVIRONMENT.AIIMAGE_MOCK_ADMIN_TOKEN}` };
  const reply = await fetch(`${origin}/_mock${path}`, { method, headers, body: body && JSON.stringify(body) });
  const content = await reply.json();
  if (!reply.ok) throw new Error(content.message);
  return content;
}
