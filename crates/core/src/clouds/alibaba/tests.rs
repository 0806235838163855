//! The requests to this cloud, byte by byte.

use super::{Alibaba, CLOUD};
use crate::{
    clouds::{
        Lister, Protocol, Read, command_line, curl,
        testing::{as_sent, batch, ids, query, signer, unsigned},
    },
    model::{plan::Target, query::InstanceQuery},
};

const TWO: &str = "i-bp000000000000abc123 i-bp000000000000abc124";
const ONE: &str = "i-bp000000000000abc123";

#[test]
fn many_instances_are_numbered_from_one_and_need_the_region() {
    let options = [("ForceReboot", "true"), ("BatchOptimization", "SuccessFirst")];
    assert_eq!(
        query(&unsigned(&CLOUD, "RebootInstances", TWO, &options)),
        "RegionId=ap-guangzhou InstanceId.1=i-bp000000000000abc123 \
         InstanceId.2=i-bp000000000000abc124 ForceReboot=true BatchOptimization=SuccessFirst"
    );
    assert_eq!(
        query(&unsigned(&CLOUD, "StartInstances", ONE, &[("DryRun", "true")])),
        "RegionId=ap-guangzhou InstanceId.1=i-bp000000000000abc123 DryRun=true"
    );
}

#[test]
fn a_single_instance_goes_without_region_and_forces_under_another_name() {
    assert_eq!(
        query(&unsigned(
            &CLOUD,
            "RebootInstance",
            ONE,
            &[("DryRun", "false"), ("ForceStop", "false")]
        )),
        "InstanceId=i-bp000000000000abc123 ForceStop=false DryRun=false"
    );
    assert_eq!(
        query(&unsigned(&CLOUD, "StartInstance", ONE, &[("InitLocalDisk", "true")])),
        "InstanceId=i-bp000000000000abc123 InitLocalDisk=true"
    );
}

#[test]
fn lines_name_the_region_and_every_parameter() {
    let options = [("ForceReboot", "true"), ("BatchOptimization", "SuccessFirst")];
    let many = batch(&CLOUD, "RebootInstances", TWO, &options);
    let line = "aliyun ecs RebootInstances \\
  --region ap-guangzhou \\
  --RegionId ap-guangzhou \\
  --InstanceId.1 i-bp000000000000abc123 \\
  --InstanceId.2 i-bp000000000000abc124 \\
  --ForceReboot true \\
  --BatchOptimization SuccessFirst";
    assert_eq!(command_line(&many).line, line);
    let one = batch(&CLOUD, "RebootInstance", ONE, &[("ForceStop", "false")]);
    let line = "aliyun ecs RebootInstance \\
  --region ap-guangzhou \\
  --InstanceId i-bp000000000000abc123 \\
  --ForceStop false";
    assert_eq!(command_line(&one).line, line);
    let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let line = format!(
        "curl -X POST \
         'https://ecs.ap-guangzhou.aliyuncs.com/?ForceStop=false&InstanceId=i-bp000000000000abc123' \\
  -H 'accept: application/json' \\
  -H 'x-acs-action: RebootInstance' \\
  -H 'x-acs-version: 2014-05-26' \\
  -H 'x-acs-date: <unsigned>' \\
  -H 'x-acs-signature-nonce: <unsigned>' \\
  -H 'x-acs-content-sha256: {hash}' \\
  -H 'authorization: <unsigned>' \\
  -H 'content-length: 0'"
    );
    assert_eq!(curl(&one).line, line);
}

#[test]
fn reads_ask_for_a_whole_page() {
    let target = Target::new(&CLOUD, None, "ap-guangzhou").unwrap();
    let ids = ids(&CLOUD, TWO);
    let read = |read| query(&Alibaba.read(&target, read, &ids));
    assert_eq!(
        read(Read::Instances),
        "RegionId=ap-guangzhou \
         InstanceIds=[\"i-bp000000000000abc123\",\"i-bp000000000000abc124\"] MaxResults=100"
    );
    assert_eq!(
        read(Read::Status),
        "RegionId=ap-guangzhou InstanceId.1=i-bp000000000000abc123 \
         InstanceId.2=i-bp000000000000abc124 PageSize=50"
    );
    assert_eq!(read(Read::Places), "");
}

