//! Other clouds than ours, whose errors have the same codes and sentences: what their texts have about
//! them, in lower case and without blanks.

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
    // What stores of objects say since the first of them did; none of our clouds does in its interface.
    "theaccesskeyidyouprovideddoesnotexist",
    "therequestsignaturewecalculateddoesnotmatch",
    "thespecifiedkeydoesnotexist",
    "thespecifiedbucketdoesnotexist",
];

/// Whether a text, in lower case and without blanks, speaks for a cloud that is none of ours.
pub(super) fn is_foreign(compact: &str) -> bool {
    says(compact, MARKS)
}
