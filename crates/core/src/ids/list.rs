//! Ids that come one by one, as programs pass them.

use super::{IdProblem, IdProblemKind, InstanceId, parse_id, parse_ids};
use crate::cloud::Cloud;

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
    let mut rest = Some(lines);
    // The library's search for a byte is made for long texts.
    let lines = std::iter::from_fn(|| {
        let text = rest?;
        let end = line_break(text.as_bytes());
        let (line, after) = match end {
            Some(end) => (text.get(..end)?, text.get(end + 1..)),
            None => (text, None),
        };
        rest = after;
        Some(line)
    });
    parse_list(lines, cloud)
}

/// Where the first line break is. Eight bytes are looked at at once: a byte of the word is zero where
/// the text has a line break, and taking one from it borrows from the bit above.
fn line_break(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const TOPS: u64 = u64::from_ne_bytes([0x80; 8]);
    let (words, rest) = text.as_chunks();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word) ^ (ONES * u64::from(b'\n'));
        let breaks = word.wrapping_sub(ONES) & !word & TOPS;
        if breaks != 0 {
            return Some(index * 8 + usize::try_from(breaks.trailing_zeros() / 8).ok()?);
        }
    }
    let before = words.len() * 8;
    rest.iter().position(|byte| *byte == b'\n').map(|at| before + at)
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

/// One multiplication for eight bytes. The ids are the caller's own, so nobody gains from collisions.
fn hash(text: &str) -> usize {
    let (words, rest) = text.as_bytes().as_chunks();
    let rest = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let words = words.iter().map(|word| u64::from_le_bytes(*word));
    let hash = words.chain([rest]).fold(0_u64, |hash, word| {
        // An odd number whose bits are as good as random: 2⁶⁴ over the golden ratio.
        (hash.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    usize::try_from(hash >> 32).unwrap_or_default()
}
