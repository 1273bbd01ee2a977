import { DatadogProfileExporter } from '@flamespan/exporter-datadog';
import { profileFromStacks } from '@flamespan/profile/testing';

new DatadogProfileExporter({ agentUrl: process.argv[2] as string, timeoutMillis: Number(process.argv[3] ?? 20_000) }).export(profileFromStacks('main;handler 1'), ({ code, error }) => {
  console.log(error?.message.split(':')[0] ?? code);
});
