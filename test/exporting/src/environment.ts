import { onTestFinished } from 'vitest';

/** Sets environment variables until the end of the test. */
export function setEnvironment(variables: Readonly<Record<string, string>>): void {
  const before = new Map(Object.keys(variables).map((name) => [name, process.env[name]]));
  Object.assign(process.env, variables);
  onTestFinished(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}
