//! Facts around a code: its cloud, region, operation, key and instances, each from the error's own
//! record at most.

use super::{
    Reader,
    other_clouds::is_foreign,
    shapes::{says, start_of, words},
    transport::is_cloud_host,
    values::{ids_in, key_id_in},
};
use crate::{clouds::catalogue, model::cloud::Cloud};
use std::collections::BTreeSet;

/// The text around a code, and the evidence in it for its cloud.
pub(super) struct Surroundings<'t> {
    /// The wider context, including headers above a response.
    pub(super) piece: &'t str,
    /// The record of the error.
    pub(super) text: &'t str,
    /// Its line.
    pub(super) line: &'t str,
    /// Whether it names several instances that cannot be explained separately.
    pub(super) has_several: bool,
    /// The evidence for each cloud of the reader: a weight.
    pub(super) marks: Vec<u8>,
    /// Whether there is evidence for another cloud than ours.
    pub(super) is_foreign: bool,
    /// The operation, if only one is named.
    pub(super) operation: Option<&'static str>,
    /// A region.
    pub(super) region: Option<&'static str>,
    /// A word with the prefix of a key id.
    pub(super) key_id: Option<&'t str>,
    /// Shown as the cloud's message where there is none.
    pub(super) original: &'t str,
}

impl<'t> Surroundings<'t> {
    /// Of a code without context.
    pub(super) fn none(word: &'t str, clouds: usize) -> Self {
        Surroundings {
            piece: word,
            text: word,
            line: word,
            has_several: false,
            marks: vec![1; clouds],
            is_foreign: false,
            operation: None,
            region: None,
            key_id: None,
            original: word,
        }
    }

    /// The instances of an error: those of its message, else of its line, else of one other line of
    /// its record. Several lines with ids are ambiguous.
    pub(super) fn ids(&self, code: &str, message: &str, cloud: &Cloud) -> Vec<String> {
        let own = ids_in(message, cloud);
        if !own.is_empty() || names_another_resource(message) {
            return own;
        }
        let own = self.line_ids(code, cloud);
        if !own.is_empty() || self.has_several {
            return own;
        }
        let mut lines =
            self.text.split('\n').map(|line| ids_in(line, cloud)).filter(|ids| !ids.is_empty());
        match (lines.next(), lines.next()) {
            (Some(ids), None) => ids,
            (Some(ids), Some(others)) if ids == others && lines.all(|more| more == ids) => ids,
            (_, _) => Vec::new(),
        }
    }

    /// The instances of the line: those before the code if any, after the last word of success,
    /// since a sentence goes on about others (`i-1 failed with …, i-2 is fine`).
    fn line_ids(&self, code: &str, cloud: &Cloud) -> Vec<String> {
        const SUCCESSES: [&str; 5] = ["正常", "成功", "好的", " ok", "ucceeded"];
        let (before, _) = self.line.split_once(code).unwrap_or((self.line, ""));
        // A success, and the previous object of a dump.
        let other = SUCCESSES.iter().chain(&["},"]).filter_map(|word| before.rfind(word)).max();
        let own = ids_in(other.and_then(|at| before.get(at..)).unwrap_or(before), cloud);
        let all = ids_in(self.line, cloud);
        if !own.is_empty() || other.is_some() && all.len() > 1 { own } else { all }
    }
}

/// Whether a message names another resource: a group, a disk, a network.
fn names_another_resource(message: &str) -> bool {
    const KINDS: [&str; 15] = [
        "sg", "vpc", "subnet", "vsw", "disk", "d", "eip", "eni", "img", "m", "snap", "lb", "asg",
        "skey", "rtb",
    ];
    words(message).any(|at| {
        let word = message.get(at).unwrap_or("");
        word.split_once('-').is_some_and(|(kind, name)| {
            KINDS.contains(&kind)
                && name.len() >= 6
                && name.bytes().any(|b| b.is_ascii_digit())
                && name.bytes().all(|b| b.is_ascii_alphanumeric())
        })
    })
}

impl Reader<'_> {
    /// Evidence for the cloud from `piece`, and facts from `own`, the record in it.
    pub(super) fn surroundings<'t>(
        &self,
        piece: &'t str,
        own: &'t str,
        line: &'t str,
        original: &'t str,
    ) -> Surroundings<'t> {
        const BYTES_MAX: usize = 20_000;
        let (piece, text) = (start_of(piece, BYTES_MAX), start_of(own, BYTES_MAX));
        let around = compact(piece);
        let is_shape = |shape: &&[&str]| {
            let mut rest = around.as_str();
            shape.iter().all(|label| match rest.split_once(label) {
                Some((_, after)) => {
                    rest = after;
                    true
                }
                None => false,
            })
        };
        let mut marks: Vec<u8> = self
            .clouds
            .iter()
            .map(|cloud| {
                let known = catalogue(cloud);
                let is_marked = says(&around, known.marks);
                2 * u8::from(is_marked || known.shapes.iter().any(is_shape))
            })
            .collect();
        let mut operations = BTreeSet::new();
        let mut region = None;
        let mut key_id = None;
        for at in words(text) {
            let Some(word) = text.get(at) else { continue };
            if region.is_none() {
                let known = |part| self.regions.binary_search(&part).ok();
                // `ecs.cn-hangzhou.aliyuncs.com` has one in the middle.
                let at = known(word).or_else(|| word.split('.').find_map(known));
                region = at.and_then(|at| self.regions.get(at)).copied();
            }
            key_id = key_id.or_else(|| key_id_in(word));
            if let Ok(at) = self.operations.binary_search(&word) {
                operations.extend(self.operations.get(at).copied());
            }
        }
        for at in words(piece) {
            let Some(word) = piece.get(at) else { continue };
            for (cloud, mark) in self.clouds.iter().zip(&mut marks) {
                if (cloud.ids.strict)(word) {
                    *mark = 2;
                }
            }
        }
        // An error of another product comes with its vendor's marks. Next to an API host or an
        // instance the product is only mentioned.
        let own = compact(text);
        let names_host = || {
            let mut named = words(text).filter_map(|at| text.get(at));
            named.any(|word| is_cloud_host(&word.to_ascii_lowercase(), &self.clouds))
        };
        let mut is_of_other_product = false;
        for (cloud, mark) in self.clouds.iter().zip(&mut marks) {
            if says(&own, catalogue(cloud).other_products)
                && ids_in(text, cloud).is_empty()
                && !names_host()
            {
                (*mark, is_of_other_product) = (0, true);
            }
        }
        let is_foreign = is_of_other_product || is_foreign(&around);
        Surroundings {
            piece,
            text,
            line,
            has_several: false,
            marks,
            is_foreign,
            // With several it is unknown which was refused.
            operation: operations.pop_first().filter(|_| operations.is_empty()),
            region,
            key_id,
            original,
        }
    }
}

/// A text in lower case, without white space and escapes, with one kind of quotes.
pub(super) fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\\')
        .map(|c| if c == '\'' { '"' } else { c.to_ascii_lowercase() })
        .collect()
}
