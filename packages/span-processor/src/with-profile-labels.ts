import { context } from '@opentelemetry/api';
import { logger } from './logger.ts';
import { withLabels } from './profile-labels.ts';

/**
 * Runs `work` with labels of your own on every sample taken meanwhile, also in asynchronous work that it starts, inside
 * a span or not. They come on top of the labels around it, and those return afterwards.
 *
 * Keys are `[A-Za-z_][A-Za-z0-9_.]*`, at most 50 in a process; `service.name`, `span_id`, `trace_id`, `profile_id`, `span_name`,
 * `endpoint` and `thread.*` are reserved. Values of more than 256 characters, and the hundred-and-first
 * distinct value of a key and all later ones, become `__other__`. What does not fit these rules is left out with one warning, and `work` runs
 * all the same.
 *
 * @returns what `work` returns
 *
 * @example await withProfileLabels({ tenant: 'acme' }, () => handle(request));
 */
export function withProfileLabels<T>(labels: Readonly<Record<string, string | number | boolean>>, work: () => T): T {
  let labelled = context.active();
  try {
    labelled = withLabels(labelled, labels);
  } catch (error) {
    logger.error('Profile labels could not be set', error);
  }
  return context.with(labelled, work);
}
