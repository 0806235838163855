//! Makes untrusted texts safe to show and export: invisible characters, and those that reorder
//! their neighbours, are replaced by their code point. A name then looks like what it is.

use std::{borrow::Cow, fmt::Write as _};

/// Invisible characters and bidirectional controls, from Unicode 16.0:
/// `Default_Ignorable_Code_Point` (DerivedCoreProperties.txt), which contains `Bidi_Control`;
/// controls (`Cc`), line and paragraph separators, interlinear annotation marks, the empty braille
/// pattern, the Khitan filler and the null notehead.
const HIDDEN: [(u32, u32); 23] = [
    (0x0000, 0x001f),
    (0x007f, 0x009f),
    (0x00ad, 0x00ad),
    (0x034f, 0x034f),
    (0x061c, 0x061c),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200f),
    (0x2028, 0x202e),
    (0x2060, 0x206f),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfffb),
    (0x0001_6fe4, 0x0001_6fe4),
    (0x0001_bca0, 0x0001_bca3),
    (0x0001_d159, 0x0001_d159),
    (0x0001_d173, 0x0001_d17a),
    (0x000e_0000, 0x000e_0fff),
    (0x0010_fffe, 0x0010_ffff),
];

/// White space (`Zs`) other than the ASCII space. A name of it looks empty, and a no-break space
/// looks like a space, so it is escaped; except for a single ideographic space next to an East
/// Asian letter, which is used in names and looks like nothing else.
const BLANKS: [(u32, u32); 6] = [
    (0x00a0, 0x00a0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
];

/// The blocks of combining marks for any script (Blocks.txt), used to flood a text. Marks of one
/// script, such as Thai vowels, are in the block of the script.
const COMBINING: [(u32, u32); 5] =
    [(0x0300, 0x036f), (0x1ab0, 0x1aff), (0x1dc0, 0x1dff), (0x20d0, 0x20ff), (0xfe20, 0xfe2f)];

/// Up to two marks on a letter are writing (Vietnamese); more are a flood.
const MARKS_MAX: usize = 2;

/// The same for the marks of one script: a Tibetan or Burmese syllable has up to five.
const MARKS_OF_A_SCRIPT_MAX: usize = 5;

/// Escapes every invisible character: `⟨U+202E⟩` for a right-to-left override. Borrows a text that
/// has none.
///
/// ```
/// use relight_core::text::visible::visible;
///
/// assert_eq!(visible("web-01 数据库"), "web-01 数据库");
/// assert_eq!(visible("web\u{202e}10-bew"), "web⟨U+202E⟩10-bew");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    visible_but(text, &[])
}

/// The same for a text of several lines, keeping its line breaks.
pub fn visible_lines(text: &str) -> Cow<'_, str> {
    visible_but(text, &['\n', '\r', '\t'])
}

/// Removes invisible characters, keeping lines and tabs. For texts that are compared or searched
/// for secrets: an invisible character must not hide a word.
pub(crate) fn without_hidden(text: &str) -> Cow<'_, str> {
    let hidden = |one: char| is_in(&HIDDEN, one) && !matches!(one, '\n' | '\r' | '\t');
    if text.contains(hidden) { Cow::Owned(text.replace(hidden, "")) } else { Cow::Borrowed(text) }
}

fn visible_but<'a>(text: &'a str, allowed: &[char]) -> Cow<'a, str> {
    // Fast path: most texts are ASCII, and there may be thousands.
    if text.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    let (mut copied, mut marks, mut general) = (0, 0, 0);
    let mut before = None;
    let mut rest = text.char_indices().peekable();
    while let Some((at, one)) = rest.next() {
        let after = rest.peek().map(|(_, after)| *after);
        let is_general = is_in(&COMBINING, one);
        (marks, general) = match (is_mark(one), is_general) {
            (false, _) => (0, 0),
            (true, false) => (marks + 1, general),
            (true, true) => (marks + 1, general + 1),
        };
        // A mark without a base letter would attach to the text before.
        let is_loose = marks > 0
            && (at == 0 || is_general && general > MARKS_MAX || marks > MARKS_OF_A_SCRIPT_MAX);
        let is_blank = is_in(&BLANKS, one) && !is_written_with(before, one, after);
        before = Some(one);
        if is_loose || is_blank || (is_in(&HIDDEN, one) && !allowed.contains(&one)) {
            shown.push_str(text.get(copied..at).unwrap_or_default());
            // Writing to a `String` cannot fail.
            let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(one));
            copied = at + one.len_utf8();
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    shown.push_str(text.get(copied..).unwrap_or_default());
    Cow::Owned(shown)
}

