//! Other clouds with the same codes and sentences, recognised by marks in their texts, in lower
//! case without white space.

use super::shapes::says;

const MARKS: &[&str] = &[
    "amazon",
    "aws-sdk",
    "aws_",
    "awserr",
    "awsclient",
    "awsaccess",
    "aws4-",
    "aws:",
    "aws.",
    "youraws",
    "boto",
    "x-amz-",
    "anerroroccurred(",
    "<errors><error>",
    "runtime.unhandledpromiserejection",
    "\"retryable\":",
    "azure",
    "windows.net",
    "microsoft",
    "googleapis",
    "google.rpc",
    "volcengine",
    "volces.com",
    "volcstack",
    "\"responsemetadata\":",
    "huaweicloud",
    "openstack",
    "ucloud",
    "jdcloud",
    "baidubce",
    "ksyun",
    "ctyun",
    "digitalocean",
    "oraclecloud",
    "\"type\":\"sender\"",
    // Common to the S3-compatible object stores; none of our clouds' APIs says it.
    "theaccesskeyidyouprovideddoesnotexist",
    "therequestsignaturewecalculateddoesnotmatch",
    "thespecifiedkeydoesnotexist",
    "thespecifiedbucketdoesnotexist",
];

/// Whether a compacted text comes from another cloud.
pub(super) fn is_foreign(compact: &str) -> bool {
    says(compact, MARKS)
}
