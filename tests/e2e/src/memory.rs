//! The memory of a process, read from outside.

use memchr::memmem;
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
};

/// Read at once; consecutive pieces overlap, so that nothing falls between two.
const PIECE: usize = 4 << 20;

/// How often any of some byte strings is in the memory of a process. `None` where it may not be read.
pub(crate) fn count(id: u32, needles: &[Vec<u8>]) -> io::Result<Option<usize>> {
    let maps = fs::read_to_string(format!("/proc/{id}/smaps"))?;
    let mut memory = match File::open(format!("/proc/{id}/mem")) {
        Ok(memory) => memory,
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Ok(None),
        Err(error) => return Err(error),
    };
    let overlap = needles.iter().map(Vec::len).max().unwrap_or(1) - 1;
    let finders: Vec<memmem::Finder<'_>> = needles.iter().map(memmem::Finder::new).collect();
    let (mut found, mut piece) = (0, vec![0; PIECE]);
    for (from, to) in resident(&maps) {
        let mut at = from;
        while at < to {
            let wanted = usize::try_from(to - at).unwrap_or(PIECE).min(PIECE);
            // Some mappings refuse to be read, such as those of devices.
            if memory.seek(SeekFrom::Start(at)).is_err()
                || memory.read_exact(&mut piece[..wanted]).is_err()
            {
                break;
            }
            for finder in &finders {
                found += finder.find_iter(&piece[..wanted]).count();
            }
            at += (if wanted < PIECE { wanted } else { wanted - overlap }) as u64;
        }
    }
    Ok(Some(found))
}

/// What a process is for, by its command line.
pub(crate) fn kind_of(line: &str) -> String {
    let chromium = line.split(' ').find_map(|word| word.strip_prefix("--type="));
    let firefox = line.contains("-contentproc").then(|| line.split_whitespace().last()).flatten();
    let webkit = line.contains("/WebKit").then(|| line.split_whitespace().next()).flatten();
    let webkit = webkit.and_then(|path| path.rsplit('/').next());
    chromium.or(firefox).or(webkit).unwrap_or("main").to_owned()
}

/// The mappings that can be read and written, and are not empty.
fn resident(maps: &str) -> Vec<(u64, u64)> {
    let mut found = Vec::new();
    let mut current = None;
    for line in maps.lines() {
        if let Some((range, rest)) = line.split_once(' ')
            && let Some((from, to)) = range.split_once('-')
            && let (Ok(from), Ok(to)) = (u64::from_str_radix(from, 16), u64::from_str_radix(to, 16))
        {
            current = rest.starts_with("rw").then_some((from, to));
        } else if let Some(size) = line.strip_prefix("Rss:")
            && size.trim() != "0 kB"
        {
            found.extend(current.take());
        }
    }
    found
}
