import { OTLPProfileExporter } from '@flamespan/exporter-otlp-grpc';
import { profileFromStacks } from '@flamespan/profile/testing';

new OTLPProfileExporter({ url: process.argv[2] as string }).export(profileFromStacks('main;handler 1'), ({ code, error }) => {
  console.log(error?.message ?? code);
});
