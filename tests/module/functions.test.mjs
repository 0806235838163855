import assert from "node:assert/strict";
import { test } from "node:test";
import { readFile } from "node:fs/promises";
import { dist, load } from "./load.mjs";

const relight = await load();

/** The kinds of errors, as the types list them. */
const kinds = /type ErrorKind =([^;]*);/.exec(await readFile(`${dist}/relight.d.ts`, "utf8"))[1];
const tencent = { cloud: "tencent", region: "ap-guangzhou", operation: "RebootInstances" };
const alibaba = { cloud: "alibaba", region: "cn-hangzhou", operation: "RebootInstances" };

function refuses(call, kind, words = /./) {
  assert.throws(call, (error) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, "RelightError");
    assert.equal(error.kind, kind, error.message);
    assert.ok(kinds.includes(`"${kind}"`), `${kind} is no kind that the types know`);
    assert.match(error.message, words);
    return true;
  });
}

test("clouds: facts of each, in both languages", () => {
  const clouds = relight.clouds();
  assert.deepEqual(clouds.map((cloud) => cloud.id), ["alibaba", "tencent", "zenlayer"]);
  for (const cloud of clouds) {
    assert.ok(cloud.name.en && cloud.name.zh && cloud.product);
    assert.ok(cloud.sites.length > 0 && cloud.algorithms.length > 0);
    assert.ok(!cloud.regionRequired || cloud.regions.length > 0);
    assert.ok(cloud.limits.describeIdsMax > 0);
    const { ids, problems } = relight.parseInstanceIds(cloud.instanceId.example);
    assert.deepEqual(problems, []);
    assert.equal(ids[0].cloud, cloud.id);
    for (const operation of cloud.operations) {
      assert.ok(operation.idsMax >= 1 && operation.modes.length >= 1);
      // What a mode sets is a job that the rules let pass.
      for (const mode of operation.modes) {
        const plan = relight.planRequests({
          cloud: cloud.id,
          region: cloud.regions[0]?.id && cloud.regionRequired ? cloud.regions[0].id : undefined,
          operation: operation.name,
          instanceIds: [cloud.instanceId.example],
          options: mode.options,
        });
        assert.equal(plan.calls.length, 1);
      }
    }
  }
});

test("parseInstanceIds: ids, problems, warnings, in either language", () => {
  const text = "ins-r8hr2upy, ins-r8hr2upy\ni-bp1g6zv0ce8oghu7k2m4\nlns-5d8a23rs\nins-2ab****c\nins-abc123xyz";
  const parsed = relight.parseInstanceIds(text, { cloud: "tencent" });
  assert.deepEqual(parsed.ids.map(({ id, cloud, line }) => [id, cloud, line]), [
    ["ins-r8hr2upy", "tencent", 1],
    ["ins-abc123xyz", "tencent", 5],
  ]);
  assert.equal(parsed.ids[0].warning, undefined);
  assert.match(parsed.ids[1].warning, /Tencent/);
  assert.deepEqual(parsed.problems.map(({ kind, line }) => [kind, line]), [
    ["repeated", 1],
    ["other-cloud", 2],
    ["near-miss", 3],
    ["masked", 4],
  ]);
  assert.equal(parsed.problems[2].suggestion, "ins-5d8a23rs");
  const chinese = relight.parseInstanceIds(text, { cloud: "tencent", locale: "zh" });
  for (const [index, problem] of chinese.problems.entries()) {
    assert.match(problem.message, /\p{Script=Han}/u);
    assert.doesNotMatch(parsed.problems[index].message, /\p{Script=Han}/u);
  }
  assert.deepEqual(relight.parseInstanceIds("").ids, []);
  refuses(() => relight.parseInstanceIds(12), "invalid-argument", /`text`/);
  refuses(() => relight.parseInstanceIds("", { cloud: "nimbus" }), "invalid-argument", /`cloud`/);
  refuses(() => relight.parseInstanceIds("", "tencent"), "invalid-argument", /`options`/);
});

test("parseInstanceIds: large numbers stay as they are", () => {
  const { ids } = relight.parseInstanceIds("1660545330971680835\n1478001766933994003");
  assert.deepEqual(ids.map(({ id }) => id), ["1660545330971680835", "1478001766933994003"]);
});

test("planRequests: calls of at most 100, as the cloud wants them", () => {
  const ids = Array.from({ length: 250 }, (_, index) => `ins-${10_000_000 + index}`);
  const plan = relight.planRequests({ ...tencent, instanceIds: ids, options: { StopType: "HARD" } });
  assert.deepEqual(plan.calls.map((call) => call.instanceIds.length), [100, 100, 50]);
  assert.deepEqual(plan.calls.flatMap((call) => call.instanceIds), ids);
  assert.deepEqual(plan.problems, []);
  assert.equal(plan.warnings.length, 1);
  const [{ operation, request }] = plan.calls;
  assert.equal(operation, "RebootInstances");
  assert.equal(request.method, "POST");
  assert.equal(request.url, `https://${request.host}${request.path}`);
  assert.deepEqual(JSON.parse(request.body), { InstanceIds: ids.slice(0, 100), StopType: "HARD" });
  const canary = relight.planRequests({ ...tencent, instanceIds: ids, batchSize: 1 });
  assert.equal(canary.calls.length, 250);
});

