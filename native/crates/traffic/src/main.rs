//! `lookback-traffic`: makes a capture file.

use lookback_traffic::capture_file::Format;
use lookback_traffic::example;
use lookback_traffic::mix::{self, Made, Mix, Plan};
use std::fs::File;
use std::process::ExitCode;

const USAGE: &str = "usage: lookback-traffic --mix bulk|link|flow --size 500M --out FILE [--seed N] [--format pcap|pcapng] [--days D]
       lookback-traffic --example --out FILE";

struct Options {
    plan: Plan,
    out: String,
    example: bool,
}

/// Bytes of `text`: a number with an optional K, M or G (powers of 1000).
fn size(text: &str) -> Option<u64> {
    let (digits, factor) = match text.as_bytes().last()? {
        b'K' => (&text[..text.len() - 1], 1_000),
        b'M' => (&text[..text.len() - 1], 1_000_000),
        b'G' => (&text[..text.len() - 1], 1_000_000_000),
        _ => (text, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        plan: Plan { mix: Mix::Flow, size: 0, seed: 1, format: Format::Pcap, days: None },
        out: String::new(),
        example: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        if name == "--example" {
            options.example = true;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name}: a value is missing"))?;
        let wrong = || format!("{name}: cannot be {value}");
        match name.as_str() {
            "--mix" => {
                options.plan.mix = match value.as_str() {
                    "bulk" => Mix::Bulk,
                    "link" => Mix::Link,
                    "flow" => Mix::Flow,
                    _ => return Err(wrong()),
                }
            }
            "--format" => {
                options.plan.format = match value.as_str() {
                    "pcap" => Format::Pcap,
                    "pcapng" => Format::Pcapng,
                    _ => return Err(wrong()),
                }
            }
            "--size" => options.plan.size = size(&value).ok_or_else(wrong)?,
            "--seed" => options.plan.seed = value.parse().map_err(|_| wrong())?,
            "--days" => options.plan.days = Some(value.parse().map_err(|_| wrong())?),
            "--out" => options.out = value,
            _ => return Err(format!("{name}: no such option")),
        }
    }
    if options.out.is_empty() || (!options.example && options.plan.size == 0) {
        return Err("--out and --size, or --out and --example, are needed".to_owned());
    }
    Ok(options)
}

fn make(options: &Options) -> std::io::Result<Made> {
    let out = File::create(&options.out)?;
    if options.example { example::write(out) } else { mix::write(&options.plan, out) }
}

fn main() -> ExitCode {
    let options = match options() {
        Ok(options) => options,
        Err(reason) => {
            eprintln!("{reason}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match make(&options) {
        Ok(Made { bytes, packets, conversations }) => {
            println!("{}: {bytes} bytes, {packets} packets, {conversations} conversations", options.out);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", options.out);
            ExitCode::FAILURE
        }
    }
}
