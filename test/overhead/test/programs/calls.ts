import { serveCalls } from '../../src/programs/serve-calls.ts';

serveCalls({ pid: process.pid }, {
  double: (value: number) => value * 2,
  node: () => process.versions.node,
  fail: () => {
    throw new Error('cannot do that');
  },
  never: () => new Promise(() => {}),
});
