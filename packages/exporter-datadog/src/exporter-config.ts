import type { AgentOptions as HttpAgentOptions } from 'node:http';
import type { AgentOptions as HttpsAgentOptions } from 'node:https';
import type { HttpAgentFactory } from '@flamespan/otlp-exporter-base/http';

/**
 * Options of {@link DatadogProfileExporter}. An option wins over its variable, and a variable over the Resource. Variables
 * have the names and the meaning that they have for Datadog's own tracers.
 */
export interface DatadogProfileExporterConfig {
  /**
   * The Datadog Agent: `http://host:8126`, `https://…` or `unix:///path/to/apm.socket`.
   * @defaultValue `DD_TRACE_AGENT_URL`, then `DD_AGENT_HOST` and `DD_TRACE_AGENT_PORT`, then
   * `/var/run/datadog/apm.socket` if it exists, then `http://127.0.0.1:8126`
   */
  readonly agentUrl?: string;
  /**
   * Whether profiles go to Datadog's intake directly, which needs an API key, instead of an Agent.
   * @defaultValue `DD_PROFILING_AGENTLESS`, otherwise true if there is an API key and no Agent is named or found
   */
  readonly agentless?: boolean;
  /** @defaultValue `DD_API_KEY` */
  readonly apiKey?: string;
  /** A file that holds the API key, read at each export so that the key can be changed. @defaultValue `DD_API_KEY_FILE` */
  readonly apiKeyFile?: string;
  /** The Datadog site, such as `datadoghq.eu`. Without an Agent only. @defaultValue `DD_SITE`, or `datadoghq.com` */
  readonly site?: string;
  /** Where profiles go without an Agent, used as it is. @defaultValue `https://intake.profile.<site>/api/v2/profile` */
  readonly intakeUrl?: string;
  /**
   * An HTTP proxy, `http://host:port` or `host:port`. Without an Agent only; needs Node.js 22.21 or 24.5.
   * @defaultValue `DD_PROXY_HTTPS`, then `HTTPS_PROXY`, unless `NO_PROXY` names the intake
   */
  readonly proxy?: string;
  /** @defaultValue `DD_SERVICE`, then `service.name` of the Resource */
  readonly service?: string;
  /** @defaultValue `DD_ENV`, then `deployment.environment.name` or `deployment.environment` of the Resource */
  readonly env?: string;
  /** @defaultValue `DD_VERSION`, then `service.version` of the Resource */
  readonly version?: string;
  /** @defaultValue `DD_HOSTNAME`, then `host.name` of the Resource */
  readonly hostname?: string;
  /** More tags, also in the place of the exporter's own. `DD_TAGS` stand behind them. @defaultValue none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Compression of each pprof attachment. @defaultValue `'gzip'` */
  readonly compression?: 'gzip' | 'zstd' | 'none';
  /** Longest time one export may take, with all its requests. @defaultValue `DD_PROFILING_UPLOAD_TIMEOUT`, or 10 000 */
  readonly timeoutMillis?: number;
  /** Options of the HTTP agent, such as `ca`, or a function that makes it. @defaultValue none */
  readonly httpAgentOptions?: HttpAgentOptions | HttpsAgentOptions | HttpAgentFactory;
}
