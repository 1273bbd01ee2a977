/** As an ESM application registers it, so that OpenTelemetry can instrument what it imports. */
import { register } from 'node:module';

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
