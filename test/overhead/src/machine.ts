import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { execFileSync } from 'node:child_process';
import { nodePath } from './nodes.ts';
import type { NodeMajor } from './nodes.ts';

/** What the figures were measured on. No names of hosts or paths. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly nodes: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, string>>;
}

const PACKAGES = [
  '@flamespan/span-processor', '@opentelemetry/api', '@opentelemetry/sdk-node', '@opentelemetry/sdk-trace', '@opentelemetry/instrumentation-http',
  '@opentelemetry/instrumentation-express', 'express', '@datadog/pprof', 'dd-trace', '@splunk/otel', '@pyroscope/nodejs',
];

export function describeMachine(nodes: readonly NodeMajor[]): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    nodes: Object.fromEntries(nodes.map((major) => [major, execFileSync(nodePath(major), ['--version'], { encoding: 'utf8' }).trim().slice(1)])),
    versions: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

/** Not every package exports its manifest: look for it where the module loader would. */
function versionOf(name: string): string {
  const [directory] = createRequire(import.meta.url).resolve.paths(name) ?? [];
  for (const path of createRequire(import.meta.url).resolve.paths(name) ?? [directory]) {
    try {
      return (JSON.parse(readFileSync(`${path}/${name}/package.json`, 'utf8')) as { version: string }).version;
    } catch {
      // The next directory up.
    }
  }
  throw new Error(`${name} is not installed: run \`npx -y pnpm@12.21.0 install\``);
}
