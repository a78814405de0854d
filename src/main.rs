//! The daemon and its command line.

fn main() -> std::process::ExitCode {
    // Whatever the verb, it may read a key. Where it does not work, the daemon says so.
    let _worked = entente::daemon::sandbox::without_core_dumps();
    entente::cli::run(std::env::args_os())
}
