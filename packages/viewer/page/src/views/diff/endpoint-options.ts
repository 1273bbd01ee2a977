import { endpointName, endpointsText } from '../endpoints/endpoint-name.ts';

/** What to compare, as options of a select in which `''` stands for all endpoints; no endpoint has such a name. */
const UNNAMED_WORK = '\0';
const SEVERAL = '\0\0';

export interface EndpointOption {
  readonly value: string;
  readonly label: string;
}

/** Of the endpoints that are held, work for none, and several where an address chose them. */
export function endpointOptions(held: readonly string[], chosen: readonly string[]): EndpointOption[] {
  return [
    ...(chosen.length > 1 ? [{ value: SEVERAL, label: endpointsText(chosen) }] : []),
    ...held.map((endpoint) => ({ value: endpoint, label: endpoint })),
    { value: UNNAMED_WORK, label: endpointName('') },
  ];
}

export function optionOf(chosen: readonly string[]): string {
  if (chosen.length > 1) return SEVERAL;
  return chosen[0] === '' ? UNNAMED_WORK : chosen[0] ?? '';
}

/** What an option other than {@link SEVERAL} stands for in the address; null = all. */
export function endpointOf(option: string | null): string | null {
  return option === UNNAMED_WORK ? '' : option;
}
