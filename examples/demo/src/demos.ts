/** An example that the demo can run: a server in its own process, and something that sends requests to it. */
export interface Demo {
  readonly name: string;
  readonly description: string;
  /** Where its processes run. */
  readonly directory: URL;
  /**
   * Node.js arguments of the server. It takes its port from `PORT`, says `listening on <url>` when it is ready, and
   * flushes its telemetry and ends on SIGTERM.
   */
  readonly serverArguments: readonly string[];
  /** Node.js arguments of the load generator, which ends by itself after `seconds`. */
  loadArguments(url: string, seconds: number): readonly string[];
}

export const DEMOS: readonly Demo[] = [
  {
    name: 'express',
    description: 'a small shop on Express 5 with an embedded SQLite database',
    directory: new URL('.', import.meta.resolve('@flamespan/example-express/package.json')),
    serverArguments: ['--import', './src/instrumentation.ts', 'src/server.ts'],
    loadArguments: (url, seconds) => ['src/load.ts', '--url', url, '--seconds', String(seconds)],
  },
];
