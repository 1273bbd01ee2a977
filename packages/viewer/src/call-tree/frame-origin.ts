import type { FrameOrigin } from './call-tree.ts';

/** Whether a file belongs to the application: not to Node.js, not to a dependency, not to the engine. */
export function isOwnFile(filename: string): boolean {
  return filename !== '' && !filename.startsWith('node:') && !IN_DEPENDENCY.test(filename);
}

const IN_DEPENDENCY = /(?:^|[/\\])node_modules[/\\]/;
/** The innermost package, so that the stores of package managers are looked through. */
const PACKAGE = /.*(?:^|[/\\])node_modules[/\\](@[^/\\]+[/\\][^/\\]+|[^/\\]+)/;
/** `fs` of `node:fs/promises`, `crypto` of `node:internal/crypto/hash`, `http` of `node:_http_server`. */
const RUNTIME_MODULE = /^node:(?:internal\/(?:deps\/)?)?_?([a-z0-9]+)/;

/** Whose code a frame is, by its file; frames without one are the engine's, builtin functions among them. */
export function originOf(name: string, filename: string): { readonly origin: FrameOrigin; readonly packageName: string } {
  if (filename === '') return { origin: name === 'Node.js' ? 'runtime' : 'engine', packageName: '' };
  if (filename.startsWith('node:')) return { origin: 'runtime', packageName: runtimeModule(filename) };
  const packageName = PACKAGE.exec(filename)?.[1];
  return packageName === undefined ? { origin: 'own', packageName: '' } : { origin: 'library', packageName: packageName.replace('\\', '/') };
}

function runtimeModule(filename: string): string {
  const name = RUNTIME_MODULE.exec(filename)?.[1];
  return name === undefined ? 'node:' : `node:${name}`;
}
