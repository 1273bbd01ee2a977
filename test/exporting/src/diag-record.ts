import { diag, DiagLogLevel } from '@opentelemetry/api';
import { onTestFinished } from 'vitest';

export interface Logged {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  readonly text: string;
}

/** Everything that `diag` is told until the end of the test, the namespace in front. */
export function recordDiag(): Logged[] {
  const logged: Logged[] = [];
  const at = (level: Logged['level']) => (...parts: unknown[]): void => {
    logged.push({ level, text: parts.map(String).join(' ') });
  };
  diag.setLogger({ error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug'), verbose: at('debug') }, { logLevel: DiagLogLevel.ALL, suppressOverrideMessage: true });
  onTestFinished(() => {
    diag.disable();
  });
  // setLogger itself may report.
  logged.length = 0;
  return logged;
}
