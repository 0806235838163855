// A portal around the console: people log in, get temporary keys and limits of their own, and what
// they did is recorded. It needs Node 20, the package `relight`, and the sandbox in the clouds' place.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { createServer, request as connect } from "node:http";
import { extname } from "node:path";
import { parseArgs } from "node:util";

const { values: options } = parseArgs({
  options: {
    port: { type: "string", default: "8090" },
    sandbox: { type: "string", default: "http://127.0.0.1:8911" },
    package: { type: "string", default: "node_modules/relight" },
    records: { type: "string", default: "records.jsonl" },
    "key-seconds": { type: "string", default: "900" },
  },
});

// Where you have a directory and a login of your own, this is what you replace.
const people = {
  lilei: {
    name: "李雷", password: "sample-password-1",
    allow: { clouds: ["tencent"], regions: ["ap-guangzhou"], operations: ["reboot", "start"],
      modes: ["soft", "normal"], instanceIds: ["ins-*"], instancesMax: 5 },
  },
  meimei: {
    name: "韩梅梅", password: "sample-password-2",
    allow: { clouds: ["alibaba", "tencent"], operations: ["start"], modes: ["normal"], instancesMax: 2 },
  },
};

// What the console reads as `relight.json`: for each person another.
const settings = ({ name, allow }) => ({
  proxy: "proxy", language: "zh", locked: ["proxy"], person: name, allow,
  confirm: { reasonRequired: true },
  credentials: { url: "credentials" },
  records: { url: "records" },
  brand: { title: { zh: "示例门户", en: "Sample portal" } },
});

const pages = {
  "/": ["page.html", "text/html; charset=utf-8"],
  "/page.js": ["page.js", "text/javascript"],
  "/login": ["login.html", "text/html; charset=utf-8"],
};
const kinds = { ".js": "text/javascript", ".wasm": "application/wasm" };

const headers = {
  "content-security-policy":
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; " +
    "img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; " +
    "require-trusted-types-for 'script'; trusted-types 'none'",
  "x-content-type-options": "nosniff",
  // A browser may send a call again by itself when a connection dies that was used before.
  connection: "close",
};

const sessions = new Map();
const SESSION_SECONDS = 8 * 3600;
const handedIn = new Set(
  (await readFile(options.records, "utf8").catch(() => "")).split("\n").filter(Boolean)
    .map((line) => hash(JSON.stringify(JSON.parse(line).run))),
);

