import type { DiagLogger } from '@opentelemetry/api';
import { diag } from '@opentelemetry/api';

/** Silent at info level while all is well. */
export const logger: DiagLogger = diag.createComponentLogger({ namespace: '@flamespan/span-processor' });
