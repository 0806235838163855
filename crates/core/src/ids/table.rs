//! Finds the column of a table that holds the ids.

use super::{
    classify::{Classifier, PieceKind},
    pieces::{self, Piece},
};

/// A table, classified by its first rows.
#[derive(Default)]
pub(super) struct Table {
    separator: u8,
    /// The offsets of the current line's columns, except the first.
    cuts: Vec<usize>,
    /// Bit set of the columns whose ids are not sent, since another column has them: usually names.
    excluded: u64,
    /// Bit set of the columns with numbers of another resource, by their titles.
    others: u64,
    pub(super) has_titles: bool,
    rows: u32,
    /// Whether any cell has an id.
    pub(super) has_ids: bool,
}

/// How many rows are read to classify a table.
const ROWS: u32 = 20;

/// Statistics of a column.
#[derive(Clone, Copy, Default)]
struct Column {
    cells: u32,
    ids: u32,
    proper: u32,
    is_named: bool,
}

impl Table {
    /// Reads the rows from here on, unless the line continues the same table.
    pub(super) fn enter(&mut self, text: &str, line: &str, reading: &mut Classifier) {
        let before = (self.separator, self.cuts.len());
        self.separator = separator(line).unwrap_or_default();
        self.cut(line);
        if (self.separator, self.cuts.len()) == before {
            return;
        }
        *self = Table {
            separator: self.separator,
            cuts: std::mem::take(&mut self.cuts),
            ..Table::default()
        };
        // A single line is no table.
        let rest = text.get(line.len()..).unwrap_or_default().trim_start();
        let next =
            rest.split(['\n', '\r']).find(|line| line.chars().any(pieces::is_letter_or_digit));
        let is_alone =
            self.separator == 0 || next.is_none_or(|next| separator(next) != Some(self.separator));
        if !is_alone {
            self.read_rows(text, reading);
            self.cut(line);
        }
    }

    /// Whether this is a table and not a sentence.
    pub(super) fn is_table(&self) -> bool {
        self.rows > 1 || self.has_titles
    }

    pub(super) fn column(&self, piece: &Piece<'_>) -> usize {
        self.cuts.partition_point(|cut| *cut <= piece.start)
    }

    /// `None` if the ids of a column are sent; otherwise whether its title excludes it.
    pub(super) fn is_excluded(&self, column: usize, is_number: bool) -> Option<bool> {
        let is_in = |columns: u64| columns & bit(column) != 0;
        (is_in(self.excluded) || is_number && is_in(self.others)).then_some(self.has_titles)
    }

    fn read_rows(&mut self, text: &str, reading: &mut Classifier) {
        let columns = self.cuts.len();
        let mut seen = [Column::default(); 64];
        let (seen, _) = seen.split_at_mut(64.min(columns + 1));
        let mut pieces = Vec::new();
        let mut rest = Some(text);
        let mut lines_read = 0;
        while let Some(text) = rest.filter(|_| self.rows < ROWS && lines_read < 2 * ROWS) {
            lines_read += 1;
            pieces.clear();
            let cut = pieces::split_line(text, &mut pieces);
            rest = cut.rest;
            let is_rule = !cut.line.chars().any(pieces::is_letter_or_digit);
            if is_rule {
                continue;
            }
            self.cut(cut.line);
            if separator(cut.line) != Some(self.separator) || self.cuts.len() != columns {
                break;
            }
            let (mut ids, mut proper, mut cells) = (0, 0, 0);
            for piece in &pieces {
                let bit = bit(self.column(piece));
                match reading.classify(piece) {
                    PieceKind::Mark => continue,
                    PieceKind::Id { strict, .. } | PieceKind::OtherCloud { strict, .. } => {
                        ids |= bit;
                        proper |= if strict { bit } else { 0 };
                    }
                    _ => {}
                }
                cells |= bit;
            }
            if lines_read == 1 && ids == 0 {
                self.has_titles = true;
                for (index, column) in seen.iter_mut().enumerate() {
                    let title = self.cell(cut.line, index);
                    column.is_named = is_of_ids(title);
                    if reading.label(title) == Some(false) {
                        self.others |= bit(index);
                    }
                }
                continue;
            }
            self.rows += 1;
            self.has_ids |= ids != 0;
            for (index, column) in seen.iter_mut().enumerate() {
                let is_in = |columns: u64| u32::from(columns & bit(index) != 0);
                column.cells += is_in(cells);
                column.ids += is_in(ids);
                column.proper += is_in(proper);
            }
        }
        // A title outranks the cells, and a column with nothing but ids a mixed one.
        let rows = self.rows;
        let worth = |column: &Column| match column {
            Column { ids: 0, .. } => 0,
            Column { is_named: true, .. } => 4,
            _ if rows < 2 || column.ids < column.cells => 1,
            _ if column.proper < column.ids => 2,
            _ => 3,
        };
        let best = seen.iter().map(worth).max().unwrap_or_default();
        for (index, column) in seen.iter().enumerate() {
            if best > 1 && worth(column) < best {
                self.excluded |= bit(index);
            }
        }
    }

    fn cut(&mut self, line: &str) {
        self.cuts.clear();
        let ends = |separator: u8| line.match_indices(char::from(separator)).map(|(at, _)| at + 1);
        let mut quoted = false;
        match self.separator {
            0 => {}
            b' ' => {
                let bytes = line.as_bytes();
                let begin = line.len() - line.trim_start().len();
                self.cuts.extend(ends(b' ').filter(|end| {
                    *end > begin + 1
                        && bytes.get(end - 2) == Some(&b' ')
                        && bytes.get(*end) != Some(&b' ')
                }));
            }
            // Only these two separators occur in quoted cells.
            separator @ (b',' | b';') if line.contains('"') => {
                for (at, byte) in line.bytes().enumerate() {
                    quoted ^= byte == b'"';
                    if byte == separator && !quoted {
                        self.cuts.push(at + 1);
                    }
                }
            }
            separator => self.cuts.extend(ends(separator)),
        }
    }

    fn cell<'l>(&self, line: &'l str, column: usize) -> &'l str {
        let start = column.checked_sub(1).map_or(Some(0), |at| self.cuts.get(at).copied());
        let end = self.cuts.get(column).map_or(line.len(), |end| end - 1);
        start.and_then(|start| line.get(start..end)).unwrap_or_default()
    }
}

/// Columns beyond the width of the set share the last bit.
fn bit(column: usize) -> u64 {
    1 << column.min(63)
}

fn separator(line: &str) -> Option<u8> {
    let has = |byte: &u8| line.as_bytes().contains(byte);
    let blanks = || line.trim().contains("  ").then_some(b' ');
    [b'\t', b'|', b',', b';'].into_iter().find(has).or_else(blanks)
}

/// True for the title of a column of instance ids: not of their names or types.
fn is_of_ids(title: &str) -> bool {
    let title = title.to_ascii_lowercase();
    let plain = title.trim_matches(|character| !pieces::is_letter_or_digit(character));
    let words = ["instance", "instances", "实例", "主机", "云服务器"];
    let begins_with_id =
        plain.strip_prefix("id").is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    words.contains(&plain)
        || begins_with_id
        || super::is_title(plain) && plain.trim_end_matches('s').ends_with("id")
}
