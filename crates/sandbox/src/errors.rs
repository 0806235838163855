//! The errors that the clouds can answer, as data.

use std::sync::LazyLock;

use crate::cloud::Cloud;

/// One row of `data/errors.tsv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorRow {
    pub cloud: Cloud,
    pub status: u16,
    /// True for rows of an operation's own error table, false for common ones.
    pub listed: bool,
    pub code: &'static str,
    /// Names of operations; `*` is any.
    pub operations: Vec<&'static str>,
    /// The vendor's message; `%s` or empty where the vendor's page gives none.
    pub message: &'static str,
}

impl ErrorRow {
    /// Whether the vendor documents this row for the operation.
    pub fn serves(&self, operation: &str) -> bool {
        self.operations.iter().any(|name| *name == operation || *name == "*")
    }

    /// The message as sent: the vendor's, or the sandbox's own where there is none.
    pub fn text(&self) -> String {
        match self.message {
            "%s" => format!("The sandbox was asked to answer {}.", self.code),
            "" => format!("{}.", self.code),
            message => message.to_owned(),
        }
    }
}

/// Zenlayer's pseudo code for an id in the list of failed ones.
pub const LISTED_AS_FAILED: &str = "(listed in response.instanceIds)";

/// Every row, in the order of the file.
pub fn all() -> &'static [ErrorRow] {
    static ROWS: LazyLock<Vec<ErrorRow>> = LazyLock::new(|| {
        let file = include_str!("../data/errors.tsv");
        file.lines().filter(|line| !line.starts_with('#')).filter_map(parse).collect()
    });
    &ROWS
}

/// The row that fits best: cloud and code, then the operation, then the message.
pub fn find(
    cloud: Cloud,
    operation: &str,
    code: &str,
    message: Option<&str>,
) -> Option<&'static ErrorRow> {
    let rank = |row: &&ErrorRow| {
        (message.is_some_and(|text| row.message == text), row.serves(operation), row.listed)
    };
    let mut best: Option<&ErrorRow> = None;
    for row in all().iter().filter(|row| row.cloud == cloud && row.code == code) {
        // The first of equals stays, so the order of the file decides.
        if best.is_none_or(|held| rank(&row) > rank(&held)) {
            best = Some(row);
        }
    }
    best
}

fn parse(line: &'static str) -> Option<ErrorRow> {
    let mut cells = line.split('\t');
    Some(ErrorRow {
        cloud: Cloud::parse(cells.next()?)?,
        status: cells.next()?.parse().ok()?,
        listed: cells.next()? == "listed",
        code: cells.next()?,
        operations: cells.next()?.split(',').collect(),
        message: cells.next().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::all;

    #[test]
    fn the_file_is_read_whole() {
        let lines =
            include_str!("../data/errors.tsv").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(all().len(), lines.count());
        assert_eq!(all().iter().filter(|row| row.listed).count(), 71);
    }
}
