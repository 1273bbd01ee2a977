import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A Node and the flags it runs with. */
export interface NodeRow {
  readonly name: string;
  readonly execPath: string;
  readonly execArgv: readonly string[];
}

const require = createRequire(import.meta.url);

/** The Nodes come as npm packages, pinned in this package's manifest; there are such for Linux only. */
function pinnedNode(major: 22 | 24 | 26): string {
  return join(dirname(require.resolve(`node-${major}-linux-${process.arch}/package.json`)), 'bin', 'node');
}

export const NODES_PINNED = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');

/** Every supported Node, with AsyncContextFrame and without where both exist. */
export function nodeRows(): readonly NodeRow[] {
  const row = (major: 22 | 24 | 26, ...execArgv: string[]): NodeRow =>
    ({ name: ['Node', major, ...execArgv].join(' '), execPath: pinnedNode(major), execArgv });
  return [
    row(22), row(22, '--experimental-async-context-frame'),
    row(24), row(24, '--no-async-context-frame'),
    row(26),
  ];
}
