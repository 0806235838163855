//! What goes to this cloud, to the byte.

use super::Alibaba;
use crate::{
    cloud::{Cloud, Read},
    ids::parse_ids,
    plan::{Job, Target, plan},
    request::{Payload, Request, Unsigned},
    sign::{Prepared, Signer},
    words::Locale,
};

const TWO: &str = "i-bp000000000000abc123 i-bp000000000000abc124";
const ONE: &str = "i-bp000000000000abc123";

#[test]
fn many_instances_are_numbered_from_one_and_need_the_region() {
    let options = [("ForceReboot", "true"), ("BatchOptimization", "SuccessFirst")];
    assert_eq!(
        query(&unsigned("RebootInstances", TWO, &options)),
        "RegionId=ap-southeast-1 InstanceId.1=i-bp000000000000abc123 \
         InstanceId.2=i-bp000000000000abc124 ForceReboot=true BatchOptimization=SuccessFirst"
    );
    assert_eq!(
        query(&unsigned("StartInstances", ONE, &[("DryRun", "true")])),
        "RegionId=ap-southeast-1 InstanceId.1=i-bp000000000000abc123 DryRun=true"
    );
}

#[test]
fn a_single_instance_goes_without_region_and_forces_under_another_name() {
    assert_eq!(
        query(&unsigned("RebootInstance", ONE, &[("DryRun", "false"), ("ForceStop", "false")])),
        "InstanceId=i-bp000000000000abc123 ForceStop=false DryRun=false"
    );
    assert_eq!(
        query(&unsigned("StartInstance", ONE, &[("InitLocalDisk", "true")])),
        "InstanceId=i-bp000000000000abc123 InitLocalDisk=true"
    );
}

#[test]
fn reads_ask_for_a_whole_page() {
    let target = Target::new(&Alibaba, None, "ap-southeast-1").unwrap();
    let ids = job("StartInstances", TWO, &[]).ids;
    let read = |read| query(&Alibaba.read(&target, read, &ids));
    assert_eq!(
        read(Read::Instances),
        "RegionId=ap-southeast-1 \
         InstanceIds=[\"i-bp000000000000abc123\",\"i-bp000000000000abc124\"] MaxResults=100"
    );
    assert_eq!(
        read(Read::Status),
        "RegionId=ap-southeast-1 InstanceId.1=i-bp000000000000abc123 \
         InstanceId.2=i-bp000000000000abc124 PageSize=50"
    );
    assert_eq!(read(Read::Places), "");
}

#[test]
fn some_regions_share_a_host() {
    for (region, host) in [
        ("ap-southeast-1", "ecs.ap-southeast-1.aliyuncs.com"),
        ("cn-shanghai", "ecs.cn-shanghai.aliyuncs.com"),
        ("cn-hangzhou", "ecs-cn-hangzhou.aliyuncs.com"),
        ("cn-shanghai-finance-1", "ecs-cn-hangzhou.aliyuncs.com"),
        ("cn-shenzhen-finance-1", "ecs-cn-hangzhou.aliyuncs.com"),
        ("cn-hangzhou-finance", "ecs.aliyuncs.com"),
        ("cn-north-2-gov-1", "ecs.aliyuncs.com"),
        ("cn-wuhan", "ecs.aliyuncs.com"),
        ("cn-wuhan-lr", "ecs.cn-wuhan-lr.aliyuncs.com"),
    ] {
        assert_eq!(Target::new(&Alibaba, None, region).unwrap().host(), host);
    }
}

#[test]
fn the_current_signature_travels_in_a_header_and_the_body_stays_empty() {
    let request = unsigned("RebootInstances", TWO, &[("ForceReboot", "false")]);
    assert_eq!(
        as_sent(Alibaba.prepare(&request, &signer(Some("to/ken+")))),
        "POST /?ForceReboot=false&InstanceId.1=i-bp000000000000abc123&InstanceId.2=i-bp000000000000abc124&RegionId=ap-southeast-1\n\
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
fn the_older_signature_travels_in_a_form_without_headers_of_its_own() {
    let request = unsigned("StartInstance", ONE, &[]);
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

fn query(request: &Request<Unsigned>) -> String {
    let Payload::Query(query) = &request.content().payload else { panic!("not a query") };
    let pairs: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join(" ")
}

fn job(operation: &str, ids: &str, options: &[(&str, &str)]) -> Job {
    let parsed = parse_ids(ids, Some(&Alibaba));
    assert_eq!(parsed.problems, []);
    Job {
        cloud: &Alibaba,
        site: None,
        region: "ap-southeast-1".into(),
        operation: operation.into(),
        ids: parsed.ids.into_iter().map(|parsed| parsed.id).collect(),
        options: options.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
    }
}

fn unsigned(operation: &str, ids: &str, options: &[(&str, &str)]) -> Request<Unsigned> {
    plan(&job(operation, ids, options), None).unwrap().batches.first().unwrap().request()
}

fn signer(token: Option<&str>) -> Signer {
    Signer {
        key_id: "EXAMPLE-KEY-ID".into(),
        token: token.map(str::to_owned),
        unix_seconds: 1_714_550_400,
        nonce: "0123456789abcdef0123456789abcdef".into(),
        sign_action: true,
        locale: Locale::Zh,
    }
}

/// The request line and the headers, one to a line, then the body.
fn as_sent(prepared: Prepared) -> String {
    let signed = prepared.finish(b"tag");
    let mut text = format!("{} {}\n", signed.method(), signed.path_and_query());
    for (name, value) in signed.headers() {
        text += &format!("{name}: {value}\n");
    }
    text + "\n" + signed.body()
}
