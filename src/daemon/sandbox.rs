//! The daemon's process shuts itself in, before it reads a key and before it has a second thread:
//! no core dumps, and no file and no TCP port but those that its configuration names (landlock(7)).
//!
//! This stands behind the walls of the service manager, and holds without one. It knows nothing of
//! Unix sockets: whoever can reach one may still speak to it.

mod grants;
#[cfg(test)]
mod tests;

use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, NetPort, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, path_beneath_rules,
};
use rustix::process::{
    DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit,
};

use super::config::{Config, SandboxMode};
use grants::Grants;

/// What we ask of Landlock: all that was looked at when this was written. A newer kernel knows
/// more, and an older one less.
const KNOWN: ABI = ABI::V5;

/// Why the process does not shut itself in.
#[derive(Debug, thiserror::Error)]
pub enum SandboxRefused {
    /// The kernel has no Landlock, or it is switched off.
    #[error("sandbox.mode is \"require\", and this kernel shuts nothing in (Landlock)")]
    NoLandlock,
    /// The system refuses.
    #[error("the process cannot shut itself in: {0}")]
    Rules(#[from] RulesetError),
    /// A core dump would hold keys.
    #[error("sandbox.mode is \"require\", and core dumps cannot be switched off")]
    CoreDumps,
}

/// How far the process has shut itself in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SandboxView {
    /// What the configuration asks for.
    pub mode: SandboxMode,
    /// What the kernel does.
    pub enforced: Enforced,
    /// Whether no core dump is ever written, nor the memory read by another process of this user.
    pub core_dumps_off: bool,
}

/// How much of what was asked for the kernel enforces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enforced {
    /// All of it.
    Fully,
    /// Files, as far as it knows of them; an older kernel.
    Partly,
    /// Nothing.
    Not,
}

impl std::fmt::Display for SandboxView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let enforced = match self.enforced {
            Enforced::Fully => "files and ports shut in",
            Enforced::Partly => "shut in as far as this kernel can",
            Enforced::Not => "not shut in",
        };
        let dumps = if self.core_dumps_off { "no core dumps" } else { "core dumps possible" };
        write!(f, "{enforced} (mode {}); {dumps}", self.mode)
    }
}

/// Switches core dumps off, and with them every other process's way into this memory (prctl(2),
/// `PR_SET_DUMPABLE`); says whether that worked. For whoever is about to read a key.
#[must_use]
pub fn without_core_dumps() -> bool {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    // What was limited from outside need not be limited again, where a filter forbids it.
    let limited = setrlimit(Resource::Core, none).is_ok()
        || getrlimit(Resource::Core).current.is_some_and(|bytes| bytes == 0);
    let closed = set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok();
    limited && closed
}

/// Shuts this thread in, and every thread that it will start: so it stands before the runtime.
/// What is open already, as sockets that the service manager handed over, stays so.
///
/// # Errors
/// If the configuration requires what the system does not give, or the rules are refused.
pub fn enter(file: &Path, config: &Config) -> Result<SandboxView, SandboxRefused> {
    let core_dumps_off = without_core_dumps();
    let mode = config.sandbox.mode;
    if mode == SandboxMode::Off {
        return Ok(SandboxView { mode, enforced: Enforced::Not, core_dumps_off });
    }
    let enforced = restrict(&Grants::of(file, config))?;
    if mode == SandboxMode::Require {
        if enforced == Enforced::Not {
            return Err(SandboxRefused::NoLandlock);
        }
        if !core_dumps_off {
            return Err(SandboxRefused::CoreDumps);
        }
    }
    Ok(SandboxView { mode, enforced, core_dumps_off })
}

fn restrict(grants: &Grants) -> Result<Enforced, RulesetError> {
    let ruleset = Ruleset::default().handle_access(AccessFs::from_all(KNOWN))?;
    let ruleset = match &grants.ports {
        Some(_) => ruleset.handle_access(AccessNet::from_all(KNOWN))?,
        None => ruleset,
    };
    let mut rules = ruleset
        .create()?
        .add_rules(path_beneath_rules(&grants.read, read()))?
        .add_rules(path_beneath_rules(&grants.write, read() | write()))?;
    if let Some(ports) = &grants.ports {
        for port in &ports.listened {
            rules = rules.add_rule(NetPort::new(*port, AccessNet::BindTcp))?;
        }
        for port in &ports.dialled {
            rules = rules.add_rule(NetPort::new(*port, AccessNet::ConnectTcp))?;
        }
    }
    Ok(match rules.restrict_self()?.ruleset {
        RulesetStatus::FullyEnforced => Enforced::Fully,
        RulesetStatus::PartiallyEnforced => Enforced::Partly,
        RulesetStatus::NotEnforced => Enforced::Not,
    })
}

/// Reading; nothing is ever executed.
fn read() -> BitFlags<AccessFs> {
    AccessFs::ReadFile | AccessFs::ReadDir
}

/// Files, folders and sockets; no devices, pipes or links.
fn write() -> BitFlags<AccessFs> {
    AccessFs::WriteFile
        | AccessFs::Truncate
        | AccessFs::MakeReg
        | AccessFs::MakeDir
        | AccessFs::MakeSock
        | AccessFs::RemoveFile
        | AccessFs::RemoveDir
        | AccessFs::Refer
}
