//! The daemon and its command line.

fn main() -> std::process::ExitCode {
    entente::cli::run(std::env::args_os())
}