test("planRequests: parameters in a query keep their order", () => {
  const plan = relight.planRequests({
    ...alibaba,
    instanceIds: "i-bp1g6zv0ce8oghu7k2m4 i-bp1g6zv0ce8oghu7k2m5",
    options: { ForceReboot: true, DryRun: undefined },
  });
  const { query, body } = plan.calls[0].request;
  assert.equal(body, undefined);
  assert.equal(query["InstanceId.1"], "i-bp1g6zv0ce8oghu7k2m4");
  assert.equal(query["InstanceId.2"], "i-bp1g6zv0ce8oghu7k2m5");
  assert.equal(query.ForceReboot, "true");
  assert.ok(!("DryRun" in query));
});

test("planRequests: what is not an id is a problem, the rest is planned", () => {
  const instanceIds = ["Instance ID", "ins-r8hr2upy", "i-bp1g6zv0ce8oghu7k2m4", "ins-r8hr2upy"];
  const plan = relight.planRequests({ ...tencent, instanceIds });
  assert.deepEqual(plan.calls[0].instanceIds, ["ins-r8hr2upy"]);
  assert.deepEqual(plan.problems.map(({ kind, line }) => [kind, line]), [
    ["malformed", 1],
    ["other-cloud", 3],
    ["repeated", 4],
  ]);
  const none = relight.planRequests({ ...tencent, instanceIds: ["nonsense"] });
  assert.deepEqual([none.calls.length, none.problems.length], [0, 1]);
});

test("planRequests: rules that are broken are errors", () => {
  const id = "i-bp1g6zv0ce8oghu7k2m4";
  const job = { ...alibaba, instanceIds: [id] };
  refuses(() => relight.planRequests(), "invalid-argument", /`job`/);
  refuses(() => relight.planRequests({ ...job, cloud: undefined }), "invalid-argument", /`cloud`/);
  refuses(() => relight.planRequests({ ...job, options: { ForceReboot: 1 } }), "invalid-argument", /ForceReboot/);
  refuses(() => relight.planRequests({ ...job, instanceIds: 5 }), "invalid-argument", /`instanceIds`/);
  refuses(() => relight.planRequests({ ...job, batchSize: 1.5 }), "invalid-argument", /`batchSize` must be a whole number/);
  refuses(() => relight.planRequests({ ...job, batchSize: -1 }), "invalid-argument", /`batchSize`/);
  refuses(() => relight.planRequests({ ...job, instanceIds: "" }), "no-instances");
  refuses(() => relight.planRequests({ ...job, region: undefined }), "region-missing");
  refuses(() => relight.planRequests({ ...job, operation: "DeleteInstances" }), "unknown-operation");
  refuses(() => relight.planRequests({ ...job, options: { Force: true } }), "unknown-option");
  refuses(
    () => relight.planRequests({ ...job, options: { InitLocalDisk: true } }),
    "erases-elsewhere",
    /erases everything/,
  );
  refuses(
    () => relight.planRequests({ ...job, options: { DryRun: true, BatchOptimization: "SuccessFirst" } }),
    "dry-run-proves-nothing",
  );
  refuses(
    () => relight.planRequests({ ...job, region: "", locale: "zh" }),
    "region-missing",
    /\p{Script=Han}/u,
  );
});

