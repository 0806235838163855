"""The vendors' Python SDKs against a running sandbox.

usage: python run_python.py SANDBOX_URL      (or the address in RELIGHT_SANDBOX)

Each SDK describes, reboots two running instances, starts a stopped one, meets a wrong state and a
wrong key; then the sandbox's own list of calls must say the same. Prints a line for each check.
"""

import json
import os
import sys
import urllib.request

for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
    os.environ.pop(name, None)

KEYS = {
    "alibaba": ("LTAIsandboxdemo000000001", "sandbox-alibaba-secret-0000001"),
    "tencent": ("AKIDsandboxdemo000000000000000000001", "sandbox-tencent-secret-000000001"),
    "zenlayer": ("zenSandboxDemo01", "sandboxZenlayerPassword01"),
}
REGIONS = {"alibaba": "cn-beijing", "tencent": "ap-shanghai", "zenlayer": "asia-east-1"}


class Checks:
    def __init__(self):
        self.failed = 0
        self.passed = 0

    def check(self, what, ok, seen=""):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok  ' if ok else 'FAIL'} {what}" + ("" if ok else f": {seen!r}"), flush=True)


class Sandbox:
    def __init__(self, url):
        self.url = url.rstrip("/")
        self.address = self.url.split("://", 1)[1]
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(self, path):
        with self.opener.open(self.url + path, timeout=30) as answer:
            return json.load(answer)

    def pick(self, cloud, word, count):
        """So many untroubled instances that are in this state now."""
        found = [
            one["instanceId"]
            for one in self.ask(f"/sandbox/instances?cloud={cloud}")
            if one["region"] == REGIONS[cloud]
            and one["state"].lower() == word
            and one["errorCode"] is None
        ]
        return found[:count]

    def reboots(self, cloud, ids):
        all_of = self.ask(f"/sandbox/instances?cloud={cloud}")
        return [one["reboots"] for one in all_of if one["instanceId"] in ids]


def run(checks, sandbox, name, cloud, client, wrong_key_code=None):
    """One SDK. `client(key id, secret)` gives describe, reboot, start and the error's code.

    `wrong_key_code` is the code which the SDK itself makes of a refused signature.
    """
    before = len(sandbox.ask("/sandbox/calls"))
    running = sandbox.pick(cloud, "running", 2)
    stopped = sandbox.pick(cloud, "stopped", 2)
    key_id, secret = KEYS[cloud]
    good = client(key_id, secret)

    states = good.describe(running + stopped[:1])
    want = {running[0]: "running", running[1]: "running", stopped[0]: "stopped"}
    checks.check(f"{name}: describes three", {k: v.lower() for k, v in states.items()} == want, states)

    reboot_id = good.reboot(running)
    checks.check(f"{name}: reboots two", bool(reboot_id), reboot_id)
    start_id = good.start(stopped[:1])
    checks.check(f"{name}: starts one", bool(start_id), start_id)

    states = {k: v.lower() for k, v in good.describe(running + stopped[:1]).items()}
    moving = ("stopping", "starting", "rebooting", "reboot", "booting")
    checks.check(f"{name}: all three are moving", all(states.get(i) in moving for i in want), states)

    code = good.code(lambda: good.reboot(stopped[1:]))
    wrong_state = {
        "alibaba": "IncorrectInstanceStatus",
        "tencent": "UnsupportedOperation.InstanceStateStopped",
        "zenlayer": "OPERATION_DENIED_INSTANCE_STATUS",
    }[cloud]
    checks.check(f"{name}: a stopped one cannot be rebooted", code == wrong_state, code)

    other = client(key_id, "not-" + secret)
    code = other.code(lambda: other.reboot(running))
    wrong_key = {
        "alibaba": "SignatureDoesNotMatch",
        "tencent": "AuthFailure.SignatureFailure",
        "zenlayer": "AUTHFAILURE_SIGNATURE_FAILURE",
    }[cloud]
    expected = wrong_key_code or wrong_key
    checks.check(f"{name}: a wrong secret is refused", code == expected, code)

    calls = sandbox.ask("/sandbox/calls")[before:]
    seen = [(call["signature"], call["executed"]) for call in calls]
    want_calls = [("ok", True)] * 4 + [("ok", False), (wrong_key, False)]
    checks.check(f"{name}: six arrivals, as they were sent", seen == want_calls, calls)
    checks.check(
        f"{name}: the request ids are the sandbox's",
        [reboot_id, start_id] == [call["requestId"] for call in calls[1:3]],
        [reboot_id, start_id],
    )
    checks.check(f"{name}: the right ids arrived", calls[1]["ids"] == running, calls[1]["ids"])
    counts = sandbox.reboots(cloud, running)
    checks.check(f"{name}: each was rebooted once", counts == [1, 1], counts)


def tencent(sandbox):
    from tencentcloud.common import credential
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.cvm.v20170312 import cvm_client, models

    class Client:
        def __init__(self, key_id, secret):
            profile = HttpProfile(protocol="http", endpoint=sandbox.address)
            self.client = cvm_client.CvmClient(
                credential.Credential(key_id, secret),
                REGIONS["tencent"],
                ClientProfile(httpProfile=profile),
            )

        def describe(self, ids):
            request = models.DescribeInstancesStatusRequest()
            request.InstanceIds = ids
            answer = self.client.DescribeInstancesStatus(request)
            return {one.InstanceId: one.InstanceState for one in answer.InstanceStatusSet}

        def reboot(self, ids):
            request = models.RebootInstancesRequest()
            request.InstanceIds = ids
            request.StopType = "SOFT"
            return self.client.RebootInstances(request).RequestId

        def start(self, ids):
            request = models.StartInstancesRequest()
            request.InstanceIds = ids
            return self.client.StartInstances(request).RequestId

        def code(self, act):
            try:
                act()
            except TencentCloudSDKException as error:
                return error.get_code()
            return "no error"

    return Client


