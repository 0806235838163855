//! Ids that come one by one, as programs pass them.

use super::{IdProblem, IdProblemKind, InstanceId, parse_id, parse_ids};
use crate::{
    bytes::{self, in_range},
    cloud::Cloud,
};

/// Reads texts that should be an id each. Each is taken by itself, so that none of them passes for
/// the heading of another; the line of a problem is the position of its text, from 1.
///
/// ```
/// use relight_core::{cloud, ids::parse_list};
///
/// let (ids, problems) =
///     parse_list(["ins-r8hr2upy", "ins-", "ins-r8hr2upy"], cloud::by_id("tencent").unwrap());
/// assert_eq!(ids.len(), 1);
/// assert_eq!((problems[0].line, problems[1].line), (2, 3));
/// ```
pub fn parse_list<'t>(
    texts: impl IntoIterator<Item = &'t str>,
    cloud: &'static dyn Cloud,
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
pub fn parse_lines(lines: &str, cloud: &'static dyn Cloud) -> (Vec<InstanceId>, Vec<IdProblem>) {
    match distinct_ids(lines, cloud) {
        Some(ids) => (ids, Vec::new()),
        None => parse_list(lines.split('\n'), cloud),
    }
}

/// How many line breaks a text has.
pub fn line_breaks(text: &str) -> usize {
    bytes::count(text.as_bytes(), line_break)
}

/// Marks line breaks.
fn line_break(word: u64) -> u64 {
    in_range(word, b'\n', b'\n')
}

/// The ids of lines that are an id each, each another: what programs give, and for a signature sooner
/// read than by [`parse_list`]. `None` for everything else.
// By itself, so that it is built for speed, whoever calls it.
#[inline(never)]
fn distinct_ids(lines: &str, cloud: &'static dyn Cloud) -> Option<Vec<InstanceId>> {
    /// Beyond this, too many of the bits would be set.
    const IDS_MAX: usize = 1000;
    let count = line_breaks(lines) + 1;
    if count > IDS_MAX {
        return None;
    }
    let is_id = cloud.manifest().ids.strict;
    let mut ids: Vec<InstanceId> = Vec::with_capacity(count);
    // A bit for each hash. Only an id whose bit is set already is compared with those before it.
    let mut seen = [0_u64; 128];
    let mut rest = Some(lines);
    while let Some(text) = rest {
        let (line, after) = match bytes::find(text.as_bytes(), line_break) {
            Some(end) => (text.get(..end)?, text.get(end + 1..)),
            None => (text, None),
        };
        if !is_id(line) {
            return None;
        }
        let hash = hash(line);
        let word = seen.get_mut(hash / 64 % 128)?;
        let bit = 1 << (hash % 64);
        if *word & bit != 0 && ids.iter().any(|id| id.as_str() == line) {
            return None;
        }
        *word |= bit;
        ids.push(InstanceId::new(line));
        rest = after;
    }
    Some(ids)
}

/// Ids, each once.
#[derive(Default)]
struct Distinct {
    ids: Vec<InstanceId>,
    /// Where an id is to be found, plus one, at the place that its bytes tell or in one of those
    /// behind it; 0 where there is none. At least half is free. The library's set takes twice the
    /// time, for each id as long as all else that is done with it.
    places: Vec<usize>,
}

impl Distinct {
    /// Adds an id; gives the problem if it is there already.
    fn add(
        &mut self,
        id: InstanceId,
        cloud: &'static dyn Cloud,
        position: u32,
    ) -> Option<IdProblem> {
        if self.ids.len() * 2 >= self.places.len() {
            self.places = vec![0; (self.places.len() * 2).max(256)];
            for (index, id) in self.ids.iter().enumerate() {
                if let Ok(place) = find(&mut self.places, &self.ids, id) {
                    *place = index + 1;
                }
            }
        }
        match find(&mut self.places, &self.ids, &id) {
            Ok(place) => {
                self.ids.push(id);
                *place = self.ids.len();
                None
            }
            Err(Known) => Some(IdProblem {
                kind: IdProblemKind::Repeated,
                text: id.as_str().to_owned(),
                line: position,
                cloud: Some(cloud),
                suggestion: None,
            }),
        }
    }
}

/// An id is there already.
struct Known;

/// The free place for an id. The number of places is a power of two.
fn find<'p>(
    places: &'p mut [usize],
    ids: &[InstanceId],
    id: &InstanceId,
) -> Result<&'p mut usize, Known> {
    let mask = places.len().wrapping_sub(1);
    let mut at = hash(id.as_str()) & mask;
    loop {
        match places.get(at) {
            Some(0) | None => break,
            Some(place) if ids.get(place - 1) == Some(id) => return Err(Known),
            Some(_) => at = (at + 1) & mask,
        }
    }
    places.get_mut(at).ok_or(Known)
}

/// Of the last eight bytes, which every id has and in which ids differ. They are the caller's own, so
/// nobody gains from collisions.
fn hash(text: &str) -> usize {
    let word = text.as_bytes().last_chunk().map_or(0, |end| u64::from_le_bytes(*end));
    // A bit of a product has something of the bits at its place and below. So the last bytes, in which
    // ids differ most, are put below too.
    let word = word ^ word >> 29;
    // An odd number whose bits are as good as random: 2⁶⁴ over the golden ratio.
    usize::try_from(word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40).unwrap_or_default()
}
