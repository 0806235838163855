//! What the text around a code tells of it: whose it is, and the region, the operation, the key and the
//! instances, each from no further than the error's own record.

use super::{
    Reader,
    other_clouds::is_foreign,
    shapes::{says, start_of, words},
    transport::is_cloud_host,
    values::{ids_in, key_id_in},
};
use crate::{clouds::catalogue, model::cloud::Cloud};
use std::collections::BTreeSet;

/// A piece of text around a code, and what it says about where the code comes from.
pub(super) struct Surroundings<'t> {
    /// All that is near, headers above an answer included.
    pub(super) piece: &'t str,
    /// The record of the error.
    pub(super) text: &'t str,
    /// Its line.
    pub(super) line: &'t str,
    /// Whether it names several instances that cannot be explained apart.
    pub(super) has_several: bool,
    /// For each cloud of the reader, how much speaks for it.
    pub(super) marks: Vec<u8>,
    /// Whether something speaks for a cloud that is none of ours.
    pub(super) is_foreign: bool,
    /// The operation named in it, if it is the only one.
    pub(super) operation: Option<&'static str>,
    /// A region named in it.
    pub(super) region: Option<&'static str>,
    /// A word in it that begins as key ids do.
    pub(super) key_id: Option<&'t str>,
    /// What is shown as the cloud's words where there is no message.
    pub(super) original: &'t str,
}

impl<'t> Surroundings<'t> {
    /// Of a code without anything around it.
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

    /// The instances that an error is about: those of its message, else of its line, else of one other
    /// line of its record. Several lines with ids are several things; then it is not known which.
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

    /// The instances of the line: those before the code if there are any, behind what is said to be well,
    /// since a sentence goes on about others (`i-1 failed with …, i-2 is fine`).
    fn line_ids(&self, code: &str, cloud: &Cloud) -> Vec<String> {
        const WELL: [&str; 5] = ["正常", "成功", "好的", " ok", "ucceeded"];
        let (before, _) = self.line.split_once(code).unwrap_or((self.line, ""));
        // What is well, and the object before this one in a dump.
        let other = WELL.iter().chain(&["},"]).filter_map(|word| before.rfind(word)).max();
        let own = ids_in(other.and_then(|at| before.get(at..)).unwrap_or(before), cloud);
        let all = ids_in(self.line, cloud);
        if !own.is_empty() || other.is_some() && all.len() > 1 { own } else { all }
    }
}

/// Whether a message names something that is no instance: a group, a disk, a network.
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
    /// What `piece` says about whose a code is, and `own`, the record in it, about the rest.
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
        // Another product's error brings its vendor's marks along. Beside a host of an interface or an
        // instance the product is a remark.
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
            // Of several it is not known which was refused.
            operation: operations.pop_first().filter(|_| operations.is_empty()),
            region,
            key_id,
            original,
        }
    }
}

/// A text in lower case, without blanks and escapes, and with one kind of quotes.
pub(super) fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && *c != '\\')
        .map(|c| if c == '\'' { '"' } else { c.to_ascii_lowercase() })
        .collect()
}