def alibaba(sandbox, algorithm=None):
    from alibabacloud_ecs20140526 import models
    from alibabacloud_ecs20140526.client import Client as Ecs
    from alibabacloud_tea_openapi.utils_models import Config

    class Client:
        def __init__(self, key_id, secret):
            config = Config(
                access_key_id=key_id,
                access_key_secret=secret,
                endpoint=sandbox.address,
                protocol="HTTP",
                region_id=REGIONS["alibaba"],
            )
            if algorithm:
                config.signature_algorithm = algorithm
            self.client = Ecs(config)

        def describe(self, ids):
            request = models.DescribeInstanceStatusRequest(
                region_id=REGIONS["alibaba"], instance_id=ids, page_size=50
            )
            body = self.client.describe_instance_status(request).body
            return {one.instance_id: one.status for one in body.instance_statuses.instance_status}

        def reboot(self, ids):
            request = models.RebootInstancesRequest(
                region_id=REGIONS["alibaba"], instance_id=ids, force_reboot=False
            )
            return self.client.reboot_instances(request).body.request_id

        def start(self, ids):
            request = models.StartInstancesRequest(region_id=REGIONS["alibaba"], instance_id=ids)
            return self.client.start_instances(request).body.request_id

        def code(self, act):
            try:
                act()
            except Exception as error:  # the SDK's class depends on the core it was built with
                return getattr(error, "code", repr(error))
            return "no error"

    return Client


def alibaba_classic(sandbox):
    from aliyunsdkcore.acs_exception.exceptions import ServerException
    from aliyunsdkcore.client import AcsClient
    from aliyunsdkecs.request.v20140526.DescribeInstanceStatusRequest import (
        DescribeInstanceStatusRequest,
    )
    from aliyunsdkecs.request.v20140526.RebootInstancesRequest import RebootInstancesRequest
    from aliyunsdkecs.request.v20140526.StartInstancesRequest import StartInstancesRequest

    class Client:
        def __init__(self, key_id, secret):
            self.client = AcsClient(
                key_id, secret, REGIONS["alibaba"], auto_retry=False, max_retry_time=0
            )

        def send(self, request):
            request.set_endpoint(sandbox.address)
            request.set_protocol_type("http")
            request.set_accept_format("JSON")
            return json.loads(self.client.do_action_with_exception(request))

        def describe(self, ids):
            request = DescribeInstanceStatusRequest()
            request.set_InstanceIds(ids)
            request.set_PageSize(50)
            answer = self.send(request)
            return {
                one["InstanceId"]: one["Status"]
                for one in answer["InstanceStatuses"]["InstanceStatus"]
            }

        def reboot(self, ids):
            request = RebootInstancesRequest()
            request.set_InstanceIds(ids)
            return self.send(request)["RequestId"]

        def start(self, ids):
            request = StartInstancesRequest()
            request.set_InstanceIds(ids)
            return self.send(request)["RequestId"]

        def code(self, act):
            try:
                act()
            except ServerException as error:
                return error.get_error_code()
            return "no error"

    return Client


def zenlayer(sandbox):
    from zenlayercloud.common.config import Config
    from zenlayercloud.common.credential import Credential
    from zenlayercloud.common.excpetion.zenlayer_cloud_sdk_exception import (
        ZenlayerCloudSdkException,
    )
    from zenlayercloud.zec.v20250901 import models, zec_client

    class Client:
        def __init__(self, key_id, secret):
            config = Config(scheme="http", domain=sandbox.address)
            self.client = zec_client.ZecClient(Credential(key_id, secret), config)

        def describe(self, ids):
            request = models.DescribeInstancesStatusRequest()
            request.instanceIds = ids
            answer = self.client.DescribeInstancesStatus(request)
            return {one.instanceId: one.instanceStatus for one in answer.dataSet}

        def reboot(self, ids):
            request = models.RebootInstancesRequest()
            request.instanceIds = ids
            return self.whole(self.client.RebootInstances(request))

        def start(self, ids):
            request = models.StartInstancesRequest()
            request.instanceIds = ids
            return self.whole(self.client.StartInstances(request))

        def whole(self, answer):
            """The request id, if no instance is in the list of failed ones."""
            return None if answer.instanceIds else answer.requestId

        def code(self, act):
            try:
                act()
            except ZenlayerCloudSdkException as error:
                return error.get_code()
            return "no error"

    return Client


def main():
    url = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("RELIGHT_SANDBOX")
    if not url:
        sys.exit(__doc__)
    sandbox = Sandbox(url)
    checks = Checks()
    sdks = [
        ("tencentcloud-sdk-python-cvm", "tencent", tencent),
        ("alibabacloud-ecs20140526", "alibaba", alibaba),
        ("alibabacloud-ecs20140526 signing v2", "alibaba", lambda on: alibaba(on, "v2")),
        ("aliyun-python-sdk-ecs", "alibaba", alibaba_classic),
        ("zenlayercloud-sdk-python", "zenlayer", zenlayer),
    ]
    # The classic SDK says this when the server's own string to sign, which it reads out of the
    # message, is exactly the one it signed: then only the secret can be wrong.
    wrong_key_codes = {"aliyun-python-sdk-ecs": "InvalidAccessKeySecret"}
    for name, cloud, sdk in sdks:
        # One SDK that breaks must not hide what the others do.
        try:
            run(checks, sandbox, name, cloud, sdk(sandbox), wrong_key_codes.get(name))
        except Exception as error:
            checks.check(f"{name}: runs to the end", False, error)
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