/// Whether a space is the ideographic one between visible characters, next to an East Asian letter.
fn is_written_with(before: Option<char>, blank: char, after: Option<char>) -> bool {
    let is_seen =
        |one: char| !(one == ' ' || [&HIDDEN[..], &BLANKS].iter().any(|table| is_in(table, one)));
    let is_of_east_asia = |one: char| u32::from(one) >= 0x2e80;
    match (blank, before, after) {
        ('\u{3000}', Some(before), Some(after)) => {
            is_seen(before) && is_seen(after) && (is_of_east_asia(before) || is_of_east_asia(after))
        }
        _ => false,
    }
}

/// Whether this is a mark (`Mn`, `Me`) or not known to be printable: the standard library's debug
/// format escapes both.
fn is_mark(one: char) -> bool {
    !one.is_ascii() && one.escape_debug().len() > 1
}

/// Truncates a text to that many characters, with `…`; borrows a shorter one.
pub fn truncate(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
    }
}

/// Common blocks of punctuation, symbols and white space beyond ASCII (Blocks.txt). The standard
/// library's table of letters would add two kilobytes to the page.
const NO_LETTERS: [(u32, u32); 12] = [
    (0x0080, 0x00bf),
    (0x00d7, 0x00d7),
    (0x00f7, 0x00f7),
    (0x2000, 0x2bff),
    (0x2e00, 0x2e7f),
    (0x3000, 0x3004),
    (0x3008, 0x3030),
    (0xe000, 0xf8ff),
    (0xfe10, 0xfe6f),
    (0xff00, 0xff0f),
    (0xff1a, 0xff20),
    (0x0001_f000, 0x0001_faff),
];

/// Whether a text contains a visible letter, syllable or digit.
pub fn has_a_letter(text: &str) -> bool {
    text.chars().any(|one| {
        one.is_ascii_alphanumeric()
            || !(one.is_ascii()
                || is_mark(one)
                || [&HIDDEN[..], &BLANKS, &NO_LETTERS].iter().any(|table| is_in(table, one)))
    })
}

fn is_in(ranges: &[(u32, u32)], one: char) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(one)))
}

#[cfg(test)]
mod tests {
    use super::{
        BLANKS, COMBINING, HIDDEN, NO_LETTERS, has_a_letter, truncate, visible, visible_lines,
    };
    use std::borrow::Cow;

    #[test]
    fn ordinary_names_are_unchanged() {
        for name in [
            "",
            "web-01",
            "数据库 主",
            "ウェブ",
            "خادم",
            "שרת",
            "เซิร์ฟเวอร์ที่หนึ่ง",
            "Cơ sở dữ liệu",
            "Co\u{031b}\u{0309} so\u{031b}\u{0309}",
            "café",
            "🔥 prod",
            "生产　数据库",
            "数据库　01",
            "བསྒྲུབས་པའི་རྫོགས",
            "ཧཱུྃ",
            "ဖွံ့ဖြိုး",
            "ភ្នំពេញ",
            "مُحَمَّدٌ",
            "בְּרֵאשִׁ֖ית",
            "हिन्दी",
        ] {
            assert!(matches!(visible(name), Cow::Borrowed(same) if same == name), "{name}");
        }
    }

