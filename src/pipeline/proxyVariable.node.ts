/** In the order of core, which uses the first one for every scheme. */
const variables = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"];

/** Returns the name of the environment variable that names the proxy. */
export function proxyVariable(): string | undefined {
  return variables.find((name) => process.env[name]);
}
