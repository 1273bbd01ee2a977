/** The functions of a made-up program and who calls whom. */
export interface SyntheticProgram {
  readonly functions: readonly { readonly name: string; readonly filename: string; readonly startLine: number }[];
  /** Where a stack begins. `choice` is in [0, 1). */
  root(choice: number): number;
  /** Whom a function calls: for a small `choice` its favourite. */
  callee(caller: number, choice: number): number;
}

const ROOTS = ['processTicksAndRejections', 'listOnTimeout', 'onParserExecuteCommon', 'onStreamRead', 'processImmediate', 'afterWrite'];
const VERBS = ['get', 'set', 'parse', 'read', 'write', 'resolve', 'handle', 'create', 'update', 'find', 'encode', 'decode', 'run', 'apply', 'merge', 'validate'];
const NOUNS = [
  'User', 'Order', 'Query', 'Row', 'Result', 'Request', 'Response', 'Stream', 'Buffer', 'Token', 'Field', 'Schema', 'Layer', 'Route', 'Cache', 'Entry',
  'Connection', 'Pool', 'Socket', 'Frame', 'Header', 'Body', 'Session', 'Cookie', 'Template', 'Node', 'Tree', 'Visitor', 'Plugin', 'Config',
];
const PACKAGES = [
  'express', 'body-parser', 'pg', 'pg-protocol', 'ioredis', 'lodash', 'ajv', 'jsonwebtoken', 'handlebars', 'knex', '@grpc/grpc-js', 'protobufjs', 'undici',
  'zod', 'graphql', '@apollo/server', 'mongodb', 'bson', 'winston', 'pino',
];
const FUNCTIONS_OF_FILE = 9;
const CALL_SITES = 5;

export function createSyntheticProgram(size: number, random: () => number): SyntheticProgram {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const files: string[] = [];
  const functions: { name: string; filename: string; startLine: number }[] = ROOTS.map((name, i) => ({
    name, filename: i % 2 === 0 ? 'node:internal/process/task_queues' : 'node:internal/timers', startLine: 70 + 40 * i,
  }));
  for (let startLine = 1; functions.length < size;) {
    if (functions.length % FUNCTIONS_OF_FILE === 0 || files.length === 0) {
      const stem = `${pick(NOUNS).toLowerCase()}-${pick(NOUNS).toLowerCase()}`;
      files.push(random() < 0.3 ? `/srv/shop/src/${pick(NOUNS).toLowerCase()}s/${stem}.js` : `/srv/shop/node_modules/${pick(PACKAGES)}/lib/${stem}.js`);
      startLine = 1;
    }
    startLine += 3 + Math.floor(random() * 60);
    const name = random() < 0.1 ? '(anonymous)' : `${pick(VERBS)}${pick(NOUNS)}${random() < 0.4 ? pick(NOUNS) : ''}`;
    functions.push({ name, filename: files.at(-1) as string, startLine });
  }
  const callees = Int32Array.from({ length: functions.length * CALL_SITES }, () => ROOTS.length + Math.floor(random() * (functions.length - ROOTS.length)));
  return {
    functions,
    root: (choice) => Math.floor(choice ** 2 * ROOTS.length),
    callee: (caller, choice) => callees[caller * CALL_SITES + Math.floor(choice * CALL_SITES)] as number,
  };
}
