/** A service of an example, in a process of its own. */
export interface DemoService {
  /** Its `OTEL_SERVICE_NAME`. */
  readonly name: string;
  /**
   * Node.js arguments. The service takes its port from `PORT`, says `listening on <address>` when it is ready, and
   * flushes its telemetry and ends on SIGTERM.
   */
  readonly arguments: readonly string[];
  /** Environment variable that takes the address of the service before this one in the list. */
  readonly upstreamVariable?: string;
}

/** An example that the demo can run: servers in processes of their own, and something that sends requests to them. */
export interface Demo {
  readonly name: string;
  readonly description: string;
  /** Where its processes run. */
  readonly directory: URL;
  /** In the order in which they start; the last one gets the requests. */
  readonly services: readonly [DemoService, ...DemoService[]];
  /** Node.js arguments of the load generator, which ends by itself after `seconds`. */
  loadArguments(url: string, seconds: number): readonly string[];
}

const instrumented = ['--import', './src/instrumentation.ts'];
const loadArguments: Demo['loadArguments'] = (url, seconds) => ['src/load.ts', '--url', url, '--seconds', String(seconds)];

export const DEMOS: readonly Demo[] = [
  {
    name: 'express',
    description: 'a small shop on Express 5 with an embedded SQLite database',
    directory: new URL('.', import.meta.resolve('@flamespan/example-express/package.json')),
    services: [{ name: 'shop', arguments: [...instrumented, 'src/server.ts'] }],
    loadArguments,
  },
  {
    name: 'grpc',
    description: 'an Express front that calls a gRPC service: traces across two processes',
    directory: new URL('.', import.meta.resolve('@flamespan/example-grpc/package.json')),
    services: [
      { name: 'shop-cart', arguments: [...instrumented, 'src/server.ts'] },
      { name: 'shop-front', arguments: [...instrumented, 'src/front.ts'], upstreamVariable: 'CART_ADDRESS' },
    ],
    loadArguments,
  },
];
