import type { EndpointRow } from '../../../../src/api/answers.ts';

/** Endpoints by name, and the service whose they are; `''` = those of all services. */
export interface EndpointChoice {
  readonly service: string;
  readonly endpoints: readonly string[];
}

/** What tells one row of the table from another. */
export type EndpointOfService = Pick<EndpointRow, 'service' | 'endpoint'>;

export function isChosen({ service, endpoints }: EndpointChoice, row: EndpointOfService): boolean {
  return endpoints.includes(row.endpoint) && (service === '' || row.service === service);
}

/** This row alone; none where it is alone already. */
export function choiceOfOne(choice: EndpointChoice, rows: readonly EndpointOfService[], row: EndpointOfService): EndpointChoice {
  const service = serviceFor(choice, rows, row);
  const isAlone = service === choice.service && choice.endpoints.length === 1 && choice.endpoints[0] === row.endpoint;
  return isAlone ? { ...choice, endpoints: [] } : { service, endpoints: [row.endpoint] };
}

/** This row beside those that are chosen, as far as they are of its service where that has to be chosen. */
export function choiceWith(choice: EndpointChoice, rows: readonly EndpointOfService[], row: EndpointOfService): EndpointChoice {
  const service = serviceFor(choice, rows, row);
  const kept = choice.endpoints.filter((name) => name !== row.endpoint && (service === choice.service || rows.some((other) => other.service === service && other.endpoint === name)));
  return { service, endpoints: [...kept, row.endpoint] };
}

export function choiceWithout(choice: EndpointChoice, { endpoint }: EndpointOfService): EndpointChoice {
  return { ...choice, endpoints: choice.endpoints.filter((name) => name !== endpoint) };
}

/** Endpoints are chosen by name: where another service has one of the same name, only the service tells them apart. */
function serviceFor(choice: EndpointChoice, rows: readonly EndpointOfService[], { service, endpoint }: EndpointOfService): string {
  return choice.service !== '' || rows.some((other) => other.endpoint === endpoint && other.service !== service) ? service : '';
}
