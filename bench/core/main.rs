//! What the core's work costs, natively: `cargo bench`. Beside other JSON readers, and KrakenD's published figures.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

mod clock;
mod documents;
mod gateway;
mod lookup;
mod scanner;
mod shapes;

/// Prints what `ns` stands for beside what KrakenD's engine publishes for the like, in µs. Theirs is from an older laptop, and
/// decodes and encodes no JSON; Fjord's figures include it.
fn row(name: &str, ns: f64, krakend: Option<f64>) {
    let own = ns / 1000.0;
    match krakend {
        Some(theirs) => println!("{name:<46} {own:>9.3} µs {theirs:>8.2} µs {:>7.1} ×", theirs / own),
        None => println!("{name:<46} {own:>9.3} µs"),
    }
}

fn main() {
    let wanted = std::env::args().nth(1).filter(|word| !word.starts_with('-')).unwrap_or_default();
    let parts: [(&str, fn()); 4] = [
        ("scanner", scanner::run),
        ("shapes", shapes::run),
        ("lookup", lookup::run),
        ("gateway", gateway::run),
    ];
    for (name, part) in parts {
        if name.contains(&wanted) {
            println!("\n{:<46} {:>12} {:>11} {:>9}", name, "Fjord", "KrakenD", "factor");
            part();
        }
    }
}
