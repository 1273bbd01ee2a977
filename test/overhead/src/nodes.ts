import { nodeRows, NODES_PINNED } from '../../compat/src/node-versions.ts';

/** On 24, the Node of the scripts, everything is measured. */
export const NODE_MAJORS = ['24', '26'] as const;
export type NodeMajor = (typeof NODE_MAJORS)[number];

/** Both come as npm packages, see test/compat; elsewhere than on Linux the Node that runs this stands in for 24. */
export function nodePath(major: NodeMajor): string {
  if (!NODES_PINNED) {
    if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
    throw new Error(`Node ${major} comes as an npm package for Linux only: run this with Node ${major}, and with --node ${major}.`);
  }
  const row = nodeRows().find(({ name }) => name === `Node ${major}`);
  if (row === undefined) throw new Error(`test/compat has no Node ${major}`);
  return row.execPath;
}