#[test]
fn some_regions_share_a_host() {
    for (region, host) in [
        ("ap-guangzhou", "ecs.ap-guangzhou.aliyuncs.com"),
        ("cn-shanghai", "ecs.cn-shanghai.aliyuncs.com"),
        ("cn-hangzhou", "ecs-cn-hangzhou.aliyuncs.com"),
        ("cn-shanghai-finance-1", "ecs-cn-hangzhou.aliyuncs.com"),
        ("cn-shenzhen-finance-1", "ecs-cn-hangzhou.aliyuncs.com"),
        ("cn-hangzhou-finance", "ecs.aliyuncs.com"),
        ("cn-north-2-gov-1", "ecs.aliyuncs.com"),
        ("cn-wuhan", "ecs.aliyuncs.com"),
        ("cn-wuhan-lr", "ecs.cn-wuhan-lr.aliyuncs.com"),
    ] {
        assert_eq!(Alibaba.host(&Target::new(&CLOUD, None, region).unwrap()), host);
    }
}

#[test]
fn the_current_signature_travels_in_a_header_and_the_body_stays_empty() {
    let request = unsigned(&CLOUD, "RebootInstances", TWO, &[("ForceReboot", "false")]);
    assert_eq!(
        as_sent(Alibaba.prepare(&request, &signer(Some("to/ken+")))),
        "POST /?ForceReboot=false&InstanceId.1=i-bp000000000000abc123&InstanceId.2=i-bp000000000000abc124&RegionId=ap-guangzhou\n\
         accept: application/json\n\
         x-acs-action: RebootInstances\n\
         x-acs-version: 2014-05-26\n\
         x-acs-date: 2024-05-01T08:00:00Z\n\
         x-acs-signature-nonce: 0123456789abcdef0123456789abcdef\n\
         x-acs-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\
         x-acs-security-token: to/ken+\n\
         authorization: ACS3-HMAC-SHA256 Credential=EXAMPLE-KEY-ID,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-security-token;x-acs-signature-nonce;x-acs-version,Signature=746167\n\n"
    );
}

#[test]
fn both_signatures_cover_the_operation() {
    let reboot = unsigned(&CLOUD, "RebootInstance", ONE, &[]);
    let start = unsigned(&CLOUD, "StartInstance", ONE, &[]);
    for algorithm in Alibaba.algorithms() {
        let message = |request| {
            Alibaba.prepare_with(algorithm.name(), request, &signer(None)).unwrap().message
        };
        assert_ne!(message(&reboot), message(&start));
    }
}

#[test]
fn the_older_signature_travels_in_a_form_without_headers_of_its_own() {
    let request = unsigned(&CLOUD, "StartInstance", ONE, &[]);
    let prepared = Alibaba.prepare_with("ACS-RPC-HMAC-SHA1", &request, &signer(Some("to/ken+")));
    assert_eq!(
        as_sent(prepared.unwrap()),
        "POST /\ncontent-type: application/x-www-form-urlencoded\n\n\
         AccessKeyId=EXAMPLE-KEY-ID&Action=StartInstance&Format=JSON\
         &InstanceId=i-bp000000000000abc123&SecurityToken=to%2Fken%2B&SignatureMethod=HMAC-SHA1\
         &SignatureNonce=0123456789abcdef0123456789abcdef&SignatureVersion=1.0\
         &Timestamp=2024-05-01T08%3A00%3A00Z&Version=2014-05-26&Signature=dGFn"
    );
}

#[test]
fn a_list_asks_for_what_the_cloud_compares_exactly() {
    let target = Target::new(&CLOUD, None, "cn-hangzhou").unwrap();
    let sent = |text: &str, cursor| {
        let request = Alibaba.list(&target, &InstanceQuery::parse(text), cursor);
        query(&request)
    };
    assert_eq!(sent("", None), "RegionId=cn-hangzhou MaxResults=100");
    assert_eq!(
        sent("web tag:team=web tag:env state:running zone:cn-hangzhou-h ip:10.", Some("t2")),
        "RegionId=cn-hangzhou MaxResults=100 Tag.1.Key=team Tag.1.Value=web Tag.2.Key=env \
         Status=Running ZoneId=cn-hangzhou-h NextToken=t2"
    );
    // Partial zones and several states are only compared by the page.
    assert_eq!(sent("zone:h state:running,stopped", None), "RegionId=cn-hangzhou MaxResults=100");
}
