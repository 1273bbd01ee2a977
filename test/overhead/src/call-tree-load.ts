/**
 * A load whose call tree has a known shape: tasks that go down one of `paths` call paths of `depth` functions each and
 * burn CPU at the end. Two paths share little more than their first frames, so a sampler that has seen n samples has
 * met about `paths * (1 - exp(-n / paths))` paths, and its call tree has `depth` nodes for each.
 */
export interface CallTreeShape {
  /** Distinct call paths. */
  readonly paths: number;
  /** Functions on a path, without those of the load itself. */
  readonly depth: number;
}

/** Shapes by name; the number of nodes is that after one minute at 99 Hz on a busy thread. */
export const CALL_TREE_SHAPES = {
  /** Some 1 000 nodes, as a small service has. */
  small: { paths: 50, depth: 18 },
  /** Some 10 000 nodes. */
  medium: { paths: 500, depth: 18 },
  /** Some 45 000 nodes, and 2 000 new ones in the first second. */
  large: { paths: 2_500, depth: 18 },
} as const satisfies Record<string, CallTreeShape>;

export interface CallTreeLoad {
  /** Goes down a path that a seeded generator chooses and burns CPU for `micros` at its end. */
  task(micros: number): void;
}

type PathFunction = (path: Int32Array, position: number, micros: number) => void;

/** Distinct functions; each path is a sequence of them. */
const FUNCTIONS = 211;

/** The same shape and seed give the same sequence of paths. */
export function createCallTreeLoad({ paths, depth }: CallTreeShape, seed = 1): CallTreeLoad {
  const random = seededRandom(seed);
  const functions: PathFunction[] = [];
  for (let index = 0; index < FUNCTIONS; index++) functions.push(pathFunction(`step${index}`, functions));
  const routes = Array.from({ length: paths }, () => Int32Array.from({ length: depth }, () => Math.floor(random() * FUNCTIONS)));
  return {
    task(micros) {
      const route = routes[Math.floor(random() * paths)] as Int32Array;
      (functions[route[0] as number] as PathFunction)(route, 1, micros);
    },
  };
}

/** A function of its own for V8, with a name of its own, that cannot be inlined into its caller. */
function pathFunction(name: string, functions: readonly PathFunction[]): PathFunction {
  // oxlint-disable-next-line typescript/no-implied-eval -- the only way to many functions that V8 keeps apart
  const create = new Function(
    'functions', 'burn',
    `return function ${name}(path, position, micros) {
      if (position < path.length) functions[path[position]](path, position + 1, micros);
      else burn(micros);
    }`,
  ) as (functions: readonly PathFunction[], burn: (micros: number) => void) => PathFunction;
  return create(functions, burn);
}

/** What the work consists of: a little garbage and arithmetic, checked against the clock. */
function burn(micros: number): void {
  const until = performance.now() + micros / 1_000;
  let values: number[] = [];
  do {
    values = [];
    for (let index = 0; index < 20; index++) values.push(Math.sqrt(index + values.length));
  } while (performance.now() < until);
}

/** Mulberry32. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b_79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