const server = createServer((request, response) => {
  answer(request, response).catch((error) => {
    console.error(error);
    if (response.headersSent) response.destroy();
    else say(response, 500, "something is wrong here");
  });
});
server.listen(Number(options.port), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/`);
});

async function answer(request, response) {
  const { method } = request;
  const { pathname, searchParams } = new URL(request.url, "http://portal");
  const person = whoIs(request);
  // Nobody else's page may log in, log out, hand in a record or send a call.
  if (method !== "GET" && request.headers["sec-fetch-site"] !== "same-origin") {
    return say(response, 403, "only this portal's own pages");
  }
  if (pathname.startsWith("/proxy/")) {
    if (person) return forward(request, response);
    // In these words the console knows that nothing was sent.
    return say(response, 401, "log in", { "proxy-status": "portal; error=http_request_denied" });
  }
  switch (`${method} ${pathname}`) {
    case "POST /login": return logIn(request, response);
    case "POST /logout": return logOut(request, response);
    case "GET /": if (!person) return go(response, "login");
    case "GET /login": case "GET /page.js":
      return file(response, new URL(pages[pathname][0], import.meta.url), pages[pathname][1]);
  }
  if (method === "GET" && pathname.startsWith("/relight/") && !pathname.includes("..")) {
    return file(response, options.package + pathname.slice(8), kinds[extname(pathname)]);
  }
  if (!person) return say(response, 401, "log in");
  switch (`${method} ${pathname}`) {
    case "GET /relight.json": return say(response, 200, settings(person));
    case "GET /credentials": return credentials(response, person, searchParams.get("cloud"));
    case "POST /records": return takeRecord(request, response, person);
    default: return say(response, 404, "not here");
  }
}

// Users without access to a cloud get no key for it. Here a cloud's token service would be asked, with the
// smallest policy that allows what `person` may do (docs/permissions.md): the page keeps people from
// mistakes, only the key's own rights keep it from more.
async function credentials(response, person, cloud) {
  if (!person.allow.clouds.includes(cloud)) return say(response, 403, "not this cloud");
  const wish = { cloud, seconds: Number(options["key-seconds"]) };
  const wanted = { method: "POST", body: JSON.stringify(wish) };
  const issued = await fetch(`${options.sandbox}/sandbox/credentials`, wanted);
  say(response, issued.ok ? 200 : 502, await issued.json());
}

// A record counts as taken once it is on the disk: until then the console keeps it, and comes again.
async function takeRecord(request, response, { name }) {
  const record = await body(request).then(JSON.parse).catch(() => null);
  const { person, run } = record ?? {};
  if (typeof run?.id !== "string" || !Array.isArray(run.instances)) {
    return say(response, 400, "not a run record");
  }
  // It may come twice; a run that went on comes again with more in it.
  const key = hash(JSON.stringify(run));
  if (!handedIn.has(key)) {
    // The session says for certain who handed it in; the record, who the page took them for.
    const line = JSON.stringify({ takenAt: new Date(), handedInBy: name, person, run });
    const isStored = await appendFile(options.records, `${line}\n`).then(() => true, () => false);
    if (!isStored) return say(response, 503, "it cannot be stored now");
    handedIn.add(key);
  }
  say(response, 204);
}

// To the proxy, which is a part of the sandbox here. Tried once; cookies stay here.
function forward(request, response) {
  const { cookie, origin, ...forwarded } = request.headers;
  const upstream = connect(options.sandbox + request.url, { method: request.method, headers: forwarded, agent: false });
  upstream.on("response", (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
    answer.on("error", () => response.destroy());
  });
  // Without an answer the console may not believe that nothing has happened.
  upstream.on("error", () => response.destroy());
  request.pipe(upstream);
}

async function logIn(request, response) {
  const form = new URLSearchParams(await body(request));
  const person = Object.hasOwn(people, form.get("name")) ? people[form.get("name")] : null;
  const [given, right] = [form.get("password"), person?.password].map((text) => Buffer.from(hash(text ?? "")));
  const isRight = timingSafeEqual(given, right);
  if (!person || !isRight) return go(response, "login?again");
  const id = randomBytes(32).toString("hex");
  sessions.set(id, { person, ends: Date.now() + SESSION_SECONDS * 1000 });
  // Over HTTPS with `; Secure`.
  go(response, ".", { "set-cookie": `session=${id}; HttpOnly; SameSite=Strict; Max-Age=${SESSION_SECONDS}` });
}

function logOut(request, response) {
  sessions.delete(sessionOf(request));
  go(response, "login", { "set-cookie": "session=; HttpOnly; SameSite=Strict; Max-Age=0" });
}

function hash(text) {
  return createHash("sha256").update(text).digest("hex");
}

function whoIs(request) {
  const session = sessions.get(sessionOf(request));
  return session && Date.now() < session.ends ? session.person : null;
}

function sessionOf(request) {
  return /(?:^|; )session=([0-9a-f]{64})/.exec(request.headers.cookie ?? "")?.[1];
}

async function body(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

async function file(response, path, kind = "application/octet-stream") {
  const bytes = await readFile(path).catch(() => null);
  if (!bytes) return say(response, 404, "not here");
  response.writeHead(200, { ...headers, "content-type": kind, "cache-control": "no-cache" }).end(bytes);
}

function go(response, location, more = {}) {
  response.writeHead(303, { ...headers, location, ...more }).end();
}

function say(response, status, value, more = {}) {
  const kind = { "content-type": "application/json", "cache-control": "no-store" };
  response.writeHead(status, { ...headers, ...kind, ...more });
  response.end(status === 204 ? undefined : JSON.stringify(value));
}
