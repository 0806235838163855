// Relight's proxy on Cloudflare Workers, and on any workerd: it carries the page's signed requests.
// What it cannot keep of the contract is in README.md.

// The clouds' hosts, by region. A region that is newer than this file is one more word in its list; for
// some regions only, leave the others out.
const HOSTS = new Set([
  "ecs.aliyuncs.com",
  "ecs-cn-hangzhou.aliyuncs.com",
  ...`
    cn-hangzhou cn-shanghai cn-beijing cn-shenzhen cn-qingdao cn-zhangjiakou cn-huhehaote
    cn-wulanchabu cn-heyuan cn-guangzhou cn-chengdu cn-nanjing cn-fuzhou cn-wuhan-lr
    cn-zhengzhou-jva cn-zhongwei cn-hongkong ap-southeast-1 ap-southeast-3 ap-southeast-5
    ap-southeast-6 ap-southeast-7 ap-southeast-8 ap-northeast-1 ap-northeast-2 us-west-1 us-east-1
    us-southeast-1 na-south-1 eu-central-1 eu-west-1 me-east-1 me-central-1 cn-hangzhou-finance
    cn-shanghai-finance-1 cn-shenzhen-finance-1 cn-north-2-gov-1
  `.trim().split(/\s+/).map((region) => `ecs.${region}.aliyuncs.com`),
  "cvm.tencentcloudapi.com",
  "cvm.intl.tencentcloudapi.com",
  ...`
    ap-guangzhou ap-shanghai ap-nanjing ap-beijing ap-chengdu ap-chongqing ap-hongkong ap-singapore
    ap-jakarta ap-bangkok ap-mumbai ap-seoul ap-tokyo na-siliconvalley na-ashburn na-toronto
    sa-saopaulo eu-frankfurt eu-moscow ap-guangzhou-open ap-shanghai-fsi ap-shenzhen-fsi
  `.trim().split(/\s+/).map((region) => `cvm.${region}.tencentcloudapi.com`),
  "console.zenlayer.com",
]);
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
// What only reads: one action, in one header (two come joined with a comma), and nothing beside it.
const DESCRIBE = /^Describe[A-Za-z0-9]*$/;
// Spaces and tabs that no browser sends, as of a folded header, would make another key of the same
// signature.
const PLAIN = /^[!-~]+(?: [!-~]+)*$/;
// Two such headers come joined: after a comma another scheme begins, or a word that names nothing.
const JOINED = /, ?(?:[^ ,=]+ |[^=,]*$)/;
const MAX_BODY_BYTES = 64 * 1024;
const DEADLINE_MS = 29_000;
// As long as a cloud takes a signature.
const MEMORY_MS = 15 * 60_000;

// What changes something passes once: a browser may send it again by itself, and the first copy may
// have done its work. Wherever at the edge the copies of a request arrive, one object knows them: one
// of 256, by the digest of the signature.
export class Passed {
  constructor(state) {
    this.storage = state.storage;
  }

  // 204 for the first, 409 for every other. Nothing else is let in while the storage is waited for.
  async fetch(request) {
    const digest = new URL(request.url).pathname;
    if ((await this.storage.get(digest)) !== undefined) return new Response(null, { status: 409 });
    this.storage.put(digest, Date.now());
    if ((await this.storage.getAlarm()) === null) this.storage.setAlarm(Date.now() + MEMORY_MS);
    await this.storage.sync();
    return new Response(null, { status: 204 });
  }

  async alarm() {
    const entries = [...(await this.storage.list())];
    const isOld = ([, passedAt]) => passedAt <= Date.now() - MEMORY_MS;
    for (const [digest] of entries.filter(isOld)) this.storage.delete(digest);
    if (!entries.every(isOld)) this.storage.setAlarm(Date.now() + MEMORY_MS);
  }
}

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
    const actions = ACTIONS.map((name) => request.headers.get(name)).filter((word) => word !== null);
    const changes = actions.length !== 1 || !DESCRIBE.test(actions[0]);
    const signature = request.headers.get("Authorization");
    if (changes && (signature === null || !PLAIN.test(signature) || JOINED.test(signature))) {
      return refuse(400, "http_request_denied", origin);
    }
    const body = await bodyOf(request);
    if (body === null) return refuse(413, "http_request_error", origin);
    const headers = new Headers();
    for (const name of REQUEST_HEADERS) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    if (changes && !(await isFirst(signature, env))) {
      // Not one of the types that mean "not sent": the first copy was.
      return refuse(409, 'proxy_internal_response; details="repeated"', origin);
    }
    return carry(target, headers, body, origin);
  },
};

// What cannot be asked is taken for a copy: nothing is sent, and nothing is said of the first.
async function isFirst(signature, env) {
  try {
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(signature));
    const digest = [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const object = env.PASSED.get(env.PASSED.idFromName(digest.slice(0, 2)));
    return (await object.fetch(`https://passed/${digest}`)).status === 204;
  } catch {
    return false;
  }
}

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
    // The error does not say reliably what failed: it may have been sent, so it is unknown.
    const late = error?.name === "TimeoutError";
    return late
      ? refuse(504, "http_response_timeout", origin)
      : refuse(502, "connection_terminated", origin);
  }
  const { status } = answer;
  // A browser would follow the first and send the request again on the next two; the last are none.
  const isOdd = status < 200 || status > 599;
  if ((status >= 300 && status < 400) || status === 408 || status === 421 || isOdd) {
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
  if (parts === null || !HOSTS.has(parts[1]) || !PATH.test(parts[2])) return null;
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
    // Without it a page of another origin cannot see over which protocol it calls.
    headers.set("Timing-Allow-Origin", origin);
    headers.set(
      "Access-Control-Expose-Headers",
      "Date, Retry-After, Proxy-Status, X-Acs-Request-Id",
    );
  }
  return headers;
}
