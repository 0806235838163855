//! How long it takes to explain texts: reads the files of a folder and prints, as JSON, the name of
//! each and the median of its times in milliseconds. `cargo xtask bench` runs it.

use relight_core::explain::{TextOptions, explain_text};
use std::{env, error::Error, fs, hint::black_box, time::Instant};

const ROUNDS: usize = 5;

#[expect(clippy::disallowed_methods, reason = "the time it takes is what is asked for")]
fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args().nth(1).ok_or("the folder with the texts is missing")?;
    let mut files: Vec<_> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::file_name);
    let mut times = Vec::new();
    for file in files {
        // Whatever comes from outside is text by then.
        let text = String::from_utf8_lossy(&fs::read(file.path())?).into_owned();
        let mut rounds: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let begun = Instant::now();
                black_box(explain_text(black_box(&text), &TextOptions::default()));
                begun.elapsed().as_secs_f64() * 1000.0
            })
            .collect();
        rounds.sort_by(f64::total_cmp);
        let name = file.file_name().to_string_lossy().into_owned();
        let median = rounds.get(ROUNDS / 2).copied().unwrap_or_default();
        times.push(format!("{name:?}:{median:.3}"));
    }
    println!("{{{}}}", times.join(","));
    Ok(())
}
