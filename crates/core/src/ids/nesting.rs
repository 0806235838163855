//! The names of the members and containers in a JSON text.

use super::{
    classify::{Classifier, is_digits},
    pieces::{Piece, is_letter_or_digit},
};

/// The open objects and arrays, with the label that their name gives to the numbers in them.
#[derive(Default)]
pub(super) struct Nesting {
    open: Vec<Option<bool>>,
    /// The label of each piece of the line.
    labels: Vec<Option<bool>>,
}

/// No response of a cloud is nested as deeply.
const DEPTH_MAX: usize = 64;

impl Nesting {
    /// Reads to the end of a line.
    pub(super) fn read(&mut self, line: &str, pieces: &[Piece<'_>], reading: &Classifier) {
        self.labels.clear();
        let mut key = None;
        let mut end = 0;
        for piece in pieces {
            // The colon between a name and its value is a piece, too.
            if !piece.text.chars().any(is_letter_or_digit) {
                self.labels.push(None);
                continue;
            }
            self.pass(line.get(end..piece.start), &mut key, reading);
            end = piece.start + piece.text.len();
            if is_digits(piece.text) {
                let own = key.and_then(|key| reading.label(key));
                self.labels.push(own.or_else(|| self.open.last().copied().flatten()));
            } else {
                self.labels.push(None);
                key = Some(piece.text);
            }
        }
        self.pass(line.get(end..), &mut key, reading);
    }

    /// The label of the piece at this position of the line.
    pub(super) fn label(&self, at: usize) -> Option<bool> {
        self.labels.get(at).copied().flatten()
    }

    fn pass(&mut self, between: Option<&str>, key: &mut Option<&str>, reading: &Classifier) {
        for byte in between.unwrap_or_default().bytes() {
            match byte {
                b'{' | b'[' if self.open.len() < DEPTH_MAX => {
                    // A name without a label inherits that of its container.
                    let own = key.take().and_then(|key| reading.label(key));
                    self.open.push(own.or_else(|| self.open.last().copied().flatten()));
                }
                b'}' | b']' => {
                    self.open.pop();
                }
                b',' => *key = None,
                _ => {}
            }
        }
    }
}
