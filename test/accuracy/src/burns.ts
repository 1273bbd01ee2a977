import type { Span } from '@opentelemetry/api';
import { trace } from '@opentelemetry/api';
import { runInThisContext } from 'node:vm';

/** What the samples of one burst must say. `spanId` is `''` where no span is active. */
export interface Burn {
  readonly spanId: string;
  /** The endpoint that the structure of the program gives; undefined where only the span itself can tell. */
  readonly endpoint: string | undefined;
  readonly startUnixMillis: number;
  readonly endUnixMillis: number;
}

type NamedFunction = (spin: (millis: number) => number, millis: number) => number;

/** Two bursts in the same function lie this many bursts of their kind apart, so that the sample's time tells them apart. */
const FUNCTIONS_PER_KIND = 8;

/** Burns CPU in functions that are named for the kind of continuation, and remembers which span was the active one. */
export class BurnLog {
  readonly #functions = new Map<string, { readonly all: readonly NamedFunction[]; next: number }>();
  readonly #burns = new Map<string, { readonly kind: string; readonly burns: Burn[] }>();
  readonly #contradictions = new Set<string>();

  /** By function name. */
  get burns(): ReadonlyMap<string, { readonly kind: string; readonly burns: readonly Burn[] }> {
    return this.#burns;
  }

  /** Where OpenTelemetry itself reported another span than the program expects: a wrong test, or a changed application. */
  get contradictions(): readonly string[] {
    return [...this.#contradictions];
  }

  /** `expected` undefined: no span may be active; `'reported'`: the one that OpenTelemetry reports. */
  burn(kind: string, millis: number, expected: Span | undefined | 'reported', endpoint: string | undefined): void {
    const reported = spanIdOf(trace.getActiveSpan());
    const spanId = expected === 'reported' ? reported : spanIdOf(expected);
    if (spanId !== reported) this.#contradictions.add(`${kind}: OpenTelemetry reports ${reported || 'no span'}, not ${spanId || 'no span'}`);
    const functions = this.#functionsOf(kind);
    const burnNamed = functions.all[functions.next++ % functions.all.length];
    if (burnNamed === undefined) throw new Error(`no function for ${kind}`);
    const startUnixMillis = unixMillis();
    burnNamed(spin, millis);
    const burn: Burn = {
      spanId, endpoint: expected === 'reported' ? undefined : endpoint, startUnixMillis, endUnixMillis: unixMillis(),
    };
    this.#burns.get(burnNamed.name)?.burns.push(burn);
  }

  #functionsOf(kind: string): { readonly all: readonly NamedFunction[]; next: number } {
    const known = this.#functions.get(kind);
    if (known !== undefined) return known;
    const functions = { all: namedFunctions(kind), next: 0 };
    this.#functions.set(kind, functions);
    for (const { name } of functions.all) this.#burns.set(name, { kind, burns: [] });
    return functions;
  }
}

/** Separate sources: closures of one source would share their name. */
function namedFunctions(kind: string): NamedFunction[] {
  if (!/^[a-zA-Z0-9]+$/.test(kind)) throw new Error(`not a kind: ${kind}`);
  return Array.from({ length: FUNCTIONS_PER_KIND }, (_, index) =>
    runInThisContext(`(function burn_${kind}_${index}(spin, millis) { return spin(millis) + 1; })`, { filename: `burn_${kind}.js` }) as NamedFunction);
}

function spin(millis: number): number {
  const end = performance.now() + millis;
  let value = 1;
  while (performance.now() < end) {
    for (let i = 0; i < 200; i++) value = Math.sqrt(value + i);
  }
  return value;
}

function unixMillis(): number {
  return performance.timeOrigin + performance.now();
}

function spanIdOf(span: Span | undefined): string {
  return span?.spanContext().spanId ?? '';
}
