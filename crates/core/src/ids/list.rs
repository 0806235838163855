//! Ids that come one by one, as programs pass them.

use super::{IdProblem, IdProblemKind, parse_id, parse_ids};
use crate::model::{cloud::Cloud, instance_id::InstanceId};
use std::collections::HashSet;

/// Reads texts that should be an id each. Each is taken by itself, so that none of them passes for
/// the heading of another; the line of a problem is the position of its text, from 1.
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

/// The same for texts that are a line each.
pub fn parse_lines(lines: &str, cloud: &'static Cloud) -> (Vec<InstanceId>, Vec<IdProblem>) {
    match distinct_ids(lines, cloud) {
        Some(ids) => (ids, Vec::new()),
        None => parse_list(lines.split('\n'), cloud),
    }
}

/// How many line breaks a text has.
pub fn line_breaks(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// The ids of lines that are an id each, each another: what programs give, and for a signature sooner
/// read than by [`parse_list`]. `None` for everything else.
// By itself, so that it is built for speed, whoever calls it.
#[inline(never)]
fn distinct_ids(lines: &str, cloud: &'static Cloud) -> Option<Vec<InstanceId>> {
    let is_id = cloud.ids.strict;
    let mut seen = HashSet::new();
    let ids = lines.split('\n').map(|line| {
        let is_new_id = is_id(line) && seen.insert(line);
        is_new_id.then(|| InstanceId::new(line))
    });
    ids.collect()
}

/// Ids, each once.
#[derive(Default)]
struct Distinct {
    ids: Vec<InstanceId>,
    seen: HashSet<InstanceId>,
}

impl Distinct {
    /// Adds an id; gives the problem if it is there already.
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
        })
    }
}
