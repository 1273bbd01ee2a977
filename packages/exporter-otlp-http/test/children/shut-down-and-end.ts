import { OTLPProfileExporter } from '@flamespan/exporter-otlp-http';
import { profileFromStacks } from '@flamespan/profile/testing';

// Waits for headers that never come: no socket keeps the process.
const exporter = new OTLPProfileExporter({ url: process.argv[2] as string, timeoutMillis: 300, headers: () => new Promise(() => {}) });
exporter.export(profileFromStacks('main;handler 1'), ({ code }) => {
  console.log(code);
});
await exporter.shutdown();
console.log('shut down');
