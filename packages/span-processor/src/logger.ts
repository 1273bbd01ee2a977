import type { DiagLogger } from '@opentelemetry/api';
import { diag } from '@opentelemetry/api';

const component = diag.createComponentLogger({ namespace: '@flamespan/span-processor' });

/** Silent at info level while all is well. A logger of the application's that throws is not the application's trouble. */
export const logger: DiagLogger = {
  error: (...args) => quietly(() => component.error(...args)),
  warn: (...args) => quietly(() => component.warn(...args)),
  info: (...args) => quietly(() => component.info(...args)),
  debug: (...args) => quietly(() => component.debug(...args)),
  verbose: (...args) => quietly(() => component.verbose(...args)),
};

function quietly(log: () => void): void {
  try {
    log();
  } catch {
    // There is nobody left to tell.
  }
}
