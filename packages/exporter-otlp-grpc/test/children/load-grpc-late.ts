import { createRequire } from 'node:module';
import { OTLPProfileExporter } from '@flamespan/exporter-otlp-grpc';
import { profileFromStacks } from '@flamespan/profile/testing';

const { cache, resolve } = createRequire(import.meta.url);
const loaded = (): string => (cache[resolve('@grpc/grpc-js')] === undefined ? 'none' : 'loaded');

process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'a=b';
const exporter = new OTLPProfileExporter({ url: process.argv[2] as string });
console.log(`before: ${loaded()}`);
exporter.export(profileFromStacks('main;handler 1'), () => {
  console.log(`after: ${loaded()}`);
});
