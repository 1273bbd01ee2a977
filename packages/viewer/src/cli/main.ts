#!/usr/bin/env node
/** The command line of the package: `flamespan-viewer` and `flamespan` are the same program. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 15)) {
  console.error(`The Flamespan viewer needs Node.js 22.15 or newer; this is ${process.versions.node}.`);
  process.exitCode = 1;
} else {
  const { run } = await import('./run.ts');
  process.exitCode = await run(process.argv.slice(2));
}
export {};
