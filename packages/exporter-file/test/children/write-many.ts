import { FileProfileExporter } from '@flamespan/exporter-file';
import { profileFromStacks } from '@flamespan/profile/testing';
import { diag, DiagConsoleLogger, DiagLogLevel } from '@opentelemetry/api';
import { exportOnce } from './export-once.ts';

const [, , directory = '', count, maxFiles] = process.argv;
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
const exporter = new FileProfileExporter({ directory, maxFiles: Number(maxFiles) });
const profile = profileFromStacks('main;handler;sort 3 @list GET /users\nmain;load 2 objects 64 bytes');
let written = 0;
for (let i = 0; i < Number(count); i++) {
  const { code } = await exportOnce(exporter, { ...profile, startTimeUnixNano: profile.startTimeUnixNano + BigInt(i) * 60_000_000_000n });
  if (code === 0) written++;
}
process.stdout.write(JSON.stringify({ written }));
