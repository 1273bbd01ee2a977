/** Pyroscope's querier over Connect JSON, as of 1.21. Times are milliseconds since the Unix epoch. */
export interface PyroscopeQueries {
  /** Values that `label` has in any series. */
  labelValues(label: string): Promise<readonly string[]>;
  /** Label sets of the series of a service. */
  series(service: string): Promise<readonly Readonly<Record<string, string>>[]>;
  /** All samples of a service. */
  mergeStacktraces(profileType: string, service: string): Promise<FlameGraph>;
  /** The samples of the given spans of a service. */
  mergeSpanProfile(profileType: string, service: string, spanIds: readonly string[]): Promise<FlameGraph>;
  /** Pyroscope's own metrics about samples that it did not take, such as too many labels. */
  discarded(): Promise<readonly string[]>;
}

export interface FlameGraph {
  readonly total: bigint;
  readonly functionNames: readonly string[];
}

interface FlameGraphAnswer {
  readonly flamegraph?: { readonly names?: readonly string[]; readonly total?: string | number };
}

/** @param range - what is looked at in every query */
export function createPyroscopeQueries(url: string, range: { readonly start: number; readonly end: number }): PyroscopeQueries {
  const ask = async <T>(method: string, question: object): Promise<T> => {
    const response = await fetch(`${url}/querier.v1.QuerierService/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...range, ...question }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Pyroscope answered ${response.status} to ${method}: ${text.slice(0, 500)}`);
    return JSON.parse(text) as T;
  };
  const selection = (profileType: string, service: string): object => ({
    profile_typeID: profileType,
    label_selector: `{service_name=${JSON.stringify(service)}}`,
    max_nodes: 1 << 20, // otherwise small frames are merged into "other"
  });
  const flameGraph = ({ flamegraph }: FlameGraphAnswer): FlameGraph => ({
    total: BigInt(flamegraph?.total ?? 0),
    functionNames: flamegraph?.names ?? [],
  });
  return {
    labelValues: async (label) => (await ask<{ names?: string[] }>('LabelValues', { name: label })).names ?? [],
    series: async (service) => {
      const { labelsSet = [] } = await ask<{ labelsSet?: { labels: { name: string; value: string }[] }[] }>('Series', {
        matchers: [`{service_name=${JSON.stringify(service)}}`],
      });
      return labelsSet.map(({ labels }) => Object.fromEntries(labels.map(({ name, value }) => [name, value])));
    },
    mergeStacktraces: async (profileType, service) => flameGraph(await ask('SelectMergeStacktraces', selection(profileType, service))),
    mergeSpanProfile: async (profileType, service, spanIds) =>
      flameGraph(await ask('SelectMergeSpanProfile', { ...selection(profileType, service), span_selector: spanIds })),
    discarded: async () => (await (await fetch(`${url}/metrics`)).text()).split('\n').filter((line) => line.startsWith('pyroscope_discarded_')),
  };
}
