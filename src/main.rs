//! temporary
use std::path::Path;
#[allow(clippy::all, missing_docs)]
fn main() {
    let args: Vec<String> = std::env::args().collect();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_ansi(false).init();
    match args[1].as_str() {
        "init" => { let c = entente::daemon::config::Config::load(Path::new(&args[3])).unwrap(); if let Err(e) = entente::daemon::init::init(&c) { for x in e { eprintln!("{x}"); } std::process::exit(2); } }
        "serve" => { if let Err(e) = entente::daemon::serve::run(Path::new(&args[4]), entente::daemon::serve::Attendance::Attended) { eprintln!("{e}"); std::process::exit(4); } }
        "demo" => {
            let d = entente::cli::demo::Demo::prepare(args.get(2).map(Path::new)).unwrap();
            eprintln!("{}", d.folder().display());
            let (r, s) = match d.run() { Ok(x) => x, Err(e) => { eprintln!("FAILED {e}"); std::process::exit(1) } };
            println!("{}\n{s:?}", entente::cli::demo::render(&r));
            println!("{}", serde_json::to_string(&r).unwrap());
        }
        _ => {}
    }
}
