import { DatadogProfileExporter } from '@flamespan/exporter-datadog';
import { profileFromStacks } from '@flamespan/profile/testing';

/** Node's own list of the built-in modules it has loaded. */
const { moduleLoadList } = process as unknown as { moduleLoadList: readonly string[] };
const loaded = (): string => (moduleLoadList.some((name) => /^NativeModule (?:_http_client|https?)$/.test(name)) ? 'loaded' : 'none');

const exporter = new DatadogProfileExporter({ agentUrl: process.argv[2] as string });
console.log(`before: ${loaded()}`);
exporter.export(profileFromStacks('main;handler 1'), () => {
  console.log(`after: ${loaded()}`);
});
