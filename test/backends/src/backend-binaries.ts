import { fileURLToPath } from 'node:url';
import type { BinaryRecipe } from './binary-cache.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The module directory whose `go` line decides on the Go version. */
export const goModuleDirectory: string = path('../pyroscope');

export const collectorRecipe: BinaryRecipe = {
  name: 'otelcol',
  title: 'OpenTelemetry Collector 0.162.0',
  firstBuild: 'about 2 minutes',
  inputs: [path('../collector/builder.yaml')],
  command: ['go', 'run', 'go.opentelemetry.io/collector/cmd/builder@v0.162.0', '--config', 'builder.yaml'],
  env: { CGO_ENABLED: '0', GOWORK: 'off' },
  output: 'dist/otelcol',
};

export const pyroscopeRecipe: BinaryRecipe = {
  name: 'pyroscope',
  title: 'Pyroscope 1.21.0',
  firstBuild: 'about 5 minutes',
  inputs: [path('../pyroscope/go.mod'), path('../pyroscope/go.sum'), path('../pyroscope/tools.go')],
  command: ['go', 'build', '-tags', 'netgo', '-o', 'pyroscope', 'github.com/grafana/pyroscope/cmd/pyroscope'],
  env: { CGO_ENABLED: '0', GOWORK: 'off' },
  output: 'pyroscope',
};
