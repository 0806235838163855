// The vendors' Node SDKs against a running sandbox.
//
// usage: node run_node.mjs SANDBOX_URL      (or the address in RELIGHT_SANDBOX)
//
// The packages are those of ./node/package.json, installed in ./node or in the working directory.
// Each SDK describes, reboots two running instances, starts a stopped one, meets a wrong state and
// a wrong key; then the sandbox's own list of calls must say the same.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import path from "node:path";

for (const name of ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"]) {
  delete process.env[name];
}

const url = (process.argv[2] ?? process.env.RELIGHT_SANDBOX ?? "").replace(/\/+$/, "");
if (!url) {
  console.error("usage: node run_node.mjs SANDBOX_URL");
  process.exit(2);
}
const address = url.split("://")[1];

const KEYS = {
  alibaba: ["LTAIsandboxdemo000000001", "sandbox-alibaba-secret-0000001"],
  tencent: ["AKIDsandboxdemo000000000000000000001", "sandbox-tencent-secret-000000001"],
};
const REGIONS = { alibaba: "cn-shanghai", tencent: "ap-beijing" };
const WRONG_STATE = {
  alibaba: "IncorrectInstanceStatus",
  tencent: "UnsupportedOperation.InstanceStateStopped",
};
const WRONG_KEY = { alibaba: "SignatureDoesNotMatch", tencent: "AuthFailure.SignatureFailure" };
const MOVING = ["stopping", "starting", "rebooting"];

let passed = 0;
let failed = 0;

function check(what, ok, seen) {
  if (ok) passed += 1;
  else failed += 1;
  console.log(`${ok ? "ok  " : "FAIL"} ${what}${ok ? "" : `: ${JSON.stringify(seen)}`}`);
}

const same = (left, right) => JSON.stringify(left) === JSON.stringify(right);

async function ask(endpoint) {
  // On a new connection: an SDK takes long to load, and the sandbox closes what is idle meanwhile.
  const answer = await fetch(url + endpoint, { headers: { connection: "close" } });
  if (!answer.ok) throw new Error(`${endpoint}: ${answer.status}`);
  return answer.json();
}

async function pick(cloud, word, count) {
  const all = await ask(`/sandbox/instances?cloud=${cloud}`);
  return all
    .filter((one) => one.region === REGIONS[cloud] && one.state.toLowerCase() === word && one.errorCode === null)
    .map((one) => one.instanceId)
    .slice(0, count);
}

// The package, wherever it was installed.
function load(name) {
  const here = path.dirname(fileURLToPath(import.meta.url));
  let missing;
  for (const folder of [path.join(here, "node"), process.cwd()]) {
    try {
      return createRequire(path.join(folder, "package.json"))(name);
    } catch (error) {
      missing = error;
    }
  }
  throw missing;
}

function tencent() {
  const { cvm } = load("tencentcloud-sdk-nodejs-cvm");
  return (secretId, secretKey) => {
    const client = new cvm.v20170312.Client({
      credential: { secretId, secretKey },
      region: REGIONS.tencent,
      profile: { httpProfile: { endpoint: address, protocol: "http://" } },
    });
    return {
      async describe(ids) {
        const answer = await client.DescribeInstancesStatus({ InstanceIds: ids });
        return answer.InstanceStatusSet.map((one) => [one.InstanceId, one.InstanceState]);
      },
      reboot: async (ids) => (await client.RebootInstances({ InstanceIds: ids, StopType: "SOFT" })).RequestId,
      start: async (ids) => (await client.StartInstances({ InstanceIds: ids })).RequestId,
    };
  };
}

function alibaba() {
  const ecs = load("@alicloud/ecs20140526");
  const { Config } = load("@alicloud/openapi-core").$OpenApiUtil;
  const Client = ecs.default;
  const regionId = REGIONS.alibaba;
  return (accessKeyId, accessKeySecret) => {
    const client = new Client(
      new Config({ accessKeyId, accessKeySecret, endpoint: address, protocol: "HTTP", regionId }),
    );
    return {
      async describe(ids) {
        const request = new ecs.DescribeInstanceStatusRequest({ regionId, instanceId: ids, pageSize: 50 });
        const { body } = await client.describeInstanceStatus(request);
        return body.instanceStatuses.instanceStatus.map((one) => [one.instanceId, one.status]);
      },
      async reboot(ids) {
        const request = new ecs.RebootInstancesRequest({ regionId, instanceId: ids, forceReboot: false });
        return (await client.rebootInstances(request)).body.requestId;
      },
      async start(ids) {
        const request = new ecs.StartInstancesRequest({ regionId, instanceId: ids });
        return (await client.startInstances(request)).body.requestId;
      },
    };
  };
}

async function codeOf(act) {
  try {
    await act();
    return "no error";
  } catch (error) {
    return error.code ?? String(error);
  }
}

async function run(name, cloud, connect) {
  const before = (await ask("/sandbox/calls")).length;
  const running = await pick(cloud, "running", 2);
  const stopped = await pick(cloud, "stopped", 2);
  const [keyId, secret] = KEYS[cloud];
  const good = connect(keyId, secret);
  const three = [...running, stopped[0]];
  const states = async () => {
    const found = new Map(await good.describe(three));
    return three.map((id) => (found.get(id) ?? "").toLowerCase());
  };

  let seen = await states();
  check(`${name}: describes three`, same(seen, ["running", "running", "stopped"]), seen);
  const rebootId = await good.reboot(running);
  check(`${name}: reboots two`, Boolean(rebootId), rebootId);
  const startId = await good.start([stopped[0]]);
  check(`${name}: starts one`, Boolean(startId), startId);
  seen = await states();
  check(`${name}: all three are moving`, seen.every((state) => MOVING.includes(state)), seen);

  let code = await codeOf(() => good.reboot([stopped[1]]));
  check(`${name}: a stopped one cannot be rebooted`, code === WRONG_STATE[cloud], code);
  const other = connect(keyId, `not-${secret}`);
  code = await codeOf(() => other.reboot(running));
  check(`${name}: a wrong secret is refused`, code === WRONG_KEY[cloud], code);

  const calls = (await ask("/sandbox/calls")).slice(before);
  const arrived = calls.map((call) => [call.signature, call.executed]);
  const want = [
    ["ok", true],
    ["ok", true],
    ["ok", true],
    ["ok", true],
    ["ok", false],
    [WRONG_KEY[cloud], false],
  ];
  check(`${name}: six arrivals, as they were sent`, same(arrived, want), calls);
  const ids = calls.slice(1, 3).map((call) => call.requestId);
  check(`${name}: the request ids are the sandbox's`, same(ids, [rebootId, startId]), ids);
  check(`${name}: the right ids arrived`, same(calls[1]?.ids, running), calls[1]?.ids);
  const counts = (await ask(`/sandbox/instances?cloud=${cloud}`))
    .filter((one) => running.includes(one.instanceId))
    .map((one) => one.reboots);
  check(`${name}: each was rebooted once`, same(counts, [1, 1]), counts);
}

for (const [name, cloud, sdk] of [
  ["tencentcloud-sdk-nodejs-cvm", "tencent", tencent],
  ["@alicloud/ecs20140526", "alibaba", alibaba],
]) {
  // One SDK that breaks must not hide what the other does.
  try {
    await run(name, cloud, sdk());
  } catch (error) {
    check(`${name}: runs to the end`, false, String(error?.stack ?? error));
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
