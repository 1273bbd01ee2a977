import type { Finding } from '../../../../src/api/answers.ts';
import { hrefOf } from '../../router/href.ts';

/** Where a finding can be seen; null = here already. What is shown of something else than a trace stays shown. */
export function findingHref({ trace, span, scope, frame }: Pick<Finding, 'trace' | 'span' | 'scope' | 'frame'>, path: string, query: URLSearchParams): string | null {
  if (trace !== null) {
    const tracePath = `/trace/${encodeURIComponent(trace)}`;
    const kept = tracePath === path ? query : undefined;
    return hrefOf(tracePath, { span, scope: span === null ? null : scope, find: frame, zoom: null, ...(frame === null ? {} : { view: null }) }, kept);
  }
  return frame === null ? null : hrefOf(path, { find: frame, zoom: null }, query);
}