test("decodeResponse: one outcome for each instance", () => {
  const instanceIds = ["ins-r8hr2upy", "ins-5d8a23rs"];
  const reply = { cloud: "tencent", operation: "RebootInstances", instanceIds, status: 200 };
  const accepted = relight.decodeResponse({
    ...reply,
    headers: { "Content-Type": "application/json" },
    body: '{"Response":{"RequestId":"6ef60bec-0242-43af-bb20-270359fb54a7"}}',
  });
  assert.equal(accepted.requestId, "6ef60bec-0242-43af-bb20-270359fb54a7");
  assert.deepEqual(accepted.instances, [
    { instanceId: "ins-r8hr2upy", outcome: "accepted" },
    { instanceId: "ins-5d8a23rs", outcome: "accepted" },
  ]);
  const refused = relight.decodeResponse({
    ...reply,
    body: '{"Response":{"Error":{"Code":"InvalidInstanceId.NotFound","Message":"The id is not found."},"RequestId":"x-1"}}',
  });
  for (const instance of refused.instances) {
    assert.equal(instance.outcome, "rejected");
    assert.deepEqual(instance.error, {
      code: "InvalidInstanceId.NotFound",
      message: "The id is not found.",
    });
  }
  const garbage = relight.decodeResponse({ ...reply, status: 502, body: "<html>Bad Gateway</html>" });
  assert.deepEqual(garbage.instances.map(({ outcome }) => outcome), ["unknown", "unknown"]);
  assert.ok(garbage.instances[0].error.message.includes("<html>Bad Gateway</html>"));
  const throughProxy = (header, status = 200) => {
    const body = '{"Response":{"RequestId":"x-1"}}';
    const outcome = relight.decodeResponse({ ...reply, status, body, headers: { "Proxy-Status": header } });
    return outcome.instances[0].outcome;
  };
  assert.equal(throughProxy("relight-proxy; received-status=200"), "accepted");
  assert.equal(throughProxy("relight-proxy; received-status=200, another; error=dns_error"), "unknown");
  assert.equal(throughProxy("relight-proxy; error=connection_refused", 502), "not-sent");
  assert.equal(throughProxy("relight-proxy; error=connection_refused, cdn", 502), "unknown");
  assert.equal(throughProxy(""), "unknown");
  const beside = relight.decodeResponse({ ...reply, body: '{"Response":{"RequestId":"x-1","InstanceSet":[]}}' });
  assert.equal(beside.instances[0].outcome, "unknown");
  refuses(() => relight.decodeResponse({ ...reply, body: {} }), "invalid-argument", /`body`/);
  refuses(() => relight.decodeResponse({ ...reply, body: "", status: "200" }), "invalid-argument", /`status`/);
  refuses(() => relight.decodeResponse({ ...reply, body: "", instanceIds: ["x"] }), "invalid-argument", /`instanceIds`/);
});

test("decodeResponse: a passed dry run and an answer for each instance", () => {
  const reply = { cloud: "alibaba", operation: "RebootInstances", instanceIds: ["i-bp1g6zv0ce8oghu7k2m4"] };
  const passed = relight.decodeResponse({
    ...reply,
    options: { DryRun: true },
    status: 400,
    body: '{"RequestId":"r","Code":"DRYRUN.SUCCESS","Message":"This request is a dryrun request with successful result."}',
  });
  assert.equal(passed.instances[0].outcome, "dry-run-passed");
  const answered = relight.decodeResponse({
    ...reply,
    status: 200,
    body: '{"RequestId":"r","InstanceResponses":{"InstanceResponse":[{"InstanceId":"i-bp1g6zv0ce8oghu7k2m4","Code":"200","Message":"success","PreviousStatus":"Running","CurrentStatus":"Stopping"}]}}',
  });
  assert.deepEqual(answered.instances, [
    { instanceId: "i-bp1g6zv0ce8oghu7k2m4", outcome: "accepted", previousState: "Running", state: "Stopping" },
  ]);
});

test("explainError: codes, answers and log lines, in either language", () => {
  const [english] = relight.explainError("InvalidInstanceId.NotFound", { cloud: "tencent" });
  assert.equal(english.recognised, true);
  assert.equal(english.cloud, "tencent");
  assert.equal(english.code, "InvalidInstanceId.NotFound");
  assert.equal(english.retry, "after-fix");
  assert.ok(english.title && english.meaning && english.remedy);
  const [chinese] = relight.explainError("InvalidInstanceId.NotFound", { cloud: "tencent", locale: "zh" });
  assert.match(chinese.meaning, /\p{Script=Han}/u);
  const [answer] = relight.explainError(
    '{"Response":{"Error":{"Code":"UnauthorizedOperation","Message":"no"},"RequestId":"6ef60bec"}}',
  );
  assert.equal(answer.cloud, "tencent");
  assert.equal(answer.requestId, "6ef60bec");
  assert.equal(answer.group, "get-permission");
  assert.equal(answer.address, "tencent/UnauthorizedOperation");
  assert.equal(answer.seenAs, "json");
  assert.equal(answer.sure, "certain");
  assert.equal(answer.permission.denial, "unknown");
  const [denied] = relight.explainError(
    '{"Code":"NoPermission","Message":"no","RequestId":"1A-22","HostId":"ecs.cn-hangzhou.aliyuncs.com","AccessDeniedDetail":{"AuthAction":"ecs:RebootInstances","NoPermissionType":"ImplicitDeny"}}',
  );
  assert.equal(denied.permission.denial, "implicit");
  assert.deepEqual(JSON.parse(denied.permission.policy).Statement[0].Action, ["ecs:RebootInstances"]);
  const [dry] = relight.explainError("DRYRUN.SUCCESS");
  assert.equal(dry.success, true);
  assert.equal(dry.group, "nothing-to-do");
  assert.deepEqual(relight.explainError("it rained all day"), []);
  refuses(() => relight.explainError(null), "invalid-argument", /`text`/);
});

test("mount: says that there is no page", { skip: !relight.mount }, () => {
  refuses(() => relight.mount({}), "no-document", /no page/);
});
