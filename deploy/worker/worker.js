// Relight's proxy on Cloudflare Workers, and on any workerd: it carries the page's signed requests.
// What it cannot keep of the contract is in README.md.

// The clouds' hosts. For some regions only, write them out.
const HOSTS =
  /^(?:ecs(?:\.[a-z0-9-]+)?\.aliyuncs\.com|ecs-cn-hangzhou\.aliyuncs\.com|cvm(?:\.[a-z0-9-]+)?\.tencentcloudapi\.com|console\.zenlayer\.com)$/;
const PATH = /^\/(?:api\/v2\/[a-z0-9-]+)?$/;
const ACTIONS = ["x-acs-action", "x-tc-action", "x-zc-action"];
const REQUEST_HEADERS = [
  "authorization", "content-type", "accept",
  "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256",
  "x-acs-security-token",
  "x-tc-action", "x-tc-version", "x-tc-region", "x-tc-timestamp", "x-tc-token", "x-tc-language",
  "x-zc-action", "x-zc-version", "x-zc-timestamp", "x-zc-signature-method",
];
const ANSWER_HEADERS = ["content-type", "date", "retry-after", "x-acs-request-id"];
const MAX_BODY_BYTES = 64 * 1024;
const DEADLINE_MS = 29_000;

export default {
  // `env.ORIGINS`: the origins of the pages that may use the proxy, whole, with commas between.
  async fetch(request, env) {
    const asked = request.headers.get("Origin");
    const origin = env.ORIGINS.split(",").includes(asked) ? asked : null;
    const target = parse(request.url);
    if (origin === null || target === null) return refuse(403, "http_request_denied", origin);
    if (
      request.method === "OPTIONS" &&
      request.headers.get("Access-Control-Request-Method") === "POST"
    ) {
      return preflight(origin);
    }
    if (request.method !== "POST") return refuse(405, "http_request_denied", origin);
    const destination = request.headers.get("Sec-Fetch-Dest");
    if (
      !ACTIONS.some((name) => request.headers.has(name)) ||
      (destination !== null && destination !== "empty") ||
      request.headers.has("Upgrade")
    ) {
      return refuse(400, "http_request_denied", origin);
    }
    const body = await bodyOf(request);
    if (body === null) return refuse(413, "http_request_error", origin);
    const headers = new Headers();
    for (const name of REQUEST_HEADERS) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    return carry(target, headers, body, origin);
  },
};

// One attempt.
async function carry(target, headers, body, origin) {
  let answer;
  try {
    answer = await fetch(target, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch (error) {
    // Which part of the way failed is not told reliably: it may have been sent, so it is unknown.
    const late = error?.name === "TimeoutError";
    return late
      ? refuse(504, "http_response_timeout", origin)
      : refuse(502, "connection_terminated", origin);
  }
  const { status } = answer;
  // A browser would follow the first and send the request again on the others.
  if ((status >= 300 && status < 400) || status === 408 || status === 421) {
    return refuse(502, `http_protocol_error; received-status=${status}`, origin);
  }
  const passed = common(origin);
  for (const name of ANSWER_HEADERS) {
    const value = answer.headers.get(name);
    if (value !== null) passed.set(name, value);
  }
  passed.set("Proxy-Status", `relight-proxy; received-status=${status}`);
  return new Response(answer.body, { status, headers: passed });
}

// The address at the cloud, from the line as it came: `new URL` would resolve dots and codes.
function parse(url) {
  const parts = /^https?:\/\/[^/?#]+\/proxy\/([^/?#]+)(\/[^?#]*)(\?[\x21-\x7e]*)?$/.exec(url);
  if (parts === null || !HOSTS.test(parts[1]) || !PATH.test(parts[2])) return null;
  return `https://${parts[1]}${parts[2]}${parts[3] ?? ""}`;
}

// The whole body, or null if it is too long; no more than that is ever held.
async function bodyOf(request) {
  if (Number(request.headers.get("Content-Length") ?? 0) > MAX_BODY_BYTES) return null;
  const body = new Uint8Array(MAX_BODY_BYTES);
  let length = 0;
  for await (const part of request.body ?? []) {
    if (length + part.byteLength > MAX_BODY_BYTES) return null;
    body.set(part, length);
    length += part.byteLength;
  }
  return body.subarray(0, length);
}

function preflight(origin) {
  const headers = common(origin);
  headers.set("Access-Control-Allow-Methods", "POST");
  headers.set("Access-Control-Allow-Headers", REQUEST_HEADERS.join(", "));
  headers.set("Access-Control-Max-Age", "600");
  headers.set("Proxy-Status", "relight-proxy");
  return new Response(null, { status: 204, headers });
}

function refuse(status, error, origin) {
  const headers = common(origin);
  headers.set("Proxy-Status", `relight-proxy; error=${error}`);
  if (status === 405) headers.set("Allow", "POST, OPTIONS");
  return new Response(null, { status, headers });
}

// What is on every answer.
function common(origin) {
  const headers = new Headers({
    "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
  });
  if (origin !== null) {
    headers.set("Access-Control-Allow-Origin", origin);
    headers.set(
      "Access-Control-Expose-Headers",
      "Date, Retry-After, Proxy-Status, X-Acs-Request-Id",
    );
  }
  return headers;
}
