import { address, changeQuery } from '../router/address.ts';

/** What the reader chose in a flame graph and its tables, as it stands in the address. */
export interface FlameAddress {
  readonly search: string;
  readonly inverted: boolean;
  readonly hideLibraries: boolean;
  /** `frameText` of the function that alone is shown. */
  readonly only: string | null;
  /** Node key. */
  readonly zoom: string | null;
  readonly table: 'functions' | 'packages';
  readonly sort: string | null;
}

export function flameAddress(query: URLSearchParams = address.value.query): FlameAddress {
  return {
    search: query.get('find') ?? '',
    inverted: query.get('stacks') === 'callers',
    hideLibraries: query.get('libraries') === 'hidden',
    only: query.get('function'),
    zoom: query.get('zoom'),
    table: query.get('table') === 'packages' ? 'packages' : 'functions',
    sort: query.get('functions'),
  };
}

/** Changes what is given. What a zoom was in is gone once the tree is another one. */
export function changeFlames(changes: Partial<FlameAddress>, replace = false): void {
  const { search, inverted, hideLibraries, only, zoom, table, sort } = changes;
  const isOtherTree = inverted !== undefined || hideLibraries !== undefined || only !== undefined;
  changeQuery({
    ...(search !== undefined && { find: search || null }),
    ...(inverted !== undefined && { stacks: inverted ? 'callers' : null }),
    ...(hideLibraries !== undefined && { libraries: hideLibraries ? 'hidden' : null }),
    ...(only !== undefined && { function: only }),
    ...(isOtherTree && { zoom: null }),
    ...(zoom !== undefined && { zoom }),
    ...(table !== undefined && { table: table === 'functions' ? null : table, functions: null }),
    ...(sort !== undefined && { functions: sort }),
  }, { replace });
}

/** Parameters to remove where another selection makes them meaningless. */
export const NO_FLAME_STATE = { find: null, function: null, zoom: null, stacks: null } as const;