    #[test]
    fn invisible_characters_are_escaped_in_exports() {
        for (name, shown) in [
            ("web\u{202e}10-bew", "web⟨U+202E⟩10-bew"),
            ("\u{2066}a\u{2069}", "⟨U+2066⟩a⟨U+2069⟩"),
            ("a\u{200b}b\u{feff}", "a⟨U+200B⟩b⟨U+FEFF⟩"),
            ("a\0b\u{1b}[2J", "a⟨U+0000⟩b⟨U+001B⟩[2J"),
            ("a\nb", "a⟨U+000A⟩b"),
            ("a\u{e0041}", "a⟨U+E0041⟩"),
            ("\u{3164}", "⟨U+3164⟩"),
            ("\u{0301}a", "⟨U+0301⟩a"),
            ("\u{0e49}a", "⟨U+0E49⟩a"),
            ("\u{1d159}", "⟨U+1D159⟩"),
            ("a\u{16fe4}", "a⟨U+16FE4⟩"),
            ("\u{a0}", "⟨U+00A0⟩"),
            ("\u{2003}\u{1680}", "⟨U+2003⟩⟨U+1680⟩"),
            ("web\u{a0}01", "web⟨U+00A0⟩01"),
            ("web\u{3000}01", "web⟨U+3000⟩01"),
            ("数\u{3000}\u{3000}据", "数⟨U+3000⟩⟨U+3000⟩据"),
            ("\u{3000}数据", "⟨U+3000⟩数据"),
            ("数据\u{3000}", "数据⟨U+3000⟩"),
            ("数 \u{3000}据", "数 ⟨U+3000⟩据"),
        ] {
            assert_eq!(visible(name), shown);
            // Escaping is idempotent.
            assert!(matches!(visible(shown), Cow::Borrowed(_)));
        }
        assert_eq!(visible_lines("a\nb\tc\u{202e}"), "a\nb\tc⟨U+202E⟩");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let flood = format!("a{}b", "\u{0301}".repeat(100));
        let shown = visible(&flood);
        assert_eq!(shown.matches('\u{0301}').count(), 2);
        assert_eq!(shown.matches("⟨U+0301⟩").count(), 98);
        assert!(shown.starts_with("a\u{0301}\u{0301}⟨") && shown.ends_with("⟩b"));
        for mark in ['\u{0489}', '\u{0e49}', '\u{064b}', '\u{0f7e}', '\u{11f40}', '\u{1e94a}'] {
            let flood = format!("a{}b", mark.to_string().repeat(60));
            let shown = visible(&flood);
            assert_eq!(shown.matches(mark).count(), 5, "{shown}");
            assert_eq!(shown.matches(&format!("⟨U+{:04X}⟩", u32::from(mark))).count(), 55);
        }
        // Alternating marks, too.
        let flood = format!("a{}b", "\u{0301}\u{0e49}".repeat(60));
        assert_eq!(visible(&flood).matches('⟨').count(), 116);
    }

    /// The tables are sorted, and no two ranges touch: this finds a typo in a number.
    #[test]
    fn the_tables_are_in_order() {
        for table in [&HIDDEN[..], &BLANKS[..], &COMBINING[..], &NO_LETTERS[..]] {
            assert!(table.iter().all(|(first, last)| first <= last));
            assert!(table.windows(2).all(|two| two[0].1 + 1 < two[1].0));
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(truncate("数据库", 3), "数据库");
        assert_eq!(truncate("数据库主", 3), "数据库…");
        assert_eq!(truncate("", 0), "");
    }

    #[test]
    fn a_reason_must_be_readable() {
        for text in ["T-1", "机房断电", "é", "7", " x ", "々", "ß!", "オ", "３"] {
            assert!(has_a_letter(text), "{text}");
        }
        for text in [
            "",
            "   ",
            "\u{200b}",
            "\u{3164}",
            "\u{115f}",
            "…",
            "-",
            "\u{2800}",
            "\u{a0}",
            "\u{202e}",
            "！？",
            "\u{301}",
            "🔥",
            "\u{1680}",
            "\u{3000}",
            "\u{0489}",
            "\u{0e49}",
            "\u{1d159}",
            "\u{16fe4}",
        ] {
            assert!(!has_a_letter(text), "{text:?}");
        }
    }
}
