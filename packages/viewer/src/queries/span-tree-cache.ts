import type { Store } from '../store/store.ts';
import type { StoredTrace } from '../store/trace.ts';
import type { SpanNode } from './span-tree.ts';
import { buildSpanTree } from './span-tree.ts';

interface LastTrace {
  readonly trace: StoredTrace;
  readonly spans: number;
  readonly nodes: readonly SpanNode[];
}

// One for each store: who looks at a trace asks for it several times.
const lastTraces = new WeakMap<Store, LastTrace>();

/** `buildSpanTree` of a trace that is held. */
export function spanTreeOf(store: Store, trace: StoredTrace): readonly SpanNode[] {
  const last = lastTraces.get(store);
  if (last?.trace === trace && last.spans === trace.spans.size) return last.nodes;
  const nodes = buildSpanTree(trace.spans);
  lastTraces.set(store, { trace, spans: trace.spans.size, nodes });
  return nodes;
}
