// One reboot of 100 instances, from parameters to a signed request that is ready to send: through
// the module, and through the vendors' SDKs up to the moment when they hand it to their HTTP layer.
import { Readable } from "node:stream";
import { alibabaIds, inTurn, loadModule, require, tencentIds } from "./measure.mjs";

const accessKeyId = "EXAMPLE-KEY-ID-NOT-REAL";
const secret = "example-secret-key-not-real-0001";

export async function sign() {
  const relight = await loadModule();
  const core = await loadModule("relight-core");
  const tencent = tencentSdk(tencentIds(100));
  const alibaba = alibabaSdk(alibabaIds(100));
  // A new object each time, as in programs.
  const tencentJob = () => ({
    accessKeyId,
    secret,
    cloud: "tencent",
    region: "ap-guangzhou",
    operation: "RebootInstances",
    instanceIds: tencent.ids,
    options: { StopType: "SOFT" },
  });
  const alibabaJob = () => ({
    accessKeyId,
    secret,
    cloud: "alibaba",
    region: "cn-hangzhou",
    operation: "RebootInstances",
    instanceIds: alibaba.ids,
    options: { ForceReboot: false },
  });
  const subjects = {
    tencentSdk: tencent,
    tencentModule: timed(() => relight.signRequest(tencentJob())),
    tencentCore: timed(() => core.signRequest(tencentJob())),
    tencentFields: timed(() => {
      const timestamp = Math.floor(Date.now() / 1000);
      return relight.signRequest({
        accessKeyId,
        secret,
        algorithm: "TC3-HMAC-SHA256",
        service: "cvm",
        host: "cvm.tencentcloudapi.com",
        method: "POST",
        path: "/",
        query: "",
        headers: {
          "X-TC-Action": "RebootInstances",
          "X-TC-Region": "ap-guangzhou",
          "X-TC-Timestamp": String(timestamp),
          "X-TC-Version": "2017-03-12",
          "Content-Type": "application/json",
        },
        signedHeaders: ["content-type", "host"],
        body: JSON.stringify({ InstanceIds: tencent.ids, StopType: "SOFT" }),
        timestamp,
      });
    }),
    alibabaSdk: alibaba,
    alibabaModule: timed(() => relight.signRequest(alibabaJob())),
    alibabaCore: timed(() => core.signRequest(alibabaJob())),
  };
  const times = await inTurn(subjects, { rounds: 40, runs: 100, warmUpRounds: 15 });
  const row = (what, subject, peer, wanted) => ({
    what,
    ours: times[subject] * 1000,
    theirs: times[peer] * 1000,
    ratio: times[peer] / times[subject],
    wanted,
  });
  return [
    row("Tencent, from parameters", "tencentModule", "tencentSdk", 1.5),
    row("Tencent, field by field", "tencentFields", "tencentSdk", 1.5),
    row("Tencent, from parameters, `relight-core.js`", "tencentCore", "tencentSdk", 1.5),
    row("Alibaba, from parameters", "alibabaModule", "alibabaSdk", 2),
    row("Alibaba, from parameters, `relight-core.js`", "alibabaCore", "alibabaSdk", 2),
  ];
}

/** How long it takes until the promise is there with its signature. */
function timed(run) {
  return async () => {
    const start = performance.now();
    const { signature } = await run();
    const time = performance.now() - start;
    if (!signature) throw new Error("nothing was signed");
    return time;
  };
}

function tencentSdk(ids) {
  let sentAt;
  const answer = {
    status: 200,
    headers: { get: () => null },
    json: async () => ({ Response: { RequestId: "x" } }),
  };
  const path = require.resolve("node-fetch");
  const send = async (_url, { headers, body }) => {
    sentAt = performance.now();
    if (!headers.Authorization || !body.includes(ids[99])) throw new Error("not what was asked for");
    return answer;
  };
  require.cache[path] = { id: path, filename: path, loaded: true, exports: { __esModule: true, default: send } };
  const { cvm } = require("tencentcloud-sdk-nodejs-cvm");
  const client = new cvm.v20170312.Client({
    credential: { secretId: accessKeyId, secretKey: secret },
    region: "ap-guangzhou",
    profile: {},
  });
  const run = async () => {
    const start = performance.now();
    await client.RebootInstances({ InstanceIds: ids, StopType: "SOFT" });
    return sentAt - start;
  };
  return Object.assign(run, { ids });
}

function alibabaSdk(ids) {
  let sentAt;
  const httpx = require("httpx");
  httpx.request = async (url, { headers }) => {
    sentAt = performance.now();
    if (!headers.Authorization || !url.includes(ids[99])) throw new Error("not what was asked for");
    const answer = Readable.from([Buffer.from('{"RequestId":"x"}')]);
    return Object.assign(answer, { statusCode: 200, headers: { "content-type": "application/json" } });
  };
  httpx.read = async () => Buffer.from('{"RequestId":"x"}');
  const Ecs = require("@alicloud/ecs20140526");
  const { $OpenApiUtil } = require("@alicloud/openapi-core");
  const client = new Ecs.default(
    new $OpenApiUtil.Config({
      accessKeyId,
      accessKeySecret: secret,
      regionId: "cn-hangzhou",
      endpoint: "ecs.cn-hangzhou.aliyuncs.com",
    }),
  );
  const run = async () => {
    const start = performance.now();
    await client.rebootInstances(
      new Ecs.RebootInstancesRequest({ regionId: "cn-hangzhou", instanceId: ids, forceReboot: false }),
    );
    return sentAt - start;
  };
  return Object.assign(run, { ids });
}
