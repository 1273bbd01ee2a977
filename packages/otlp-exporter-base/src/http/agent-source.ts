import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';

/**
 * Makes the agent that requests go through, for instance one that knows a proxy. `protocol` is `'http:'` or
 * `'https:'`. Import `node:http` and `node:https` inside the function, not at the top of the file: loaded too early,
 * they escape `@opentelemetry/instrumentation-http`.
 */
export type HttpAgentFactory = (protocol: string) => HttpAgent | HttpsAgent | Promise<HttpAgent> | Promise<HttpsAgent>;

/** One agent for all requests. */
export interface AgentSource {
  /** Rejects with what the factory throws; it is asked again next time. */
  load(): Promise<HttpAgent | undefined>;
  /** Closes the connections that are kept, unless the agent is the user's. Never rejects. */
  close(): Promise<void>;
}

/** @param foreign - the agent comes from a function of the user, so that its sockets are not ours to close */
export function createAgentSource(factory: () => HttpAgent | undefined | Promise<HttpAgent | undefined>, foreign: boolean): AgentSource {
  let agent: Promise<HttpAgent | undefined> | undefined;
  return {
    async load() {
      // A factory that throws at once must reject as well.
      agent ??= (async () => factory())();
      try {
        return await agent;
      } catch (error) {
        agent = undefined;
        throw error;
      }
    },
    async close() {
      if (foreign) return;
      try {
        (await agent)?.destroy();
      } catch {
        // There is no agent to close.
      }
    },
  };
}
