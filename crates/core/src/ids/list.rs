//! Ids in an array, as passed by programs.

use super::{IdProblem, IdProblemKind, parse_id, parse_ids};
use crate::model::{cloud::Cloud, instance_id::InstanceId};
use std::collections::HashSet;

/// Parses texts that should be one id each. Each is parsed separately, so that none is a heading of
/// another; the line of a problem is the position in the array, from 1.
///
/// ```
/// use relight_core::{clouds, ids::parse_list};
///
/// let (ids, problems) =
///     parse_list(["ins-r8hr2upy", "ins-", "ins-r8hr2upy"], clouds::by_id("tencent").unwrap());
/// assert_eq!(ids.len(), 1);
/// assert_eq!((problems[0].line, problems[1].line), (2, 3));
/// ```
pub fn parse_list<'t>(
    texts: impl IntoIterator<Item = &'t str>,
    cloud: &'static Cloud,
) -> (Vec<InstanceId>, Vec<IdProblem>) {
    let mut ids = Distinct::default();
    let mut problems = Vec::new();
    for (text, position) in texts.into_iter().zip(1_u32..) {
        if let Some(id) = parse_id(text, cloud) {
            problems.extend(ids.add(id, cloud, position));
            continue;
        }
        let parsed = parse_ids(text, Some(cloud));
        let found = parsed.problems.into_iter();
        problems.extend(found.map(|problem| IdProblem { line: position, ..problem }));
        for parsed in parsed.ids {
            problems.extend(ids.add(parsed.id, cloud, position));
        }
    }
    (ids.ids, problems)
}

/// Distinct ids.
#[derive(Default)]
struct Distinct {
    ids: Vec<InstanceId>,
    seen: HashSet<InstanceId>,
}

impl Distinct {
    /// Adds an id; returns the problem if it is a duplicate.
    fn add(&mut self, id: InstanceId, cloud: &'static Cloud, position: u32) -> Option<IdProblem> {
        if self.seen.insert(id.clone()) {
            self.ids.push(id);
            return None;
        }
        Some(IdProblem {
            kind: IdProblemKind::Repeated,
            text: id.as_str().to_owned(),
            line: position,
            cloud: Some(cloud),
            suggestion: None,
            vendor: None,
        })
    }
}
